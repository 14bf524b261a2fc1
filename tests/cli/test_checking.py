"""`safe-return check` by parts, quickly, and in several processes; and the keys that it and the start need."""

import base64
import json
from datetime import date

import pytest

from service.cli.checking import check_all
from service.cli.parts import Part, Wanted
from service.cli.progress import progress_bar
from service.sealing import new_data_key
from service.settings import Settings
from tests.cases.test_checking import _tamper
from tests.cli.commands import Here
from tests.cli.test_marks import grow, mark
from tests.ledger.conftest import fold_all
from tests.register import Register

WRONG_ROWS = "UPDATE cases SET received_on = received_on - 1"
CHECKED = "register:checked"
ON_RECORD = f"SELECT recorded_at FROM audit_log WHERE action = '{CHECKED}'"  # noqa: S608 - a name of ours


def cases_of(register: Register, number: int) -> list[str]:
    return [str(register.caller("operator").file(persons=[{}])["reference"]) for _ in range(number)]


def test_in_however_many_processes_the_same_is_found(here: Here, register: Register) -> None:
    filed = cases_of(register, 5)
    register.clock.move(days=1)
    fold_all(register)
    _tamper(register, f"{WRONG_ROWS} WHERE reference <> '{filed[2]}'", "UPDATE ledger_totals SET delta = delta + 1")
    here.patch.setattr("service.cli.checking.IN_A_PIECE", 1)
    steps: list[tuple[int, int, str]] = []
    found = [check_all(lambda *step: steps.append(step), Wanted(processes=processes)).record for processes in (1, 2, 3)]
    assert found[0] == found[1] == found[2]
    [told] = [found[0]["differences"]]
    assert isinstance(told, list)
    assert {words for words in told if words.startswith("case ")} == {
        f"case {reference}: cases differs from the log in received_on" for reference in filed if reference != filed[2]
    }
    assert any("totals of 2022-10-01 differ" in words for words in told)
    assert found[0]["cases"] == len(filed)
    total = len(steps) // 3
    assert [step[:2] for step in steps] == [(done, total) for done in range(1, total + 1)] * 3


def test_a_part_is_checked_by_itself(here: Here, register: Register) -> None:
    cases_of(register, 1)
    register.clock.move(days=1)
    assert fold_all(register) == [date(2022, 10, 1)]
    _tamper(register, "UPDATE ledger_totals SET delta = delta + 1")
    found = {part: here("check", "--part", part.value).status for part in Part}
    assert found == {part: int(part is Part.SUMS) for part in Part}
    assert register.rows(ON_RECORD) == [], "a part is no whole check"


def test_a_quick_check_looks_at_what_changed_since_the_last_whole_one(here: Here, register: Register) -> None:
    [old] = cases_of(register, 1)
    assert here("check", "--quick").status == 0
    assert register.rows(ON_RECORD) == [], "a quick check is no whole one"
    _tamper(register, WRONG_ROWS)
    assert (here("check").status, here("check", "--quick").status) == (1, 1)
    _tamper(register, WRONG_ROWS.replace("-", "+"))
    assert here("check").status == 0
    assert len(register.rows(ON_RECORD)) == 1
    register.clock.move(days=3)
    _tamper(register, f"UPDATE audit_log SET recorded_at = '{register.clock.now}' WHERE action = '{CHECKED}'")  # noqa: S608 - ours
    register.rows("UPDATE sessions SET seen_at = $1 RETURNING 1 AS one", register.clock.now)
    [new] = cases_of(register, 1)
    quick = here("check", "--quick", "--format", "json")
    assert (quick.status, quick.json()["cases"]) == (0, 1)
    _tamper(register, f"{WRONG_ROWS} WHERE reference = '{old}'")
    assert (here("check", "--quick").status, here("check").status) == (0, 1)
    _tamper(register, f"{WRONG_ROWS} WHERE reference = '{new}'")
    quick = here("check", "--quick")
    assert (quick.status, new in quick.err) == (1, True)


def test_a_key_of_the_right_name_and_other_bytes_is_told_by_the_check_and_at_the_start(
    here: Here, register: Register
) -> None:
    register.rescued_person(names=[{"text": "Somebody"}])

    def as_setting(key: bytes) -> str:
        return json.dumps({"1": base64.b64encode(key).decode()})

    here.patch.setenv("SAFE_RETURN_KEYS", as_setting(register.keys.keys["1"]))
    assert (here("check").status, here("migrate").status) == (0, 0)
    other = new_data_key()
    here.patch.setenv("SAFE_RETURN_KEYS", as_setting(other))
    checked, migrated, served = here("check"), here("migrate"), here("serve", "--port", "0")
    assert (checked.status, migrated.status, served.status) == (1, 3, 3)
    assert "keys: 1 is another key than" in checked.err
    for ran in (migrated, served):
        assert "not those of this register" in ran.err
    for ran in (checked, migrated, served):
        assert base64.b64encode(other).decode() not in ran.err + ran.out


def test_the_start_counts_no_day_that_is_folded(here: Here, register: Register) -> None:
    grow(register)
    register.clock.move(days=1)
    assert fold_all(register) == [date(2022, 10, 1)]
    mark(register, Settings().mark_path)
    assert (here("check").status, here("migrate").status) == (0, 0)
    _tamper(register, "DELETE FROM ledger_entries")
    assert here("migrate").status == 0, "it believes what was noted of the day, and reads none of its entries"
    assert here("check").status == 1
    _tamper(register, "UPDATE ledger_folds SET entries = entries - 1")
    assert here("migrate").status == 1


def test_a_log_is_told_how_far_long_work_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress_bar("Counting") as advance:
        advance(1, 9, "cases")
        monkeypatch.setattr("service.cli.progress._LINE_EVERY_S", 0.0)
        advance(3, 9, "cases")
    assert capsys.readouterr().err.splitlines() == ["Counting", "Counting: 3 of 9 cases"]
