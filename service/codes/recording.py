"""Reasons for corrections, re-openings and readings, and codes of recorded events."""

from service.codes.code import Code


class VoidReason(Code):
    """Reason why an event is voided. The event stays on record.

    Source: Safe Return's own.
    """

    RECORDED_IN_ERROR = "recorded_in_error", "Recorded in error"
    WRONG_SUBJECT = "wrong_subject", "Belongs to somebody else"
    WRONG_DATE = "wrong_date", "Wrong day"
    RECORDED_TWICE = "recorded_twice", "Recorded twice"
    FOUND_UNTRUE = "found_untrue", "Found untrue afterwards"


class ReopenReason(Code):
    """Reason why a closed case is opened again.

    Source: design, section 4 (a closed case reopens on new information).
    """

    NEW_INFORMATION = "new_information", "New information"
    CLOSED_IN_ERROR = "closed_in_error", "Closed in error"


class NoEvidenceReason(Code):
    """Reason why a finding names no evidence.

    Source: design, section 4 (evidence kinds, or a stated reason for none).
    """

    HELD_ELSEWHERE = "held_elsewhere", "Held by another authority"
    PROTECTED_SOURCE = "protected_source", "Withheld to protect a source"
    NONE_OBTAINED = "none_obtained", "None could be obtained"


class Attribution(Code):
    """Body that brought a person out; there may be several.

    Source: embassy statement of 4 September 2022, in which a rescue by an embassy was possible only with the
    Cambodian authorities.
    """

    CAMBODIAN_AUTHORITY = "cambodian_authority", "Cambodian authority"
    EMBASSY = "embassy", "Embassy or representative office"
    OTHER = "other", "Another body, family, or the person alone"


class LocatingResult(Code):
    """Result of an effort to find a person.

    Source: press reports of 2022 and 2023 on searches by name (found, not held, not found, moved before the visit).
    """

    HELD = "held", "Found, held"
    NOT_HELD = "not_held", "Found, not held"
    NOT_FOUND = "not_found", "Not found"
    MOVED = "moved", "Moved to another place before"
    ALREADY_LEFT = "already_left", "Had left before"
    SIMILAR_NAME = "similar_name", "Only somebody of a similar name was found"


class ReturnDecision(Code):
    """Decision-maker of a return against, or without, the person's own wish.

    Source: design, section 4 (repatriated).
    """

    GUARDIAN = "guardian", "Parent or guardian of a minor"
    COURT = "court", "Court"


class ReadPurpose(Code):
    """Purpose of opening sealed fields. The audit log keeps it with the names of the fields, never their values.

    Source: design, section 7 and trust section 3.
    """

    INTAKE = "intake", "Taking a report: whether the person or the case is known already"
    VERIFICATION = "verification", "Checking the report"
    RESCUE = "rescue", "Preparing or carrying out a rescue"
    CONSULAR = "consular", "Consular protection and documents"
    RETURN = "return", "Arranging the way home"
    CALL_BACK = "call_back", "Answering or calling back the reporter"
    CORRECTION = "correction", "Correcting the record"
