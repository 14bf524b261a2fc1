"""What a statement refuses when it is made, and what a connection refuses when it is asked."""

import gc
import weakref
from datetime import UTC, datetime
from typing import Any, TypedDict
from uuid import UUID

import pytest
from sqlalchemy import (
    Column,
    Enum,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    any_,
    bindparam,
    column,
    insert,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.base import Executable

from service.access.models import Agency
from service.acting import Acting
from service.audit.actions import reading_note_of, record, record_shown
from service.audit.models import AuditEntry
from service.audit.rules import AuditAction
from service.cases.models import CaseRow, OffenderRow, PersonRow
from service.db.database import Database, Upkeep
from service.db.personal import PERSONAL, changes_rows, is_personal
from service.db.readings import UnrecordedReadingError
from service.db.statements import Change, Compiled, NoColumns, PersonalQuery, Query
from service.db.writing import Staged
from service.people.models import SealedRecord
from tests.db.test_database import agency, run
from tests.engine import TestDatabase
from tests.register import _fetch

NOW = datetime(2022, 10, 1, tzinfo=UTC)
BY_THE_CONSOLE = Acting(None, None, NOW)


class Named(TypedDict):
    """One name."""

    name: str


class Counted(TypedDict):
    """How many."""

    number: int


class Upper(TypeDecorator[str]):
    """A type that SQLAlchemy would have to process."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: object) -> str | None:
        return value and value.upper()


NAME_OF: Query[Named] = Query(select(Agency.name).where(Agency.id == bindparam("id", type_=Uuid)), Named)
CASES = PersonalQuery(text("SELECT 1 AS number FROM cases").columns(number=Integer), Counted)
SOMETHING = PersonalQuery(
    text("SELECT 1 AS number FROM (SELECT 1) one LEFT JOIN cases ON true").columns(number=Integer), Counted
)
"""Finds something in a table about people, though there is nobody in it."""


@pytest.mark.parametrize(
    "statement",
    [
        select(Agency.name).where(Agency.name == bindparam("name", type_=Upper)),
        select(column("name", Upper)).select_from(table("agencies")),
        select(Agency.name).where(Agency.name == any_(bindparam("names", type_=ARRAY(Upper)))),
        select(literal("a", Enum("a", "b", name="letters")).label("name")),
    ],
    ids=["parameter", "column", "member of an array", "enumeration"],
)
def test_a_type_whose_values_would_be_processed_is_refused(statement: Executable) -> None:
    with pytest.raises(TypeError, match="processing"):
        Query(statement, Named)
    with pytest.raises(TypeError, match="processing"):
        Compiled.of(statement)


def test_a_table_of_which_rows_are_staged_has_no_processing_and_no_defaults_of_pythons() -> None:
    for wrong in (Column("name", Upper), Column("name", Text, default="nobody"), Column("name", Text, onupdate="x")):
        staged = Staged()
        staged.insert(Table("made_up", MetaData(), Column("id", Integer, primary_key=True), wrong), [{"id": 1}])
        with pytest.raises(TypeError, match="not run"):
            staged.statement()


def test_a_staged_row_names_columns_that_there_are() -> None:
    staged = Staged()
    staged.insert(Table("made_up", MetaData(), Column("id", Integer, primary_key=True)), [{"id": 1, "nmae": "x"}])
    with pytest.raises(TypeError, match="nmae"):
        staged.statement()


def test_a_statement_made_once_does_not_depend_on_the_length_of_a_list() -> None:
    with pytest.raises(TypeError, match="any_"):
        Query(select(Agency.name).where(Agency.id.in_(bindparam("ids", expanding=True))), Named)


def test_a_row_has_exactly_the_names_that_are_selected() -> None:
    for columns in ([Agency.id], [Agency.name, Agency.kind], [Agency.name.label("nmae")]):
        with pytest.raises(TypeError, match="differ in"):
            Query(select(*columns), Named)
    with pytest.raises(TypeError, match="differ in"):
        Change(insert(Agency).returning(Agency.name), NoColumns)


def test_parameters_that_are_missing_or_too_many_are_refused() -> None:
    assert NAME_OF.compiled.values({"id": UUID(int=1)}) == [UUID(int=1)]
    with pytest.raises(KeyError):
        NAME_OF.compiled.values({})
    with pytest.raises(TypeError, match="no parameter called"):
        NAME_OF.compiled.values({"id": UUID(int=1), "called": "x"})


def test_what_is_made_for_one_call_is_kept_nowhere(database: TestDatabase) -> None:
    made: list[weakref.ref[Any]] = []

    async def work(opened: Database) -> None:
        for number in range(1, 20):
            query = select(Agency.name).where(Agency.id.in_([UUID(int=one) for one in range(number)]))
            made.append(weakref.ref(query))
            assert await opened.lookup(query) is None

    run(database, work)
    gc.collect()
    assert [left for left in made if left() is not None] == []


def test_a_text_that_depends_on_its_values_is_not_left_prepared(database: TestDatabase) -> None:
    prepared = text("SELECT count(*) AS number FROM pg_prepared_statements").columns(number=Integer)

    async def work(opened: Database) -> None:
        await opened.lookup(NAME_OF, {"id": UUID(int=1)})
        before = await opened.lookup(prepared)
        for number in range(1, 20):
            await opened.lookup(select(Agency.name).where(Agency.id.in_([UUID(int=one) for one in range(number)])))
        assert await opened.lookup(prepared) == before

    run(database, work, pool_size=1)


@pytest.mark.parametrize("of_people", sorted(PERSONAL))
def test_a_query_for_personal_data_says_so(of_people: str) -> None:
    query = text(f"SELECT count(*) AS number FROM {of_people}").columns(number=Integer)  # noqa: S608 - a name of ours
    with pytest.raises(TypeError, match="PersonalQuery"):
        Query(query, Counted)
    assert PersonalQuery(query, Counted).personal
    assert not Query(query, Counted, unrecorded="a test").personal


def test_a_query_for_nothing_personal_does_not_say_that_it_is() -> None:
    with pytest.raises(TypeError, match="is a Query"):
        PersonalQuery(select(Agency.name), Named)


def test_wherever_a_table_stands_in_a_statement_it_is_found() -> None:
    inner = select(PersonRow.id).where(PersonRow.case_id == CaseRow.id)
    for query in (
        select(Agency.id).where(Agency.id.in_(select(SealedRecord.agency_id))),
        select(Agency.id, select(OffenderRow.id).limit(1).scalar_subquery()),
        select(Agency.id).union_all(select(AuditEntry.id)),
        select(Agency.id).join(inner.lateral(), literal(1) == 1),
        select(select(CaseRow.id).cte("wanted")),
    ):
        assert Compiled.of(query).personal, str(query)
    assert not is_personal(Compiled.of(select(Agency)).text)


def test_what_is_personal_is_not_read_where_nothing_is_recorded(database: TestDatabase) -> None:
    async def work(opened: Database) -> None:
        with pytest.raises(UnrecordedReadingError):
            await opened.lookup(CASES)  # type: ignore[call-overload] # that the types refuse it too, mypy says here
        async with opened.read() as db:
            with pytest.raises(UnrecordedReadingError):
                await db.rows(CASES)  # type: ignore[call-overload]
            for query in (select(CaseRow.id), text("SELECT 1 FROM persons")):
                with pytest.raises(UnrecordedReadingError):
                    await db.rows(query)
        assert not hasattr(opened, "read_unrecorded")

    run(database, work)


def test_what_was_found_is_on_record_or_the_block_fails(database: TestDatabase) -> None:
    note = reading_note_of(BY_THE_CONSOLE, AuditAction.CASE_READ)

    async def unrecorded(opened: Database) -> None:
        async with opened.read_on_record(note) as db:
            await db.rows(SOMETHING)

    async def written_unrecorded(opened: Database) -> None:
        async with opened.write() as db:
            await db.rows(SOMETHING)
            db.insert(Agency, agency(1))

    async def work(opened: Database) -> None:
        for wrong in (unrecorded, written_unrecorded):
            with pytest.raises(UnrecordedReadingError):
                await wrong(opened)
        async with opened.read_on_record(note) as db:
            assert await db.rows(SOMETHING) == [{"number": 1}]
            record_shown(db, subject_ids=[UUID(int=7)])
        async with opened.write() as writing:
            await writing.rows(SOMETHING)
            record(writing, BY_THE_CONSOLE, AuditAction.CASE_CHANGED)

    run(database, work)
    rows = looked_up(database, "SELECT action, subject_ids FROM audit_log ORDER BY action")
    assert rows == [("case:changed", []), ("case:read", [UUID(int=7)])]
    assert looked_up(database, "SELECT name FROM agencies") == []


def test_a_reading_within_a_write_is_saved_with_it(database: TestDatabase) -> None:
    async def work(opened: Database) -> None:
        async with opened.write() as writing:
            writing.insert(Agency, agency(1))
            reading = writing.on_record(reading_note_of(BY_THE_CONSOLE, AuditAction.CASE_READ))
            assert await reading.rows(SOMETHING) == [{"number": 1}]
            record_shown(reading, subject_ids=[UUID(int=7)])

    run(database, work)
    assert looked_up(database, "SELECT action, subject_ids FROM audit_log") == [("case:read", [UUID(int=7)])]


def test_what_a_change_returns_of_people_is_on_record_or_the_block_fails(database: TestDatabase) -> None:
    locked = text("SELECT 1 AS number FROM pg_class WHERE to_regclass('cases') IS NOT NULL LIMIT 1")
    returned = Change(locked.columns(number=Integer), Counted)
    excused = Change(locked.columns(number=Integer), Counted, unrecorded="a test")

    async def changed(opened: Database, change: Change[Counted]) -> None:
        async with opened.write() as db:
            assert await db.change(change) == [{"number": 1}]

    async def work(opened: Database) -> None:
        with pytest.raises(UnrecordedReadingError):
            await changed(opened, returned)
        await changed(opened, excused)

    run(database, work)


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("DELETE FROM agencies", True),
        ("with gone as (delete from agencies returning id) select id from gone", True),
        ("UPDATE agencies SET name = 'a'", True),
        ("WITH noted AS (INSERT INTO audit_log (id) SELECT 1) SELECT 1", False),
        ("SELECT name FROM agencies FOR UPDATE", False),
        ("SELECT deleted FROM updates", False),
    ],
)
def test_what_changes_rows_is_seen_in_its_words(words: str, changes: bool) -> None:
    assert changes_rows(words) is changes


def test_a_table_is_found_in_whatever_case_it_is_written() -> None:
    assert is_personal("SELECT 1 FROM Cases")
    assert is_personal('SELECT 1 FROM public."persons"')


MOVES_THE_LOG = {"keep_audit_months", "sort_audit_rest", "detach_audit_month"}
"""They move months of the audit log, and return how many they moved."""

LOOKS_INTO_THE_LOG = {"refuse_unrecorded"}
"""A trigger: it looks whether an entry is there, and returns nothing."""


def test_no_view_and_no_function_hides_a_table_about_people(database: TestDatabase) -> None:
    found = looked_up(
        database,
        "SELECT proname::text, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
        "UNION ALL SELECT viewname::text, definition FROM pg_views WHERE schemaname = 'public'",
    )
    assert found
    assert {name for name, words in found if is_personal(words)} == MOVES_THE_LOG | LOOKS_INTO_THE_LOG


def test_a_reading_writes_nothing_but_the_audit_log(database: TestDatabase) -> None:
    async def work(opened: Database) -> None:
        async with opened.read_on_record(reading_note_of(BY_THE_CONSOLE, AuditAction.CASE_READ)) as db:
            with pytest.raises(TypeError, match="audit log"):
                db.put_on_record(Agency, agency(1))

    run(database, work)


def test_the_command_line_looks_after_a_register_unrecorded(database: TestDatabase) -> None:
    async def work(_: Database) -> None:
        opened = Upkeep.at(database.api_url, pool_size=1)
        async with opened.read_unrecorded("a test") as db:
            assert await db.rows(SOMETHING) == [{"number": 1}]
        await opened.close()

    run(database, work)
    assert looked_up(database, "SELECT action FROM audit_log") == []


def looked_up(database: TestDatabase, query: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []

    async def look(_: Database) -> None:
        found.extend(tuple(row) for row in await _fetch(database.admin_url, query, ()))

    run(database, look)
    return found
