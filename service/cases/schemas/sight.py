"""How much of a record a caller is shown. A member that a role may not see is absent, not null."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, Final
from uuid import UUID

from service.cases.rules.told_version import told_version
from service.cases.schemas.reading import CaseShown, EventShown, FindingShown, OffenderShown, PersonShown
from service.codes import STRENGTH, UNKNOWN, NationalitySource, WishPurpose, WishValue
from service.people.rules import SealedKind
from service.story.kinds.names import Kind
from service.story.kinds.registry import KINDS
from service.story.nationality import CAMBODIA, is_state
from service.wire import Shown

TO_A_LIAISON: Final[Mapping[type[Shown], frozenset[str]]] = {
    CaseShown: frozenset(
        {
            "id", "reference", "channel", "kind", "urgency", "language", "province", "precision", "received_on",
            "assigned_to", "persons", "sealed",
        }
    ),
    PersonShown: frozenset(
        {
            "id", "reference", "case", "status", "outcome", "awaiting_return", "in_custody", "custody",
            "missing_documents", "wishes", "findings", "return_tasks", "sex", "birth_year", "birth_years", "stated_age",
            "age_group", "nationality", "nationality_source", "nationalities", "guardian_known", "received_on",
            "verified_on", "rescued_on", "repatriated_on", "ended_on", "version", "sealed",
        }
    ),
    FindingShown: frozenset({"authority", "outcome", "standard", "confinement", "extortion", "on", "leads"}),
    OffenderShown: frozenset(),
    EventShown: frozenset({"id", "kind", "subject_kind", "subject", "occurred_on", "recorded_at", "data", "group_id",
                           "voided_by"}),
}  # fmt: skip
"""What a liaison is shown, field by field; a field not named here is not shown (ADR 0016).

A shape that is not named is shown whole wherever the field that holds it is shown.
"""

_STRENGTH: Final[Mapping[str, int]] = {
    source.value: STRENGTH.index(source) if source in STRENGTH else len(STRENGTH) for source in NationalitySource
}


@cache
def fields_shown(shape: type[Shown], *, whole: bool) -> frozenset[str]:
    """Return the members of a shape that are shown: all of them to whoever sees whole cases, some to a liaison."""
    fields = frozenset(shape.model_fields)
    return fields if whole else fields & TO_A_LIAISON.get(shape, fields)


def _keeps_from_embassy(wish: Mapping[str, Any]) -> bool:
    return bool(wish["purpose"] == WishPurpose.INFORM_EMBASSY.value and wish["value"] != WishValue.YES.value)


@dataclass(frozen=True)
class Unsealed:
    """A sealed record that was opened: whose it is, its kind, content, time of recording, and who recorded it."""

    subject_id: UUID
    kind: SealedKind
    content: dict[str, Any]
    recorded_at: datetime
    author: str | None


@dataclass(frozen=True)
class Sight:
    """How much of a record this caller is shown.

    Attributes:
        whole: False for a liaison: what `TO_A_LIAISON` names, and only its own persons.
        states: that the caller's agency serves.
        today: the present day in Asia/Phnom_Penh, for ages.
        opened: sealed records that were opened for a purpose; None where no purpose was given.
        sealed: ids of the present sealed records of persons, where the whole is not shown.
    """

    whole: bool
    today: date
    states: frozenset[str] = frozenset()
    opened: Sequence[Unsealed] | None = field(default=None)
    sealed: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)

    def version_of(self, row: Mapping[str, Any], members: Mapping[str, Any]) -> int:
        """Return the version of a person: of the row, or of what of it is shown."""
        if self.whole:
            version: int = row["version"]
            return version
        shown = {name: value for name, value in members.items() if name != "version"}
        return told_version(shown, self.sealed.get(UUID(str(row["id"])), ()))

    def nationality_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the nationality that is shown: a liaison is told no other state's (ADR 59).

        Whose counts as another state's is shown to it as its own, by the strongest that says so.
        """
        names = ("nationality", "nationality_source", "nationalities")
        if self.whole:
            return {name: row[name] for name in names}
        confirmed = [code for code in row["nationalities"] or () if code in self.states]
        shown: dict[str, Any] = {"nationalities": confirmed or None}
        if row["nationality"] in self.states or not is_state(row["nationality"]):
            return shown | {name: row[name] for name in names[:2]}
        own = self.states.intersection(row["shown_to"] or ())
        said = [(_STRENGTH[told["source"]], told["nationality"]) for told in row["assertions"]]
        strongest = min((found for found in said if found[1] in own), default=None)
        source, code = (None, UNKNOWN) if strongest is None else strongest
        return shown | {"nationality": code, "nationality_source": None if source is None else STRENGTH[source].value}

    def return_tasks(self, row: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return the tasks that are shown; a liaison is told none of another state that may know of the person."""
        told: Sequence[Mapping[str, Any]] = row["return_tasks"]
        others = frozenset() if self.whole else frozenset(row["shown_to"] or ()) - self.states - {CAMBODIA}
        return [task for task in told if task["country"] not in others]

    def wishes(self, told: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Return the wishes that are shown; a liaison is not told of one that its embassy know nothing."""
        return told if self.whole else [wish for wish in told if not _keeps_from_embassy(wish)]

    def of(self, subject_id: UUID, kind: SealedKind) -> list[dict[str, Any]]:
        """Return the contents of the records of one kind that were opened for one subject, oldest first."""
        return [one.content for one in self.records(subject_id, kind)]

    def records(self, subject_id: UUID, kind: SealedKind) -> Sequence[Unsealed]:
        """Return the records of one kind that were opened for one subject, oldest first."""
        return self._grouped.get((subject_id, kind), ())

    @cached_property
    def _grouped(self) -> Mapping[tuple[UUID, SealedKind], Sequence[Unsealed]]:
        grouped: dict[tuple[UUID, SealedKind], list[Unsealed]] = defaultdict(list)
        for one in self.opened or ():
            grouped[one.subject_id, one.kind].append(one)
        return grouped

    def columns(self, shape: type[Shown], row: Mapping[str, Any]) -> dict[str, Any]:
        """Return what of a row is shown in a shape."""
        return {name: row[name] for name in fields_shown(shape, whole=self.whole) if name in row}

    def said(self, kind: Kind, fact: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is shown of what an event of a kind says."""
        if self.whole:
            return fact
        told = KINDS[kind].told_to_liaison or frozenset()
        return {name: value for name, value in fact.items() if name in told}
