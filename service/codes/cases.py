"""Statuses of a case, and reasons to close one."""

from service.codes.code import Code


class CaseStatus(Code):
    """Least advanced status among the persons of a case that are not ended.

    Source: Safe Return's own; the order of the members is the order of the work.
    """

    RECEIVED = "received", "Received"
    VERIFIED = "verified", "Verified"
    RESCUED = "rescued", "Rescued"
    REPATRIATED = "repatriated", "Repatriated"
    CLOSED = "closed", "Closed"


class CaseClosure(Code):
    """Reason for which a case is closed.

    A duplicate is a link between two cases and not a reason to close one, so that undoing it restores every
    figure. ``fabricated`` needs a second person; ``withdrawn`` needs that there is no sign of danger.
    Source: foreign ministry clarification of 9 September 2022 and press report of 12 December 2024 (claims
    checked and found untrue); the rest are Safe Return's own.
    """

    ALL_PERSONS_FINAL = "all_persons_final", "Every person has a final outcome"
    UNFOUNDED = "unfounded", "Unfounded"
    FABRICATED = "fabricated", "Fabricated"
    NOT_VERIFIABLE = "not_verifiable", "Could not be verified after the stated efforts"
    NOT_LOCATED = "not_located", "Person not located after the stated efforts"
    WITHDRAWN = "withdrawn", "Withdrawn and no sign of danger"
    OUT_OF_SCOPE = "out_of_scope", "Not for this service"
    REFERRED = "referred", "Taken over by another body"
    OUTSIDE_CAMBODIA = "outside_cambodia", "Person is in another country"
