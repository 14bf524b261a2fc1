"""Tables of the case file, their rows as they are read, and how an event stands in its row."""

from service.cases.models.records import CaseRecord, EventRecord, OffenderRecord, PersonRecord
from service.cases.models.tables import CaseRow, EventRow, OffenderRow, PersonRow

__all__ = [
    "CaseRecord",
    "CaseRow",
    "EventRecord",
    "EventRow",
    "OffenderRecord",
    "OffenderRow",
    "PersonRecord",
    "PersonRow",
]
