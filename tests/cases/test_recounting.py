"""A register that an earlier release counted is counted again: right from now on, and as it was before for before.

The earlier release is played by taking away, as the superuser, what it did not write.
"""

import asyncio
from collections.abc import Callable
from threading import Thread
from typing import Any, Final

import pytest
from alembic import command

from service.acting import Acting
from service.cases.actions.recounting import Recount, recount_register
from service.db.database import Upkeep
from service.db.migrations import _config, migrate
from service.story.counting import RULES_VERSION
from tests.cases.test_checking import _check, _tamper
from tests.cli.commands import Here
from tests.engine import ANY_CLOCK
from tests.ledger.conftest import fold_all
from tests.register import FINDING, Register

NEW_MEASURES: Final = (
    "rescued_found", "persons_detained", "detained_in", "persons_undocumented", "papers_missing", "days_in_status",
    "cases_complete", "offenders_pursued", "stages_reached", "pursued_in_role", "arrests",
)  # fmt: skip
STRIP: Final = f"DELETE FROM ledger_entries WHERE measure IN {NEW_MEASURES}"  # noqa: S608 - names of ours
FORGET: Final = "DELETE FROM counted_by"
YEAR: Final = {"from_": "2022-01-01", "to": "2022-12-31"}
ASKED: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("cases_received", {**YEAR, "by": "channel"}),
    ("cases_intervened", YEAR),
    ("persons_rescued", {**YEAR, "by": "nationality"}),
    ("persons_rescued", {**YEAR, "by": "finding"}),
    ("persons_by_status", {"at": "2022-10-01"}),
    ("days_in_status", YEAR),
    ("completeness", YEAR),
    ("offenders_at_stage", {**YEAR, "by": "stage"}),
    ("arrests", {**YEAR, "by": "nationality"}),
)
COUNTED_BEFORE: Final = 5


def _fill(register: Register) -> None:
    """What could be recorded at revision 0003."""
    person = register.rescued_person(nationality="TWN", sex="female")
    register.caller("liaison", "TWN").record(
        "repatriated", [person], "2022-09-20", mode="embassy_assisted", to_country="TWN"
    )
    operator, officer = register.caller("operator"), register.caller("officer")
    case = operator.file(
        received_on="2022-09-02",
        persons=[{"nationality": "MYS"}],
        offenders=[{"role": "guard"}],
        head_count={"low": 3},
    )
    offender = case["offenders"][0]["reference"]
    officer.record("stage_reached", [offender], "2022-09-05", stage="arrested")
    officer.record("stage_reached", [offender], "2022-09-08", stage="charged")
    register.caller("verifier").record("finding_made", [case["reference"]], "2022-09-04", **FINDING)


def _as_the_release_before_left_it(register: Register) -> None:
    _tamper(register, STRIP)
    command.downgrade(_config(register.database.owner_url), "0003")
    migrate(register.database.owner_url)
    register.rows(ANY_CLOCK)


def _answers(register: Register, **more: Any) -> list[dict[str, Any]]:
    job = register.key("figures:exact")
    answers = [job.figure(name, **asked, **more) for name, asked in ASKED]
    moving = {"known_at", "generated_at", "settled", "digest"}
    return [{key: value for key, value in answer.items() if key not in moving} for answer in answers]


def _recount(register: Register, by: Callable[[], Acting] | None = None) -> Recount:
    def now() -> Acting:
        return Acting(None, None, register.clock())

    async def run() -> Recount:
        database = Upkeep.at(register.database.api_url)
        try:
            return await recount_register(database, by or now, lambda done, total: None)
        finally:
            await database.close()

    return asyncio.run(run())


def test_after_it_everything_is_right_and_the_past_is_what_it_was(register: Register) -> None:
    _fill(register)
    right = _answers(register)
    _as_the_release_before_left_it(register)
    then = register.clock.move(minutes=5).isoformat()
    register.clock.move(days=1)
    register.rows("UPDATE sessions SET seen_at = $1 RETURNING 1 AS one", register.clock.now)
    assert fold_all(register) != []
    before = _answers(register, known_at=then)
    assert (right[1]["definition_version"], before[1]["definition_version"]) == (4, 1)
    assert [answer["total"] for answer in before[:3]] == [answer["total"] for answer in right[:3]]
    assert [answer["cells"] for answer in before[:3]] == [answer["cells"] for answer in right[:3]]
    assert before[COUNTED_BEFORE:] != right[COUNTED_BEFORE:]
    found = _check(register)
    assert found.counted_by == 1
    assert any("persons differs from the log in" in difference for difference in found.differences)

    done = _recount(register)

    assert (done.cases, done.changed) == (2, 2)
    assert done.entries > 10
    checked = _check(register)
    assert (checked.counted_by, checked.differences) == (RULES_VERSION, [])
    assert _answers(register) == right
    assert _answers(register, known_at=then) == before


def test_a_second_one_finds_nothing_to_do(register: Register) -> None:
    _fill(register)
    _as_the_release_before_left_it(register)
    assert _recount(register).changed == 2
    entries = register.rows("SELECT count(*) AS n FROM ledger_entries")
    audited = register.rows("SELECT count(*) AS n FROM audit_log")
    again = _recount(register)
    assert (again.cases, again.changed, again.rows, again.entries) == (2, 0, 0, 0)
    assert register.rows("SELECT count(*) AS n FROM ledger_entries") == entries
    assert register.rows("SELECT count(*) AS n FROM audit_log") == audited


def test_what_it_wrote_is_in_the_audit_log(register: Register) -> None:
    _fill(register)
    _tamper(register, STRIP, FORGET)
    _recount(register)
    rows = register.rows("SELECT subject_ids FROM audit_log WHERE action = 'register:recounted' ORDER BY id")
    cases = register.rows("SELECT id FROM cases")
    assert [set(row["subject_ids"]) for row in rows] == [{case["id"] for case in cases}, set()]


def test_of_two_at_once_one_is_first_and_nothing_counts_twice(register: Register) -> None:
    _fill(register)
    right = _answers(register)
    _tamper(register, STRIP, FORGET)
    others: list[Recount] = []

    def interrupted() -> Acting:
        """Between reading a batch and writing it, somebody else counts the whole register."""
        if not others:
            another = Thread(target=lambda: others.append(_recount(register)))
            another.start()
            another.join()
        return Acting(None, None, register.clock())

    assert _recount(register, interrupted).changed == 0
    assert others[0].changed == 2
    assert _check(register).differences == []
    assert _answers(register) == right


def test_what_somebody_records_after_it_is_counted_on(register: Register) -> None:
    _fill(register)
    _as_the_release_before_left_it(register)
    _recount(register)
    register.rescued_person(nationality="VNM")
    assert _check(register).differences == []


def test_a_new_register_is_never_due(register: Register) -> None:
    assert _check(register).counted_by == RULES_VERSION
    assert _recount(register) == Recount()
    assert register.rows("SELECT version FROM counted_by") == [{"version": RULES_VERSION}]


def test_check_says_that_it_is_due_and_the_command_does_it(here: Here, register: Register) -> None:
    _fill(register)
    _tamper(register, STRIP, FORGET)
    due = here("check")
    assert due.status == 1
    assert "run safe-return recount" in due.err
    ran = here("recount")
    assert ran.status == 0
    assert "2 cases, 2 changed" in ran.err
    assert here("check").status == 0
    assert "2 cases, 0 changed" in here("recount").err


def test_migrating_does_it_where_it_is_due(here: Here, register: Register) -> None:
    _fill(register)
    _tamper(register, STRIP)
    command.downgrade(_config(register.database.owner_url), "0003")
    ran = here("migrate")
    assert ran.status == 0
    assert "2 cases, 2 changed" in ran.err
    assert here("check").status == 0
    assert "Recount" not in here("migrate").err


@pytest.mark.parametrize("defect", ["DELETE FROM persons", "DELETE FROM events WHERE kind = 'received'"])
def test_a_defect_is_left_for_the_check_to_name(register: Register, defect: str) -> None:
    _fill(register)
    _tamper(register, defect)
    _recount(register)
    assert _check(register).differences != []
