"""The words of the code are the words of the migrated database."""

import re
from enum import StrEnum
from typing import Final

import pytest
from sqlalchemy import CheckConstraint
from sqlalchemy import Table as SqlTable

from service.acting import Role
from service.codes import CaseStatus, OperationKind, PersonStatus
from service.codes.code import Code
from service.people.rules import SealedKind, SealedSubjectKind
from service.people.rules.terms import TermKind
from service.story.kinds.names import Kind, SubjectKind
from service.story.moment import Precision
from service.tables import METADATA
from tests.register import Register

CHECKED: Final[dict[str, type[StrEnum] | type[Code]]] = {
    "ck_cases_status": CaseStatus,
    "ck_persons_status": PersonStatus,
    "ck_events_kind": Kind,
    "ck_operations_kind": OperationKind,
    "ck_events_subject_kind": SubjectKind,
    "ck_events_occurred_precision": Precision,
    "ck_sealed_records_kind": SealedKind,
    "ck_sealed_records_subject_kind": SealedSubjectKind,
    "ck_search_keys_kind": TermKind,
    "ck_search_keys_subject_kind": SubjectKind,
    "ck_users_role": Role,
    "ck_service_keys_role": Role,
}


@pytest.fixture
def checks(register: Register) -> dict[str, str]:
    """Every CHECK of the migrated database, as it stands there."""
    found = register.rows(
        "SELECT conname AS name, pg_get_constraintdef(oid) AS words FROM pg_constraint "
        "WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    )
    return {row["name"]: row["words"] for row in found}


def test_every_word_fits_the_migrated_database_and_no_other_does(checks: dict[str, str]) -> None:
    """A new member needs a revision of its own: the comparison of schemas does not see it."""
    allowed = {name: set(re.findall(r"'([^']*)'::", words)) for name, words in checks.items()}
    assert allowed == {name: {member.value for member in words} for name, words in CHECKED.items()}


def test_every_check_of_the_tables_is_in_the_database(checks: dict[str, str]) -> None:
    assert {str(found.name) for table in tables() for found in checks_of(table)} == set(checks)


def test_every_column_of_closed_words_is_checked() -> None:
    """The others are codes of a list that grows; their words are checked at the door."""
    columns = {f"ck_{table.name}_{column.name}" for table in tables() for column in table.columns}
    assert set(CHECKED) <= columns


def tables() -> list[SqlTable]:
    return list(METADATA.tables.values())


def checks_of(table: SqlTable) -> list[CheckConstraint]:
    return [found for found in table.constraints if isinstance(found, CheckConstraint)]
