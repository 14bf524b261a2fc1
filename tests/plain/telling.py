"""What a log amounts to: of a case, of whoever is in it, of whoever is accused.

Source: design/domain.md sections 3 and 4, docs/contract.md "Which finding decides", docs/adr/0017 and 0038.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

Row = Mapping[str, Any]

POSITIVE: Final = {
    "trafficking_confirmed", "confinement_extortion_confirmed", "presumed_victim", "other_crime",
    "restriction_of_freedom", "labour_dispute", "contract_dispute", "job_switch_without_consent", "debt_settlement",
    "discontent_conditions", "missing_relative_only",
}  # fmt: skip
BEFORE_RESCUE: Final = {"received", "verified"}
OPENS_CASE: Final = {"added", "alleged", "headcount_claimed", "located", "rescued", "named", "reopened"}


class Entry(NamedTuple):
    """A status that somebody entered."""

    status: str
    day: date
    row: Row


def standing(rows: Iterable[Row], known_at: datetime | None = None) -> list[Row]:
    """Return the rows known then and not voided by then, in the order of the log."""
    known = sorted((row for row in rows if known_at is None or row["recorded_at"] <= known_at), key=lambda r: r["seq"])
    gone = {str(row["fact"]["event_id"]) for row in known if row["kind"] == "voided"}
    return [row for row in known if row["kind"] != "voided" and str(row["id"]) not in gone]


def is_vague(row: Row) -> bool:
    """Whether only the month or the year is known; "about" a day is taken at its word."""
    return row.get("occurred_precision") in {"month", "year"}


def by_day(rows: Iterable[Row]) -> list[Row]:
    """Return rows in the order of their days; of one day the one told later is the later one."""
    return sorted(rows, key=lambda row: (row["occurred_on"], row["seq"]))


def described(*facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what corrections leave: the last word about each member, unless it was cleared after."""
    known: dict[str, Any] = {}
    for fact in facts:
        known |= {name: value for name, value in fact.items() if name != "cleared"}
        known |= dict.fromkeys(fact.get("cleared", ()))
    return known


def authority(row: Row) -> tuple[str, str]:
    """Return whose finding it is: a kind of body, and the agency that speaks for it."""
    return row["fact"]["authority"], str(row["agency_id"])


def in_force(findings: Iterable[Row]) -> list[Row]:
    """Return each authority's latest finding."""
    return list({authority(row): row for row in by_day(findings)}.values())


def verifies(findings: Iterable[Row]) -> bool:
    """Whether the leading authority's latest finding is positive.

    It leads who last said so; else the first who found something.
    """
    words = by_day(findings)
    claimed = [row for row in words if row["fact"].get("lead")]
    found = [row for row in words if row["fact"]["outcome"] in POSITIVE]
    if not claimed and not found:
        return False
    lead = authority(claimed[-1] if claimed else found[0])
    return [row["fact"]["outcome"] for row in words if authority(row) == lead][-1] in POSITIVE


@dataclass
class Person:
    """Somebody in a case.

    Attributes:
        rows: what was said of them, in the order told: first that they were added; findings on the whole case are of
            everybody who was in it then.
        added: the day on which they became known, which is not before the request.
        steps: what moved them, each with its day.
    """

    rows: list[Row]
    added: date
    steps: list[Entry] = field(default_factory=list)

    def hear(self, row: Row) -> None:
        """Take in what is said next. A day known as a month or year counts on its first, but after the step before."""
        status = self._moves_to(row)
        if status is not None:
            before = self.way()[-1].day if is_vague(row) else date.min
            self.steps.append(Entry(status, max(row["occurred_on"], before), row))
        self.rows.append(row)

    def _moves_to(self, row: Row) -> str | None:
        if row["kind"] == "located":
            back = "rescued" if self.was("rescued") else "received"
            return back if self.is_found_again(row["fact"]["result"]) else None
        moves = row["kind"] in {"rescued", "repatriated", "ended"} and not row["fact"].get("reported")
        return str(row["kind"]) if moves else None

    def is_found_again(self, result: str) -> bool:
        """Whether a story that had ended goes on: of whoever lives and is held, or was not located and is found."""
        ended = self.outcome()
        if ended in {None, "deceased"}:
            return False
        return result == "held" or (ended == "not_located" and result == "not_held")

    def said(self, *kinds: str) -> list[Row]:
        """Return what was said of some kinds, in the order told."""
        return [row for row in self.rows if row["kind"] in kinds]

    def was(self, status: str) -> bool:
        """Whether a step led there."""
        return any(step.status == status for step in self.steps)

    def outcome(self) -> str | None:
        """Return how the story ended, if it did and was not opened again."""
        last = self.steps[-1] if self.steps else None
        return str(last.row["fact"]["outcome"]) if last and last.status == "ended" else None

    def way(self) -> list[Entry]:
        """Return every status entered. Each fact is heard on its day, when nobody knows what comes later."""
        findings = by_day(self.said("finding_made"))
        told = [(max(row["occurred_on"], self.added), 0, Entry("finding", row["occurred_on"], row)) for row in findings]
        told += [(step.day, 1, step) for step in self.steps]
        entered = [Entry("received", self.added, self.rows[0])]
        heard: list[Row] = []
        for day, _, (told_of, _, row) in sorted(told, key=lambda one: one[:2]):
            status = told_of
            if told_of == "finding":
                heard.append(row)
                status = entered[-1].status
            if status in BEFORE_RESCUE:
                status = "verified" if verifies(heard) else "received"
            operation = row["kind"] == "rescued" and row.get("operation_id")
            if operation and not any(entry.status == "verified" for entry in entered):
                own = [one for one in findings if one.get("operation_id") == operation]
                entered += [Entry("verified", day, one) for one in own[:1]]
            if row["kind"] != "finding_made" or status != entered[-1].status:
                entered.append(Entry(status, day, row))
        return entered

    def status(self) -> str:
        """Return where they stand."""
        return self.way()[-1].status

    def verified_since(self) -> date | None:
        """Return since when what was found has been positive, whatever else happened to them."""
        return verified_since(self.said("finding_made"), self.added)

    def known(self) -> dict[str, Any]:
        """Return what they are described as."""
        return described(*(row["fact"] for row in self.said("added", "described")))

    def age(self) -> tuple[Any, date] | None:
        """Return the age that was told last and is not cleared, with the day of which it is said."""
        told: tuple[Any, date] | None = None
        for row in self.said("described"):
            if "age" in row["fact"].get("cleared", ()):
                told = None
            elif "age" in row["fact"]:
                told = row["fact"]["age"], row["occurred_on"]
        return told

    def hands(self) -> str | None:
        """Return who has them: custody ends with a death and with the way home."""
        custody: str | None = None
        for row in self.said("custody_started", "custody_ended", "repatriated", "ended"):
            if row["kind"] in {"custody_started", "custody_ended", "repatriated"}:
                custody = row["fact"].get("custody")
        return None if self.outcome() == "deceased" else custody

    def custodies(self) -> list[tuple[str, date, Row]]:
        """Return each custody with its day. One known to the month or year begins when the one before had ended."""
        found: list[tuple[str, date, Row]] = []
        over, held = date.min, False
        moved = {id(step.row): step.day for step in self.steps}
        for row in self.said("custody_started", "custody_ended", "repatriated", "ended"):
            day: date = moved.get(id(row)) or row["occurred_on"]
            ends = row["kind"] != "ended" or (id(row) in moved and row["fact"]["outcome"] == "deceased")
            if held and ends:
                over, held = max(over, found[-1][1], day), False
            if row["kind"] == "custody_started":
                found.append((row["fact"]["custody"], max(day, over) if is_vague(row) else day, row))
                held = True
        return found

    def missing(self) -> list[str] | None:
        """Return which papers were missing when somebody last looked."""
        looked = by_day(self.said("documents_checked"))
        return list(looked[-1]["fact"].get("missing", ())) if looked else None

    def wishes(self) -> dict[str, str]:
        """Return the latest wish for each purpose."""
        said = sorted(self.said("wish_stated"), key=lambda row: row["occurred_on"])
        return {row["fact"]["purpose"]: row["fact"]["value"] for row in said}

    def tasks(self) -> dict[tuple[str, str], str]:
        """Return where each task of the present return stands: a new one begins with a rescue after going home."""
        done = {id(step.row) for before, step in zip(self.steps, self.steps[1:], strict=False)
                if (before.status, step.row["kind"]) == ("repatriated", "rescued")}  # fmt: skip
        tasks: dict[tuple[str, str], str] = {}
        for row in self.said("return_step", "rescued"):
            if row["kind"] == "return_step":
                tasks[row["fact"]["step"], row["fact"]["country"]] = row["fact"]["state"]
            elif id(row) in done:
                tasks = {}
        return tasks


def verified_since(findings: Iterable[Row], not_before: date) -> date | None:
    """Return the day since which what was found has been positive without a break."""
    words, since = by_day(findings), None
    for place, row in enumerate(words, 1):
        positive = verifies(words[:place])
        since = (since or max(row["occurred_on"], not_before)) if positive else None
    return since


@dataclass
class Case:
    """One request, with whoever is in it."""

    rows: list[Row]
    persons: dict[Any, Person] = field(default_factory=dict)
    offenders: dict[Any, list[Row]] = field(default_factory=dict)

    @property
    def received(self) -> date:
        """The day of first contact."""
        day: date = self.rows[0]["occurred_on"]
        return day

    def said(self, *kinds: str) -> list[Row]:
        """Return what was said of some kinds, whomever about."""
        return [row for row in self.rows if row["kind"] in kinds]

    def hear(self, row: Row) -> None:
        """Let those hear a row whom it is about; a finding on the whole case is about everybody in it by then."""
        if row["subject_id"] in self.offenders:
            self.offenders[row["subject_id"]].append(row)
        whole = row["kind"] == "finding_made" and row["subject_id"] not in self.persons
        for id_, person in self.persons.items():
            if whole or row["subject_id"] == id_:
                person.hear(row)

    def known(self) -> dict[str, Any]:
        """Return what it is described as."""
        return described({"kind": "rescue"}, *(row["fact"] for row in self.said("received", "case_described")))

    def findings_on_the_whole(self) -> list[Row]:
        """Return what was found about all of it."""
        apart = self.persons.keys()
        return [row for row in self.said("finding_made") if row["subject_id"] not in apart]

    def claim(self) -> Mapping[str, Any] | None:
        """Return how many people the reporter last said there are."""
        claims = self.said("headcount_claimed")
        return claims[-1]["fact"] if claims else None

    def closed(self) -> str | None:
        """Return why it was closed by hand, unless something was told since."""
        reason = None
        for row in self.rows:
            if row["kind"] == "closed":
                reason = row["fact"]["reason"]
            elif row["kind"] in OPENS_CASE or (row["kind"] == "finding_made" and row["fact"]["outcome"] in POSITIVE):
                reason = None
        return reason

    def status(self) -> str:
        """Return the least advanced status of those who have not ended; closed when all have, or when it was closed."""
        stand = {person.status() for person in self.persons.values()}
        if self.closed() is not None or stand == {"ended"}:
            return "closed"
        for status in ("received", "verified", "rescued", "repatriated"):
            if status in stand:
                return status
        return "verified" if verifies(self.findings_on_the_whole()) else "received"


def tell(rows: Iterable[Row], known_at: datetime | None = None) -> Case | None:
    """Return what the log of one case says; nothing before it was received."""
    log = standing(rows, known_at)
    if not log:
        return None
    case = Case(log)
    for row in log[1:]:
        if row["kind"] == "added":
            case.persons[row["subject_id"]] = Person([row], max(row["occurred_on"], case.received))
        elif row["kind"] == "named":
            case.offenders[row["subject_id"]] = [row]
        else:
            case.hear(row)
    return case
