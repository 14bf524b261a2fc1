"""The columns that the fold of a log gives: what the tables show and `safe-return check` compares. Pure."""

from datetime import date
from typing import Any

from service.cases.rules.range_columns import birth_columns
from service.codes import PersonStatus
from service.story.case import Case
from service.story.essentials import completeness
from service.story.nationality import CAMBODIA, Assertion
from service.story.offender import Offender
from service.story.person import Person
from service.story.standing import Finding, Step, by_authority, leading


def case_columns(case: Case) -> dict[str, Any]:
    """Return the projected columns of a case."""
    judged = completeness(case)
    closure = case.closure
    return {
        "agency_id": case.agency_id,
        "filed_by": case.filer,
        "channel": case.channel.value,
        "kind": case.kind.value,
        "urgency": case.urgency.value,
        "language": case.language,
        "province": case.province,
        "precision": case.precision.value if case.precision else None,
        "relationship": case.relationship.value if case.relationship else None,
        "received_on": case.received_on.on,
        "recorded_at": case.recorded_at,
        "status": case.status.value,
        "closure": closure.value if closure else None,
        "tally": {status.value: count for status, count in sorted(case.tally.items())},
        "head_count": _head_count(case),
        "allegations": sorted({kind.value for alleged in case.alleged for kind in alleged}),
        "nationalities": sorted({code for person in case.persons.values() for code in _nationalities(person)}),
        "disclosed_to": case.disclosed_to,
        "withheld_from": sorted(case.withheld_from, key=str),
        "findings": _findings(case.findings),
        "completeness": judged.score,
        "missing": [essential.value for essential in judged.missing],
        "seq": case.seq,
    }


def person_columns(case: Case, person: Person) -> dict[str, Any]:
    """Return the projected columns of a person."""
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
        **birth_columns(person.birth_year, person.stated_age),
        "nationality": nationality.code,
        "nationality_source": nationality.source.value if nationality.source else None,
        "nationalities": list(nationality.confirmed) or None,
        "shown_to": list(person.disclosed_to),
        "disclosed_to": _one_state(person),
        "withheld_from": sorted(case.withheld_from, key=str),
        "fears_own_state": person.fears_own_state,
        "guardian_known": person.guardian_known,
        "awaiting_return": status is PersonStatus.RESCUED and nationality.counts_as != CAMBODIA,
        "in_custody": person.custody is not None,
        "custody": person.custody.kind.value if person.custody else None,
        "missing_documents": _missing_documents(person),
        "wishes": _wishes(person),
        "findings": _findings(person.findings),
        "return_tasks": _return_tasks(person),
        "assertions": [_assertion(found) for found in person.assertions],
        "received_on": person.added.on,
        "verified_on": verified.on if verified else None,
        "rescued_on": _last_day(person.steps, PersonStatus.RESCUED),
        "repatriated_on": _last_day(person.steps, PersonStatus.REPATRIATED),
        "ended_on": person.steps[-1].on if person.outcome else None,
    }


def offender_columns(case: Case, offender: Offender) -> dict[str, Any]:
    """Return the projected columns of an offender."""
    stages = sorted(offender.stages, key=lambda reached: reached.moment.on)
    return {
        "agency_id": case.agency_id,
        "present": True,
        "seq": offender.seq,
        "roles": [role.value for role in offender.roles],
        "nationality": offender.nationality,
        "stage": offender.stage.value,
        "stages": [{"stage": reached.stage.value, "on": str(reached.moment)} for reached in stages],
        "withheld_from": sorted(case.withheld_from, key=str),
    }


def _nationalities(person: Person) -> set[str]:
    """The nationality that counts, and those that states confirm."""
    return {person.effective_nationality.code, *person.effective_nationality.confirmed}


def _one_state(person: Person) -> str | None:
    """The one state that the release before shows a person to."""
    shown = person.disclosed_to
    return person.effective_nationality.code if person.effective_nationality.code in shown else next(iter(shown), None)


def _head_count(case: Case) -> dict[str, Any] | None:
    claim = case.headcount
    if claim is None:
        return None
    numbers = {"low": claim.low, "high": claim.high}
    return {"bound": claim.bound.value} | {name: number for name, number in numbers.items() if number is not None}


def _findings(findings: list[Finding]) -> list[dict[str, Any]]:
    """Each authority's latest finding, side by side; the leading one drives the status."""
    leads = leading(findings)[-1:]
    return [_finding(said[-1], leads=said[-1] in leads) for said in by_authority(findings).values()]


def _finding(finding: Finding, *, leads: bool) -> dict[str, Any]:
    said = {"confinement": finding.confinement, "extortion": finding.extortion}
    return {
        "authority": finding.authority[0].value,
        "outcome": finding.outcome.value,
        "standard": finding.standard.value,
        "evidence": [kind.value for kind in finding.evidence],
        "on": str(finding.on),
        "leads": leads,
    } | {name: value for name, value in said.items() if value is not None}


def _missing_documents(person: Person) -> list[str] | None:
    """Which papers were missing when somebody looked last; None while nobody did."""
    latest = max(enumerate(person.document_checks), key=lambda one: (one[1].moment.on, one[0]), default=None)
    return [kind.value for kind in latest[1].missing] if latest else None


def _wishes(person: Person) -> list[dict[str, Any]]:
    """The latest answer to each question, and whether it could be given freely; before it, a refusal that stands."""
    latest = {wish.purpose: wish for wish in person.wishes_by_day}
    refusal = person.kept_from_embassy
    standing = [refusal] if refusal is not None and latest[refusal.purpose] is not refusal else []
    return [
        {
            "purpose": purpose.value,
            "value": wish.value.value,
            "freely": wish.freely.value,
            "on": str(wish.moment),
        }
        for purpose, wish in [*((one.purpose, one) for one in standing), *sorted(latest.items())]
    ]


def _return_tasks(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "step": task.step.value,
            "state": task.state.value,
            "country": task.country,
            "reason": task.reason.value if task.reason else None,
            "on": str(task.moment),
        }
        for task in person.return_tasks
    ]


def _assertion(found: Assertion) -> dict[str, Any]:
    return {"nationality": found.nationality, "source": found.source.value, "decision": found.decision}


def _last_day(steps: list[Step], status: PersonStatus) -> date | None:
    days = [step.on for step in steps if step.status is status]
    return days[-1] if days else None
