"""Kinds of operations in the field, and their outcomes for each person."""

from service.codes.code import Code


class OperationKind(Code):
    """Kind of action in the field.

    A raid needs a document with its grounds.
    Source: foreign ministry clarification of 9 September 2022 and press report of September 2022
    (inspections, raids, visits to the depot); the rest are Safe Return's own.
    """

    WELFARE_CHECK = "welfare_check", "Visit to a person or site without force"
    INSPECTION = "inspection", "Inspection of business premises"
    RAID = "raid", "Raid"
    CONSULAR_VISIT = "consular_visit", "Embassy visit"
    HANDOVER_FOREIGN = "handover_foreign", "Hand-over by another state"
    NEGOTIATED_RELEASE = "negotiated_release", "Release agreed with the site"


class OperationOutcomePerson(Code):
    """Outcome of an operation for one person; several may hold at once.

    ``rescued`` and ``taken_into_custody`` are often both true: 469 rescued people were among 1,480 detained.
    Source: press report of September 2022; clarification of 9 September 2022 (refused to be rescued); the
    rest are Safe Return's own.
    """

    RESCUED = "rescued", "Freed by the operation"
    ALREADY_LEFT = "already_left", "Had left before"
    NOT_FOUND = "not_found", "Not found"
    SIMILAR_NAME = "similar_name", "Only a similar name found"
    FOUND_NOT_HELD = "found_not_held", "Found, says not held"
    REFUSED = "refused", "Found, refuses to leave"
    TAKEN_INTO_CUSTODY = "taken_into_custody", "Detained in the operation"
    MOVED_BEFORE = "moved_before", "Moved to another place before"
