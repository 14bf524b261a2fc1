"""Tables of the case file, and how an event stands in its row."""

from service.cases.models.tables import CaseRow, EventRow, OffenderRow, PersonRow

__all__ = ["CaseRow", "EventRow", "OffenderRow", "PersonRow"]
