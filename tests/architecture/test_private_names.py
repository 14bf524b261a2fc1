"""Nothing is built on what a library keeps to itself: private names, and modules that are nobody's interface."""

import ast
from collections.abc import Iterator
from typing import Final

import pytest

from tests.architecture.tree import sources

INSIDE: Final = ("asyncpg.protocol", "fastapi.dependencies", "uvicorn.protocols")
"""Modules without an underscore that their libraries document nowhere and change without notice."""


def test_no_module_imports_what_a_library_keeps_to_itself() -> None:
    found = {source.name: names for source in sources() if (names := list(private(source.tree)))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "from fastapi.dependencies.models import Dependant",
        "from fastapi.dependencies import utils",
        "from fastapi import dependencies",
        "import fastapi.dependencies.utils as solving",
        "from starlette._utils import get_route_path",
        "from sqlalchemy.dialects.postgresql._psycopg_common import X",
        "from sqlalchemy.sql import _typing",
        "from fastapi.routing import _IncludedRouter",
        "import asyncpg.protocol.protocol",
        "if True:\n    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol",
    ],
)
def test_what_is_private_is_noticed(line: str) -> None:
    assert list(private(ast.parse(line))) != []


@pytest.mark.parametrize(
    "line",
    [
        "from __future__ import annotations",
        "from fastapi.routing import APIRoute",
        "from service.cases import _ours",
        "import asyncpg.protocols_of_ours",
    ],
)
def test_what_is_public_or_ours_passes(line: str) -> None:
    assert list(private(ast.parse(line))) == []


def private(tree: ast.Module) -> Iterator[str]:
    """Yield each full name that a module imports and a library keeps to itself."""
    for name in imported(tree):
        steps = name.split(".")
        hidden = any(step.startswith("_") and not step.startswith("__") for step in steps)
        inside = any(name == module or name.startswith(f"{module}.") for module in INSIDE)
        if steps[0] != "service" and (hidden or inside):
            yield name


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
