"""What may be recorded next: a case as its callers told it, and what is accepted after that.

Source: design/domain.md section 4, docs/contract.md "What can be recorded", docs/adr/0038 and 0043.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from tests.plain.nationality import is_cambodian_alone, nationality, shown_to, words_about
from tests.plain.telling import Case, Person, Row, tell

TAKEN: Final = 201
REFUSED: Final = 409

STEPS: Final = ("rescued", "repatriated", "ended")
ANYBODY: Final = frozenset({"received", "verified", "rescued", "repatriated", "ended"})
DONE: Final = frozenset({"repatriated", "ended"})
NOT_YET_OUT: Final = {"received", "verified"}
CUSTODY: Final = {"custody_started", "custody_ended"}
OLDER_THAN_THE_REQUEST: Final = CUSTODY | {"documents_checked"}
OF_THE_LIVING: Final = {*STEPS, "rescue_refused", "located", "wish_stated", "custody_started"}
DEPORTATIONS: Final = {"deported", "deported_instead_of_jail"}
NEVER_AFTER_A_RESCUE: Final = {"not_exist", "not_held", "refused_rescue", "not_located"}
MET: Final = {"held", "not_held"}

Fact = Mapping[str, Any]


@dataclass
class ToldCase:
    """One case as its callers told it: every event that was acknowledged, in their order."""

    reference: str
    received: date
    persons: list[str]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: str, subject: str, on: date, fact: Fact, *, at: datetime, agency: str, id_: str = "") -> None:
        """Write down what was acknowledged, in the words of the log."""
        row = {"id": id_ or str(uuid4()), "seq": len(self.rows) + 1, "kind": kind, "subject_id": subject}
        self.rows.append({**row, "occurred_on": on, "recorded_at": at, "agency_id": agency, "fact": dict(fact)})

    def told(self) -> Case:
        """Return what it amounts to."""
        case = tell(self.rows)
        assert case is not None
        return case

    def person(self, subject: str) -> Person:
        """Return what one person's story amounts to."""
        return self.told().persons[subject]

    def status(self, subject: str) -> str:
        """Return where a person stands."""
        return self.person(subject).status()

    def seen_by(self, state: str) -> set[str]:
        """Return the persons of whom a state may know: not those who fear it, or want it told nothing."""
        told = self.told().persons
        return {id_ for id_, one in told.items() if state in shown_to(words_about(one)) and not self._is_hidden(one)}

    def _is_hidden(self, person: Person) -> bool:
        wishes = [answer for answer in _free_wishes(person, "inform_embassy") if answer in {"yes", "no"}]
        return bool(person.known().get("fears_own_state")) or wishes[-1:] == ["no"]

    def is_held(self, subject: str) -> bool:
        """Whether a person is hidden from their own state."""
        return bool(self.person(subject).known().get("fears_own_state"))

    def has_gone_home(self, subject: str) -> bool:
        """Whether a person has left for home before, at least once."""
        return self.person(subject).was("repatriated")

    def steps(self, subject: str) -> list[Row]:
        """Return the steps of a person that stand, in the order in which they were told."""
        return [step.row for step in self.person(subject).steps if step.row["kind"] in STEPS]

    def move(self, kind: str, subject: str, fact: Fact) -> str:
        """Name a move: whether it is somebody's first of its kind, or corrects what was counted."""
        if subject == self.reference:
            return kind
        if fact.get("reported"):
            return "end reported"
        person = self.person(subject)
        if kind == "rescued" and person.status() in DONE:
            return "rescued again"
        if kind == "repatriated" and person.was("repatriated"):
            return "repatriated again"
        corrects = kind == "nationality_asserted" and nationality(words_about(person)) != fact["nationality"]
        return "nationality corrected" if corrects and self.steps(subject) else kind

    def first_day(self, kind: str, subject: str, fact: Fact) -> date:
        """Return the first day on which an event would be in order.

        A step does not precede an earlier one, custody no other custody; nothing precedes the person but what may be
        older than the request.
        """
        person = self.person(subject)
        if kind in OLDER_THAN_THE_REQUEST:
            earlier = person.said(*CUSTODY) if kind in CUSTODY else []
            return max((row["occurred_on"] for row in earlier), default=date.min)
        step = (kind in STEPS and not fact.get("reported")) or (
            kind == "located" and person.is_found_again(fact["result"])
        )
        steps = [entry.day for entry in (*person.steps, *person.way()) if entry.status != "received"] if step else []
        return max([person.added, *steps])

    def expects(self, kind: str, subject: str, on: date, fact: Fact) -> int:
        """Return whether an event of a permitted recorder is accepted."""
        if subject == self.reference:
            return TAKEN if _may_happen_to(self.told(), kind, fact) and on >= self.received else REFUSED
        person = self.person(subject)
        may = _may_happen(kind, person, fact) and not _is_over(kind, person, on)
        return TAKEN if may and on >= self.first_day(kind, subject, fact) else REFUSED


def _may_happen_to(case: Case, kind: str, fact: Fact) -> bool:
    if kind == "reopened":
        return case.closed() is not None
    if kind != "closed":
        return True
    unfounded = any(row["fact"]["outcome"] == "unfounded" for row in case.said("finding_made"))
    waiting = any(person.status() == "rescued" for person in case.persons.values())
    proven = unfounded or fact["reason"] != "unfounded"
    return case.status() != "closed" and proven and not waiting


def _may_happen(kind: str, person: Person, fact: Fact) -> bool:
    status = person.status()
    match kind:
        case "rescued":
            found_after_rescue = status == "rescued" and person.steps[-1].row["kind"] == "located"
            waits = found_after_rescue or status in {"verified", *DONE}
            return waits and person.verified_since() is not None
        case "repatriated":
            alone = fact["mode"] == "self_arranged" and status in NOT_YET_OUT
            forced = fact["mode"] in DEPORTATIONS or fact.get("decided_by") is not None
            willing = forced or _free_wishes(person, "return_home")[-1:] != ["no"]
            home = not is_cambodian_alone(words_about(person))
            return home and willing and (alone or status in {"rescued", "ended"})
        case "rescue_refused":
            return status in NOT_YET_OUT
        case "ended":
            stands = status in {*NOT_YET_OUT, "rescued"} and not _contradicts(person, fact["outcome"])
            return stands and (bool(fact.get("reported")) or _is_grounded(person, fact["outcome"]))
        case "custody_started" | "custody_ended":
            return person.hands() != fact.get("custody")
    return True


def _is_over(kind: str, person: Person, on: date) -> bool:
    """Whether it would happen to somebody who has died: a step never does, the rest not after that day."""
    if person.outcome() != "deceased" or kind not in OF_THE_LIVING:
        return False
    return kind in STEPS or on > person.steps[-1].day


def _contradicts(person: Person, outcome: str) -> bool:
    """Whether an end cannot be true of somebody of whom this stands."""
    in_custody_once = bool(person.said("custody_started"))
    if outcome == "not_exist" and (in_custody_once or person.was("rescued") or person.was("repatriated")):
        return True
    rescued = person.status() == "rescued" and outcome in NEVER_AFTER_A_RESCUE - {"not_located"}
    return rescued or (outcome == "not_located" and person.hands() is not None)


def _is_grounded(person: Person, outcome: str) -> bool:
    """Whether somebody was asked, or looked for, as an end requires."""
    efforts = person.said("located")
    if outcome == "refused_rescue":
        answers = [said for row in person.rows if (said := _refuses(row)) is not None]
        return bool(answers) and answers[-1]
    if outcome == "not_located":
        since = [place for place, row in enumerate(efforts, 1) if row["fact"]["result"] in MET]
        return len({row["occurred_on"] for row in efforts[max(since, default=0) :]}) > 1
    return outcome != "not_exist" or not any(row["fact"]["result"] in MET for row in efforts)


def _free_wishes(person: Person, purpose: str) -> list[str]:
    """Return what somebody freely said of a purpose, in the order of its days."""
    said = sorted(person.said("wish_stated"), key=lambda row: row["occurred_on"])
    return [row["fact"]["value"] for row in said if _is_free(row["fact"], purpose)]


def _is_free(fact: Fact, purpose: str) -> bool:
    answered = fact["value"] not in {"not_asked", "could_not_answer_freely"}
    return fact["purpose"] == purpose and fact["freely"] == "yes" and answered


def _refuses(row: Row) -> bool | None:
    """Whether somebody, asked freely, refused to be rescued; None where the event says nothing of it."""
    if row["kind"] == "rescue_refused":
        return bool(row["fact"]["freely"] == "yes")
    if row["kind"] == "wish_stated" and _is_free(row["fact"], "be_rescued"):
        return bool(row["fact"]["value"] == "no")
    return None


def aims(
    cases: Iterable[ToldCase], kind: str, on: date, fact: Fact, *, apt: bool, among: frozenset[str], gone: bool
) -> Iterator[tuple[ToldCase, str, date]]:
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
