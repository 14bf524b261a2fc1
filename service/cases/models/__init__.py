"""Tables of the case file, and how an event stands in its row."""

from service.cases.models.tables import CaseRow, CountedBy, EventRow, OffenderRow, PersonRow

__all__ = ["CaseRow", "CountedBy", "EventRow", "OffenderRow", "PersonRow"]
