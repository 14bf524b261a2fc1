"""What a caller who read the design alone would expect: the log as this caller told it, and what may happen next.

Written apart from the service. Telling and counting are `tests.cases.plain`; here stands what may be recorded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from tests.cases import plain
from tests.cases.plain_nationality import is_cambodian_alone, nationality, shown_to

DEPORTATIONS: Final = {"deported", "deported_instead_of_jail"}
OF_THE_LIVING: Final = {"rescued", "repatriated", "rescue_refused", "located", "wish_stated", "custody_started"}
OF_SOMEBODY_NEVER_RESCUED: Final = {"not_exist", "not_held", "refused_rescue"}
STEPS: Final = ("rescued", "repatriated", "ended")
ANYBODY: Final = frozenset({"received", "verified", "rescued", "repatriated", "ended"})
DONE: Final = frozenset({"repatriated", "ended"})
CUSTODY: Final = {"custody_started", "custody_ended"}
TAKEN: Final = 201
REFUSED: Final = 409


@dataclass
class ToldCase:
    """One case as its callers told it: every event that was acknowledged, in their order.

    Attributes:
        reference: of the case.
        rows: in the words of the log.
    """

    reference: str
    received: date
    persons: list[str]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def note(
        self, kind: str, subject: str, on: date, fact: Mapping[str, Any], *, at: datetime, agency: str, id_: str = ""
    ) -> None:
        """Write down what was acknowledged."""
        self.rows.append(
            {
                "id": id_ or str(uuid4()),
                "seq": len(self.rows) + 1,
                "kind": kind,
                "subject_kind": "case" if subject == self.reference else "person",
                "subject_id": subject,
                "occurred_on": on,
                "recorded_at": at,
                "agency_id": agency,
                "fact": dict(fact),
            }
        )

    def told(self, known_at: datetime | None = None) -> dict[str, Any]:
        """What it amounts to; nothing before it was filed."""
        return plain.tell(self.rows, known_at) or {"persons": {}}

    def person(self, subject: str) -> dict[str, Any]:
        """What one person's story amounts to."""
        person: dict[str, Any] = self.told()["persons"][subject]
        return person

    def status(self, subject: str) -> str:
        """Where a person stands."""
        return plain.way(self.person(subject))[-1][0]

    def case_status(self) -> str:
        """The least advanced of those who are not ended; closed when all are, or when somebody closed it."""
        case = self.told()
        standing = [plain.way(person)[-1][0] for person in case["persons"].values()]
        if case["closed"] is not None or (standing and set(standing) == {"ended"}):
            return "closed"
        for status in ("received", "verified", "rescued", "repatriated"):
            if status in standing:
                return status
        found = {"findings": case["findings"]}
        return "verified" if plain.verified_since(found) else "received"

    def seen_by(self, state: str) -> set[str]:
        """The persons of whom a state may know: not those who fear it, or want it told nothing."""
        told = self.told()["persons"]
        return {id_ for id_, one in told.items() if state in shown_to(one) and not self.is_hidden(id_)}

    def is_hidden(self, subject: str) -> bool:
        """Whether no state may know of a person."""
        said = sorted(self._standing("wish_stated", subject), key=lambda row: row["occurred_on"])
        free = [row["fact"]["value"] for row in said if _is_free(row["fact"], "inform_embassy")]
        decided = [value for value in free if value in {"yes", "no"}]
        return self.is_held(subject) or decided[-1:] == ["no"]

    def is_held(self, subject: str) -> bool:
        """Whether a person is hidden from their own state."""
        said = [row["fact"].get("fears_own_state") for row in self._standing("described", subject)]
        return bool(said and said[-1])

    def has_gone_home(self, subject: str) -> bool:
        """Whether a person has left for home before, at least once."""
        return bool(self._standing("repatriated", subject))

    def move(self, kind: str, subject: str, fact: Mapping[str, Any]) -> str:
        """Name a move: whether it is somebody's first of its kind, or corrects what was counted."""
        if subject == self.reference:
            return kind
        if fact.get("reported"):
            return "end reported"
        if kind == "rescued" and self.status(subject) in DONE:
            return "rescued again"
        if kind == "repatriated" and self.has_gone_home(subject):
            return "repatriated again"
        corrects = nationality(self.person(subject)) != fact.get("nationality") and self.steps(subject)
        return "nationality corrected" if kind == "nationality_asserted" and corrects else kind

    def steps(self, subject: str) -> list[plain.Row]:
        """The steps of a person that stand, in the order in which they were told."""
        rows = [row for row in plain.standing(self.rows) if row["kind"] in STEPS and row["subject_id"] == subject]
        return [row for row in rows if not row["fact"].get("reported")]

    def first_day(self, kind: str, subject: str, fact: Mapping[str, Any]) -> date:
        """The first day on which an event would be in order."""
        return max([self._not_before(kind, self.person(subject), fact), *self._days_of_custody(kind, subject)])

    def _standing(self, kind: str, subject: str) -> list[plain.Row]:
        return [row for row in plain.standing(self.rows) if (row["kind"], row["subject_id"]) == (kind, subject)]

    def expects(self, kind: str, subject: str, on: date, fact: Mapping[str, Any]) -> int:
        """Whether an event of a permitted recorder is accepted."""
        if subject == self.reference:
            return TAKEN if self._may_happen_to_the_case(kind, fact) and on >= self.received else REFUSED
        person = self.person(subject)
        allowed = self._may_happen(kind, person, subject, fact) and not _is_over(kind, person, on)
        return TAKEN if allowed and on >= self.first_day(kind, subject, fact) else REFUSED

    def _may_happen_to_the_case(self, kind: str, fact: Mapping[str, Any]) -> bool:
        case = self.told()
        if kind == "reopened":
            return case["closed"] is not None
        if kind != "closed":
            return True
        if self.case_status() == "closed":
            return False
        found = case["findings"] + [one for person in case["persons"].values() for one in person["findings"]]
        proven = fact["reason"] != "unfounded" or any(one["outcome"] == "unfounded" for one in found)
        waiting = any(plain.way(person)[-1][0] == "rescued" for person in case["persons"].values())
        return proven and not waiting

    def _may_happen(self, kind: str, person: dict[str, Any], subject: str, fact: Mapping[str, Any]) -> bool:
        status = plain.way(person)[-1][0]
        if kind == "rescued":
            again = status == "rescued" and "by" not in person["moves"][-1]
            waits = again or status in {"verified", "repatriated", "ended"}
            return waits and bool(plain.verified_since(person))
        if kind == "repatriated":
            unwilling = self._free_wish(subject, "return_home") == "no"
            forced = fact["mode"] in DEPORTATIONS or fact.get("decided_by") is not None
            alone = fact["mode"] == "self_arranged" and status in {"received", "verified"}
            gone = alone or status in {"rescued", "ended"}
            return gone and not is_cambodian_alone(person) and (forced or not unwilling)
        if kind == "rescue_refused":
            return status in {"received", "verified"}
        if kind == "ended" and fact.get("reported"):
            return status in {"received", "verified", "rescued"} and not _contradicts(person, fact["outcome"])
        if kind == "ended":
            stands = status in {"received", "verified", "rescued"} and not _contradicts(person, fact["outcome"])
            return stands and self._end_is_grounded(subject, fact["outcome"])
        if kind in CUSTODY:
            return bool(person["hands"] != fact.get("custody"))
        return True

    def _end_is_grounded(self, subject: str, outcome: str) -> bool:
        rows = [row for row in plain.standing(self.rows) if row["subject_id"] == subject]
        if outcome == "refused_rescue":
            answers = [answer for row in rows if (answer := _answer_to_rescue(row)) is not None]
            return bool(answers) and answers[-1]
        if outcome == "not_located":
            vain: set[date] = set()
            for row in rows:
                if row["kind"] == "located":
                    found = row["fact"]["result"] in {"held", "not_held"}
                    vain = set() if found else vain | {row["occurred_on"]}
            return len(vain) >= 2
        if outcome == "not_exist":
            efforts = [row["fact"]["result"] for row in rows if row["kind"] == "located"]
            if {"held", "not_held"} & set(efforts):
                return False
        return True

    def _days_of_custody(self, kind: str, subject: str) -> list[date]:
        rows = plain.standing(self.rows) if kind in CUSTODY else []
        return [row["occurred_on"] for row in rows if row["subject_id"] == subject and row["kind"] in CUSTODY]

    def _free_wish(self, subject: str, purpose: str) -> str | None:
        said = [
            row["fact"]["value"]
            for row in sorted(self._standing("wish_stated", subject), key=lambda row: row["occurred_on"])
            if _is_free(row["fact"], purpose)
        ]
        return said[-1] if said else None

    def _not_before(self, kind: str, person: dict[str, Any], fact: Mapping[str, Any]) -> date:
        """The latest earlier step that a dated step may not precede; everything else may not precede the person."""
        searched_for_again = kind == "located" and plain.goes_on(person, fact["result"])
        added: date = person["added"]
        if kind in CUSTODY or kind == "documents_checked":
            return date.min
        step = kind in STEPS and not fact.get("reported")
        if not step and not searched_for_again:
            return added
        verified = [day for status, day in plain.way(person) if status == "verified"]
        taken: list[date] = [added, *(move["day"] for move in person["moves"]), *verified]
        return max(taken)


def aims(
    cases: Iterable[ToldCase], kind: str, on: date, fact: Mapping[str, Any],
    *, apt: bool, among: frozenset[str], gone: bool,
) -> Iterator[tuple[ToldCase, str, date]]:  # fmt: skip
    """Return the subjects and the day of an event that can be recorded, or of one that cannot.

    Args:
        apt: it can be said.
        among: where they stand.
        gone: they were sent home before.
    """
    for case in cases:
        for person in case.persons:
            if case.status(person) not in among or (gone and not case.has_gone_home(person)):
                continue
            too_early = case.received - timedelta(days=1)
            for day in [max(on, case.first_day(kind, person, fact))] if apt else [on, too_early]:
                if (case.expects(kind, person, day, fact) == TAKEN) == apt:
                    yield case, person, day


def _is_over(kind: str, person: Mapping[str, Any], on: date) -> bool:
    """Whether it would happen to somebody who has died: a step never does, the rest not after that day."""
    if plain.outcome(dict(person)) != "deceased" or kind not in OF_THE_LIVING:
        return False
    return kind in STEPS or on > person["moves"][-1]["day"]


def _contradicts(person: Mapping[str, Any], outcome: str) -> bool:
    """Whether an end cannot be true of somebody of whom this stands."""
    rescued = plain.way(dict(person))[-1][0] == "rescued"
    met = person["held"] or {move["to"] for move in person["moves"]} & {"rescued", "repatriated"}
    if outcome == "not_exist" and met:
        return True
    return (rescued and outcome in OF_SOMEBODY_NEVER_RESCUED) or (outcome == "not_located" and bool(person["hands"]))


def _is_free(fact: Mapping[str, Any], purpose: str) -> bool:
    answered = fact["value"] not in {"not_asked", "could_not_answer_freely"}
    return bool(fact["purpose"] == purpose and fact["freely"] == "yes" and answered)


def _answer_to_rescue(row: Mapping[str, Any]) -> bool | None:
    """Whether somebody, asked freely, refused to be rescued; None where the event says nothing of it."""
    if row["kind"] == "rescue_refused":
        return bool(row["fact"]["freely"] == "yes")
    if row["kind"] == "wish_stated" and _is_free(row["fact"], "be_rescued"):
        return bool(row["fact"]["value"] == "no")
    return None
