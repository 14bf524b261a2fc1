"""Finding whom lines are about, in a real register."""

import asyncio
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import pytest

from service.acting import Acting, Principal, Role
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.targets import Target, find_subjects
from service.cases.queries.files import AbsentError
from service.db.database import Database
from service.errors import InvalidError
from service.lines import numbered
from service.story.kinds.names import SubjectKind
from tests.register import Register

PERSONS: Final = frozenset({SubjectKind.PERSON})
ACTING: Final = Acting(
    Principal(UUID(int=1), "one", Role.OFFICER, UUID(int=2), "Police", frozenset()),
    None,
    datetime(2022, 9, 20, tzinfo=UTC),
)


@pytest.fixture
def persons(register: Register) -> list[dict[str, str]]:
    """Three persons of two cases, as the filer was told of them."""
    operator = register.caller("operator")
    first, second = operator.file(persons=[{}, {}]), operator.file(persons=[{}])
    return [*first["persons"], *second["persons"]]


def found(register: Register, *references: str) -> list[Target[str]]:
    """The persons of lines that hold nothing but a reference."""
    lines = numbered("persons", references)

    async def run() -> list[Target[str]]:
        database = Database.at(register.database.api_url)
        try:
            async with database.write() as db:
                subjects = await find_subjects(db, ACTING, lines, PERSONS)
                record(db, ACTING, AuditAction.OPERATION_REPORTED, subject_ids=[subject.id for _, subject in subjects])
                return [Target(line, *subject) for line, subject in zip(lines, subjects, strict=True)]
        finally:
            await database.close()

    return asyncio.run(run())


def test_each_line_gets_its_subject_in_the_order_of_the_lines_and_a_case_is_opened_once(
    register: Register, persons: list[dict[str, str]]
) -> None:
    first, second, third = persons
    targets = found(register, third["reference"].lower(), second["id"], first["reference"].replace("-", " "))
    assert [target.reference for target in targets] == [one["reference"] for one in (third, second, first)]
    assert [target.line.place for target in targets] == ["#/persons/0", "#/persons/1", "#/persons/2"]
    assert {target.status for target in targets} == {"received"}
    assert targets[1].file is targets[2].file is not targets[0].file


def test_no_lines_are_about_nobody(register: Register) -> None:
    assert found(register) == []


def test_every_line_about_nobody_has_a_fault_whether_or_not_it_could_be_a_reference(
    register: Register, persons: list[dict[str, str]]
) -> None:
    case = persons[0]["reference"][:14]
    with pytest.raises(AbsentError) as refused:
        found(register, "nobody at all", persons[0]["reference"], str(UUID(int=5)), case)
    faults = refused.value.faults
    assert [(fault.name, fault.code) for fault in faults] == [
        (f"#/persons/{number}", "not_found") for number in (0, 2, 3)
    ]
    assert len({fault.detail for fault in faults}) == 1


def test_one_person_by_id_and_by_reference_is_two_lines_about_the_same(
    register: Register, persons: list[dict[str, str]]
) -> None:
    with pytest.raises(InvalidError) as refused:
        found(register, persons[0]["reference"], persons[2]["id"], persons[0]["id"])
    assert [fault.name for fault in refused.value.faults] == ["#/persons/2"]
