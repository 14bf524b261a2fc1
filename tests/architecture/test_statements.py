"""A statement stands in a room called `queries` or `models`, or in `db`, and nowhere else."""

import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.architecture.tree import Source, sources

BUILDERS: Final = frozenset({"select", "insert", "update", "delete", "text", "union_all", "bindparam"})
"""What SQLAlchemy makes statements with."""

SQL: Final = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|WITH \w+ AS|CREATE (TABLE|FUNCTION)|ALTER TABLE)\b",
    re.DOTALL,
)


def test_statements_stand_in_queries_and_models_and_nowhere_else() -> None:
    found = {source.name: list(breaches(source)) for source in sources() if not may_hold_statements(source)}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "from sqlalchemy import select",
        "from sqlalchemy.sql import text as words",
        "from sqlalchemy.dialects.postgresql import insert",
        "import sqlalchemy",
        "import sqlalchemy as sa",
        'QUERY = "SELECT name FROM agencies"',
        'QUERY = f"""DELETE FROM {table}"""',
        'QUERY = "INSERT INTO cases VALUES (1)".strip()',
    ],
)
def test_a_statement_elsewhere_is_seen(line: str) -> None:
    assert list(breaches_in(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ['"""Select one from many."""', "from sqlalchemy.engine import make_url", 'w = "text"']
)
def test_other_words_are_not_statements(line: str) -> None:
    assert not list(breaches_in(ast.parse(line)))


def may_hold_statements(source: Source) -> bool:
    return not {"queries", "models", "db"}.isdisjoint(source.name.split("."))


def breaches(source: Source) -> Iterator[str]:
    return breaches_in(source.tree)


def breaches_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name == "sqlalchemy")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy":
            yield from (name.name for name in node.names if name.name in BUILDERS)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            yield node.value
