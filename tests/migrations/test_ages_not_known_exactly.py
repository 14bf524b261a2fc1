"""Going down below ranges of ages and dates of birth: refused while any is recorded, for nobody could read it."""

from typing import Any, Final

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from service.db.migrations import _config, migrate
from tests.engine import ANY_CLOCK, TestDatabase
from tests.migrations.catalog import counts_of, fetch
from tests.register import open_register

BELOW: Final = str(ScriptDirectory.from_config(_config()).get_revision("0018").down_revision)
READABLE: Final[dict[str, Any]] = {"age": 17, "birth_year": 2005}
UNREADABLE: Final[list[dict[str, Any]]] = [
    {"age": {"low": 16, "high": 20}}, {"age": {"about": 18}}, {"birth_year": {"about": 2004}},
    {"date_of_birth": "2004-11"},
]  # fmt: skip


def file_one(blank: TestDatabase, told: dict[str, Any]) -> None:
    """Migrate, and file somebody of whom this is told."""
    migrate(blank.owner_url)
    with open_register(blank) as register:
        register.rows(ANY_CLOCK)
        register.caller("operator").file(persons=[told])


@pytest.mark.parametrize("told", UNREADABLE)
def test_it_is_refused_while_one_is_recorded(blank: TestDatabase, told: dict[str, Any]) -> None:
    file_one(blank, told)
    with pytest.raises(DBAPIError, match=r"an older release cannot read them|ck_sealed_records_kind"):
        command.downgrade(_config(blank.owner_url), BELOW)
    columns = {row["column_name"] for row in fetch(blank.owner_url, COLUMNS)}
    assert {"birth_year_range", "stated_age_range"} <= columns


def test_numbers_go_down_and_up_again(blank: TestDatabase) -> None:
    file_one(blank, READABLE)
    before = counts_of(blank.admin_url) | {"clock_tolerance": 0}
    months = {"audit_months": before["audit_months"] + 1}  # that of this test's clock, whose entries are sorted into it
    command.downgrade(_config(blank.owner_url), BELOW)
    assert not {row["column_name"] for row in fetch(blank.owner_url, COLUMNS)} & {
        "birth_year_range",
        "stated_age_range",
    }
    migrate(blank.owner_url)
    assert counts_of(blank.admin_url) == before | months
    [row] = fetch(blank.owner_url, "SELECT birth_year, stated_age, birth_year_range, stated_age_range FROM persons")
    assert tuple(row.values()) == (2005, 17, None, None)


COLUMNS: Final = "SELECT column_name FROM information_schema.columns WHERE table_name = 'persons'"
