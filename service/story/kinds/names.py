"""The closed list of kinds of event, and what an event can be about.

Source: design/domain.md section 3; ADR 0012 for `case_described` and `offender_described`, 0069 for
`operation_made`.
"""

from enum import StrEnum


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
    OPERATION_MADE = "operation_made"
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
