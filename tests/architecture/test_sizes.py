"""Nothing grows beyond what can be read at a glance, and nothing is named for what it is not."""

import ast
import sys
from typing import Final

import pytest

from tests.architecture.tree import PROJECT, Source, code_lines, is_handler, sources, statements

LONGEST_FILE: Final = 400
LONG_FILE: Final = 300
LONGEST_FUNCTION: Final = 40
LONGEST_HANDLER: Final = 15

NAMELESS: Final = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "shared", "stuff"}


def test_no_file_is_longer_than_the_gate() -> None:
    assert [found.name for found in sources() if found.lines > LONGEST_FILE] == []


def test_files_that_are_getting_long_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Not a failure: whoever adds to one of these should ask where it divides."""
    long = [f"{found.name} {found.lines}" for found in sources() if found.lines > LONG_FILE]
    if long:
        with capsys.disabled():
            sys.stdout.write(f"\nAbove {LONG_FILE} lines: {', '.join(long)}\n")


def test_tests_are_no_longer_either() -> None:
    files = [path for path in (PROJECT / "tests").rglob("*.py") if path.read_text(encoding="utf-8").count("\n") > 400]
    assert files == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{found.name}.{function.name}: {code_lines(function)}"
        for found in sources()
        for function in found.functions()
        if code_lines(function) > LONGEST_FUNCTION
    ]
    assert long == []


def test_handlers_only_open_call_and_shape() -> None:
    handlers = [(found.name, node) for found in sources() for node in found.functions() if is_handler(node)]
    assert len(handlers) > 40
    assert [(name, node.name) for name, node in handlers if statements(node) > LONGEST_HANDLER] == []


def test_handlers_catch_nothing_but_what_is_named_here() -> None:
    """`ready` has to answer while the database is away."""
    catching = {
        node.name
        for found in sources()
        for node in found.functions()
        if is_handler(node) and any(isinstance(inner, ast.Try) for inner in ast.walk(node))
    }
    assert catching <= {"ready"}


def test_no_module_is_a_drawer() -> None:
    assert [found.name for found in sources() if set(found.name.split(".")) & NAMELESS] == []


def test_only_settings_the_command_line_and_the_embedded_server_look_at_the_environment() -> None:
    """The terminal and the processes the command line starts are told by it; a database server is told almost nothing,
    because keys may stand in it."""
    looking = {found.name for found in sources() if reads_environment(found)}
    assert {name for name in looking if not name.startswith("service.cli")} == {"service.db.embedded.account"}


def reads_environment(source: Source) -> bool:
    names = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    return bool(names & {"os.environ", "os.getenv", "os.environb"})
