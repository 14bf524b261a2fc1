"""The typed rows are those of the columns: every statement that is made once, each column with its type."""

import gc
import importlib
from collections.abc import Iterator
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from sqlalchemy import Table as CoreTable
from sqlalchemy.types import TypeEngine

from service import tables
from service.access.models import Agency, AgencyRecord
from service.acting import Role
from service.audit.models import AuditEntry, AuditRecord
from service.cases.models import (
    CaseRecord,
    CaseRow,
    EventRecord,
    EventRow,
    OffenderRecord,
    OffenderRow,
    PersonRecord,
    PersonRow,
)
from service.cases.queries import files, listing, reading, searching, timeline
from service.db.metadata import Table
from service.db.statements import Statement
from service.http.models import KeptAnswer, KeptRecord
from service.operations.models import OperationRecord, OperationRow
from service.operations.queries import reading as operations
from service.oversight import queries as oversight
from service.people.models import SearchKey, SearchKeyRecord
from service.story.kinds.registry import KINDS
from tests.architecture.tree import sources

OF_TABLES: Final[dict[type[Table], Any]] = {
    Agency: AgencyRecord, AuditEntry: AuditRecord, CaseRow: CaseRecord, EventRow: EventRecord,
    KeptAnswer: KeptRecord, OffenderRow: OffenderRecord, OperationRow: OperationRecord, PersonRow: PersonRecord,
    SearchKey: SearchKeyRecord,
}  # fmt: skip

KNOWN: Final = frozenset({bool, int, str, bytes, UUID, date, datetime, list, dict})


@pytest.mark.parametrize("table", OF_TABLES, ids=lambda table: table.__name__)
def test_the_row_of_a_table_has_its_columns_with_their_types(table: type[Table]) -> None:
    core = table.__table__
    assert isinstance(core, CoreTable)
    hints = get_type_hints(OF_TABLES[table])
    assert list(hints) == core.columns.keys()
    for column in core.columns:
        assert (NoneType in members(hints[column.name])) == bool(column.nullable), column
        assert fits(column.type, hints[column.name]), column


def test_every_statement_made_once_has_rows_of_the_types_of_its_columns() -> None:
    made = list(statements())
    assert len(made) > 90
    wrong = [
        f"{statement.record.__name__}.{name}: {type_!r}"
        for statement in made
        for name, type_ in statement.columns.items()
        if not fits(type_, get_type_hints(statement.record)[name])
    ]
    assert wrong == []


def test_a_wrong_type_is_seen() -> None:
    column = CaseRow.__table__.c["received_on"]
    assert fits(column.type, date | None)
    assert not fits(column.type, datetime)
    assert not fits(column.type, str)


def fits(column: TypeEngine[Any], hint: Any) -> bool:
    """Whether a value of a column is what a row says; of a column whose type nobody knows it may say anything."""
    try:
        expected = column.python_type
    except NotImplementedError:
        return True
    plain = {get_origin(member) or member for member in members(hint)} - {NoneType}
    if expected is object:
        return plain <= {list, dict}  # JSON is either
    return plain == {expected} and plain <= KNOWN


def members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if isinstance(hint, UnionType) else (hint,)


def statements() -> Iterator[Statement[Any]]:
    """Every statement that is made at import, and what the factories make: which types it has depends on no role."""
    assert tables.METADATA.tables
    for source in sources():
        if "queries" in source.name.split(".") and not source.name.startswith("service.cli"):
            importlib.import_module(source.name)
    make_for(Role.LIAISON)
    for name in oversight._NARROWED:
        oversight._list(frozenset({name}))
    yield from (found for found in gc.get_objects() if isinstance(found, Statement))


def make_for(role: Role) -> None:
    for by in ("id", "reference"):
        operations._operation(role, by)
        for of in (reading._whole_case, reading._person, reading._offender):
            for noted in (False, True):
                of(role, by, noted=noted)
        reading._case(role, by, noted=False)
        for kinds in {kind.about for kind in KINDS.values()}:
            files._with_logs(role, kinds, by)
            files._with_logs(role, kinds, "several")
    for going_on in (False, True):
        timeline._timeline(role, going_on=going_on, noted=True)
        timeline._timeline(role, going_on=going_on, noted=False)
    files._with_log_of_event(role)
    for sought in (searching._persons, searching._offenders, searching._cases):
        sought(role)
    for counted in (operations._touched, operations._said):
        counted(role)
    make_lists_for(role)


def make_lists_for(role: Role) -> None:
    for name in listing._OF_CASES:
        listing._list_of_cases(role, frozenset({name}))
    for name in listing._OF_PERSONS:
        for noted in (False, True):
            listing._list_of_persons(role, frozenset({name}), noted=noted)
    for name in (*operations._NARROWED, "case"):
        operations._list(role, frozenset({name}))
