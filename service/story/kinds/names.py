"""The closed list of event kinds, and what each may be about.

Source: design/domain.md section 3; ADR 0012 for `case_described` and `offender_described`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class SubjectKind(StrEnum):
    """What an event is about."""

    CASE = "case"
    PERSON = "person"
    OFFENDER = "offender"


class Kind(StrEnum):
    """What happened."""

    RECEIVED = "received"
    CASE_DESCRIBED = "case_described"
    HEADCOUNT_CLAIMED = "headcount_claimed"
    ALLEGED = "alleged"
    CLOSED = "closed"
    REOPENED = "reopened"
    ADDED = "added"
    DESCRIBED = "described"
    NATIONALITY_ASSERTED = "nationality_asserted"
    FINDING_MADE = "finding_made"
    LOCATED = "located"
    WISH_STATED = "wish_stated"
    DOCUMENTS_CHECKED = "documents_checked"
    CUSTODY_STARTED = "custody_started"
    CUSTODY_ENDED = "custody_ended"
    RESCUED = "rescued"
    RESCUE_REFUSED = "rescue_refused"
    RETURN_STEP = "return_step"
    REPATRIATED = "repatriated"
    ENDED = "ended"
    NAMED = "named"
    OFFENDER_DESCRIBED = "offender_described"
    STAGE_REACHED = "stage_reached"
    VOIDED = "voided"


SUBJECTS: Final[Mapping[Kind, frozenset[SubjectKind]]] = {
    **dict.fromkeys(
        (Kind.RECEIVED, Kind.CASE_DESCRIBED, Kind.HEADCOUNT_CLAIMED, Kind.ALLEGED, Kind.CLOSED, Kind.REOPENED),
        frozenset({SubjectKind.CASE}),
    ),
    **dict.fromkeys(
        (
            Kind.ADDED,
            Kind.DESCRIBED,
            Kind.NATIONALITY_ASSERTED,
            Kind.LOCATED,
            Kind.WISH_STATED,
            Kind.DOCUMENTS_CHECKED,
            Kind.CUSTODY_STARTED,
            Kind.CUSTODY_ENDED,
            Kind.RESCUED,
            Kind.RESCUE_REFUSED,
            Kind.RETURN_STEP,
            Kind.REPATRIATED,
            Kind.ENDED,
        ),
        frozenset({SubjectKind.PERSON}),
    ),
    **dict.fromkeys((Kind.NAMED, Kind.OFFENDER_DESCRIBED, Kind.STAGE_REACHED), frozenset({SubjectKind.OFFENDER})),
    Kind.FINDING_MADE: frozenset({SubjectKind.CASE, SubjectKind.PERSON}),
    Kind.VOIDED: frozenset(SubjectKind),
}
"""What an event of each kind may be about."""
