"""Tables of the case file, each with its rows as they are read, and how an event stands in its row.

Every row of a case carries `case_id` and is found by it; the columns that a policy needs stand on the row itself.
"""

from service.cases.models.case import CaseRecord, CaseRow
from service.cases.models.event import EventRecord, EventRow
from service.cases.models.offender import OffenderRecord, OffenderRow
from service.cases.models.person import PersonRecord, PersonRow

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
