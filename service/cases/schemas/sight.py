"""How much of a record a caller is shown. A member that a role may not see is absent, not null."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from service.cases.schemas.reading import CaseShown, EventShown, FindingShown, OffenderShown, PersonShown
from service.people.rules import SealedKind
from service.wire import Shown

TO_A_LIAISON: Final[Mapping[type[Shown], frozenset[str]]] = {
    CaseShown: frozenset(
        {
            "id", "reference", "channel", "kind", "urgency", "language", "province", "precision", "received_on",
            "persons", "sealed",
        }
    ),
    PersonShown: frozenset(
        {
            "id", "reference", "case", "status", "outcome", "awaiting_return", "in_custody", "custody",
            "missing_documents", "wishes", "findings", "return_tasks", "sex", "birth_year", "age_group", "nationality",
            "nationality_source", "guardian_known", "received_on", "verified_on", "rescued_on", "repatriated_on",
            "ended_on", "version", "sealed",
        }
    ),
    FindingShown: frozenset({"authority", "outcome", "standard", "confinement", "extortion", "on", "leads"}),
    OffenderShown: frozenset(),
    EventShown: frozenset({"id", "kind", "subject_kind", "subject", "occurred_on", "recorded_at", "data", "voided_by"}),
}  # fmt: skip
"""What a liaison is shown, field by field; what is not named here it is not shown (ADR 0016).

A shape that is not named is shown whole wherever the field that holds it is shown.
"""

IN_EVENTS_TO_A_LIAISON: Final = frozenset(
    {
        "channel", "kind", "urgency", "language", "province", "precision", "named", "sex", "birth_year", "age",
        "guardian_known", "cleared", "nationality", "source", "decision", "outcome", "authority", "standard",
        "confinement", "extortion", "lead", "result", "purpose", "value", "freely", "missing", "custody", "step",
        "state", "country", "reason", "by", "mode", "to_country", "funding", "decided_by", "event_id",
    }
)  # fmt: skip
"""What an event may say to a liaison: the same, in the words of events."""


@cache
def fields_shown(shape: type[Shown], *, whole: bool) -> frozenset[str]:
    """Answer which members of a shape are shown: to whoever sees whole cases all, to a liaison some."""
    fields = frozenset(shape.model_fields)
    return fields if whole else fields & TO_A_LIAISON.get(shape, fields)


@dataclass(frozen=True)
class Unsealed:
    """One sealed record, open: whose, of what kind, what it says, when it was recorded."""

    subject_id: UUID
    kind: SealedKind
    content: dict[str, Any]
    recorded_at: datetime


@dataclass(frozen=True)
class Sight:
    """How much of a record this caller is shown.

    Attributes:
        whole: False for a liaison: what `TO_A_LIAISON` names, and only its own persons.
        today: the present day in Asia/Phnom_Penh, for ages.
        opened: sealed records that were opened for a purpose; None where no purpose was given.
    """

    whole: bool
    today: date
    opened: Sequence[Unsealed] | None = field(default=None)

    def of(self, subject_id: UUID, kind: SealedKind) -> list[dict[str, Any]]:
        """Answer what was opened of one kind for one subject, oldest first."""
        return [one.content for one in self.opened or () if one.subject_id == subject_id and one.kind is kind]

    def columns(self, shape: type[Shown], row: Mapping[str, Any]) -> dict[str, Any]:
        """Answer what of a row is shown in a shape."""
        return {name: row[name] for name in fields_shown(shape, whole=self.whole) if name in row}

    def said(self, fact: Mapping[str, Any]) -> dict[str, Any]:
        """Answer what is shown of what an event says."""
        return {name: value for name, value in fact.items() if self.whole or name in IN_EVENTS_TO_A_LIAISON}
