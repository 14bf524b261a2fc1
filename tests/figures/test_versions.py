"""An answer is computed under the version that was in force at its `known_at`, and names it."""

from datetime import datetime, timedelta
from typing import Any

from tests.register import FINDING, Register

WHOLE = {"from_": "2022-01-01", "to": "2022-12-31"}


def counted_at(register: Register, instant: datetime) -> None:
    """Let the register have been counted anew by the present rules at an instant, and by the first ones before."""
    register.rows("UPDATE counted_by SET counted_at = $1 RETURNING 1 AS one", instant)


def intervened(register: Register, **asked: Any) -> dict[str, Any]:
    answered = register.key("figures:exact").figure("cases_intervened", **WHOLE, **asked)
    return {name: value for name, value in answered.items() if name not in {"generated_at", "settled"}}


def test_an_answer_names_the_version_in_force_at_its_known_at(register: Register) -> None:
    case = register.caller("operator").file(received_on="2022-09-02")
    register.caller("verifier").record("finding_made", [case["reference"]], "2022-09-04", **FINDING)
    recounted = register.clock.now + timedelta(hours=2)
    counted_at(register, recounted)
    before, moment_before = register.clock.move(hours=1), recounted - timedelta(microseconds=1)
    register.clock.move(hours=2)
    for known_at, version in ((before, 1), (moment_before, 1), (recounted, 4), (register.clock.now, 4)):
        answered = intervened(register, known_at=known_at.isoformat())
        assert answered["definition_version"] == version
        assert ("operation" in answered["counts"]) == (version == 4)
        assert answered["total"]["value"] == 1
    assert intervened(register)["definition_version"] == 4


def test_an_answer_is_the_same_to_the_letter_before_and_after_the_register_is_counted_anew(register: Register) -> None:
    register.rescued_person()
    then = register.clock.move(hours=1)
    later = register.clock.move(days=1)
    counted_at(register, later + timedelta(days=400))
    before = intervened(register, known_at=then.isoformat(), by="province")
    counted_at(register, later)
    assert intervened(register, known_at=then.isoformat(), by="province") == before
    assert before["definition_version"] == 1
    assert intervened(register, known_at=later.isoformat(), by="province")["digest"] != before["digest"]


def test_a_figure_whose_meaning_never_changed_names_its_only_version_at_every_moment(register: Register) -> None:
    counted_at(register, register.clock.now + timedelta(days=400))
    job = register.key("figures:exact")
    for asked in ({}, {"known_at": "2022-09-30"}):
        assert job.figure("persons_detained", **WHOLE, **asked)["definition_version"] == 1
