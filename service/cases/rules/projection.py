"""The columns that the fold of a log gives: what the tables show and `safe-return check` compares. Pure."""

from datetime import date
from typing import Any

from service.cases.rules.essentials import completeness
from service.cases.rules.state import Case, Offender, Person, Step
from service.codes import PersonStatus, SuspectStage


def case_columns(case: Case) -> dict[str, Any]:
    """Answer the projected columns of a case."""
    judged = completeness(case)
    received = case.received
    closure = case.closure
    return {
        "agency_id": case.agency_id,
        "filed_by": case.filer,
        "channel": received.channel.value,
        "kind": received.kind.value,
        "urgency": received.urgency.value,
        "language": received.language,
        "province": received.province,
        "precision": received.precision.value if received.precision else None,
        "relationship": received.relationship.value if received.relationship else None,
        "received_on": case.received_on.on,
        "recorded_at": case.recorded_at,
        "status": case.status.value,
        "closure": closure.value if closure else None,
        "tally": {status.value: count for status, count in sorted(case.tally.items())},
        "head_count": _head_count(case),
        "allegations": sorted({kind.value for alleged in case.alleged for kind in alleged.types}),
        "nationalities": sorted({person.effective_nationality.code for person in case.persons.values()}),
        "disclosed_to": case.disclosed_to,
        "completeness": judged.score,
        "missing": [essential.value for essential in judged.missing],
        "seq": case.seq,
    }


def person_columns(case: Case, person: Person) -> dict[str, Any]:
    """Answer the projected columns of a person."""
    nationality = person.effective_nationality
    verified = person.verified_on
    status = person.status
    return {
        "agency_id": case.agency_id,
        "present": True,
        "seq": person.seq,
        "status": status.value,
        "outcome": person.outcome.value if person.outcome else None,
        "sex": person.sex.value,
        "birth_year": person.birth_year,
        "stated_age": person.stated_age.years if person.stated_age else None,
        "stated_age_on": person.stated_age.on if person.stated_age else None,
        "nationality": nationality.code,
        "nationality_source": nationality.source.value if nationality.source else None,
        "disclosed_to": person.disclosed_to,
        "fears_own_state": person.fears_own_state,
        "awaiting_return": status is PersonStatus.RESCUED,
        "in_custody": False,
        "received_on": person.added.on,
        "verified_on": verified.on if verified else None,
        "rescued_on": _last_day(person.steps, PersonStatus.RESCUED),
        "repatriated_on": _last_day(person.steps, PersonStatus.REPATRIATED),
        "ended_on": person.steps[-1].on if person.outcome else None,
    }


def offender_columns(case: Case, offender: Offender) -> dict[str, Any]:
    """Answer the projected columns of an offender."""
    stage = offender.stages[-1][1] if offender.stages else SuspectStage.NAMED
    return {
        "agency_id": case.agency_id,
        "present": True,
        "seq": offender.seq,
        "roles": [role.value for role in offender.roles],
        "nationality": offender.nationality,
        "stage": stage.value,
    }


def _head_count(case: Case) -> dict[str, Any] | None:
    claim = case.headcount
    if claim is None:
        return None
    numbers = {"low": claim.low, "high": claim.high}
    return {"bound": claim.bound.value} | {name: number for name, number in numbers.items() if number is not None}


def _last_day(steps: list[Step], status: PersonStatus) -> date | None:
    days = [step.on for step in steps if step.status is status]
    return days[-1] if days else None
