"""The statements a call sends to the database, in order, as the driver gets them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.register import Register


@contextmanager
def statements_of(register: Register) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """Collect every statement with its values, but for BEGIN and COMMIT."""
    found: list[tuple[str, tuple[Any, ...]]] = []

    def note(_: Any, __: Any, statement: str, values: tuple[Any, ...], *___: Any) -> None:
        found.append((statement, values))

    engine = register.app.state.services.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
