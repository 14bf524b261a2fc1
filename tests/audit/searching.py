"""Looking for words where they must not be: in every column of every table, and in whatever was logged."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tests.register import Register


def tables_of(register: Register) -> list[str]:
    """Return the names of all tables."""
    return [row["tablename"] for row in register.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]


def dump(register: Register, *tables: str) -> str:
    """Return all rows of all tables, or of some, as text; bytes are shown as they are, and in hexadecimal."""
    parts = []
    for table in tables or tables_of(register):
        for row in register.rows(f"SELECT * FROM {table}"):  # noqa: S608 - names of ours
            parts += [_plain(value) for value in row.values()]
    return "\n".join(parts)


def counts(register: Register) -> dict[str, int]:
    """Return the number of rows of each table."""
    tables = tables_of(register)
    query = " UNION ALL ".join(f"SELECT '{table}' AS name, count(*) AS rows FROM {table}" for table in tables)  # noqa: S608 - names of ours
    return {row["name"]: row["rows"] for row in register.rows(query)}


def present(words: Iterable[str], text: str) -> list[str]:
    """Return those of the words that occur."""
    return [word for word in words if word in text]


class _Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("http"):  # the client that sends the requests logs their addresses
            self.lines.append(self.format(record))


@contextmanager
def everything_logged() -> Iterator[list[str]]:
    """Collect every line that anything logs at any level."""
    root, handler = logging.getLogger(), _Everything()
    wanted = {
        root: logging.DEBUG,
        logging.getLogger("service"): logging.DEBUG,
        logging.getLogger("sqlalchemy"): logging.INFO,
    }
    levels = {logger: logger.level for logger in wanted}
    root.addHandler(handler)
    for logger, level in wanted.items():
        logger.setLevel(level)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        for logger, level in levels.items():
            logger.setLevel(level)


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace") + "\n" + value.hex()
    return str(value)
