"""The source tree, as the checks see it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[2]
SERVICE: Final = PROJECT / "service"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One module of the service."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its dotted name."""
        parts = self.path.relative_to(PROJECT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def lines(self) -> int:
        """How long it is."""
        return self.text.count("\n")

    def functions(self) -> Iterator[Function]:
        """Every function, methods and inner ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the service."""
    found = (path for path in sorted(SERVICE.rglob("*.py")))
    return tuple(Source(path, text, ast.parse(text)) for path in found for text in [path.read_text(encoding="utf-8")])


def published() -> Iterator[Path]:
    """Every text file that belongs to the project."""
    suffixes = {".py", ".md", ".toml", ".json", ".css", ".html", ".mako", ".yaml", ".yml", ".txt", ".csv", ""}
    rooms = ("service", "migrations", "tests", "openapi", "docs", "bench", "requirements")
    for room in rooms:
        for path in sorted((PROJECT / room).rglob("*")):
            if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts:
                yield path
    yield from (path for path in sorted(PROJECT.glob("*")) if path.is_file() and path.suffix in suffixes)


def is_handler(function: Function) -> bool:
    """Whether a function answers requests: it is decorated with a method of a router."""
    calls = (decorator.func for decorator in function.decorator_list if isinstance(decorator, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr in METHODS for call in calls)


METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})


def statements(function: Function) -> int:
    """How many statements a function has, its docstring aside."""
    inner = [node for child in function.body for node in ast.walk(child) if isinstance(node, ast.stmt)]
    return len(inner) - (ast.get_docstring(function) is not None)


def code_lines(function: Function) -> int:
    """How many lines a function has, its docstring aside."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None:
        return whole
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1)


def is_public(source: Source) -> bool:
    """Whether no part of a module's name says that it is its neighbours' own."""
    return not any(part.startswith("_") for part in source.name.split("."))
