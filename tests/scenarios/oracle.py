"""What the scenarios say, counted by hand from what was entered: a second opinion that shares no code with the service.

It knows the stories of the scenarios only, not every rule: a person's steps in the order they were told, minus those
voided.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from service.demo.stories import Step, Story, Voiding

STATUS = {"rescued": "rescued", "repatriated": "repatriated", "ended": "ended"}
DECIDES_NOTHING = {"inconclusive", "not_verifiable", "unfounded"}


@dataclass
class Told:
    """A person as the stories tell: what happened, and when."""

    nationality: str
    moves: list[tuple[date, str, str]] = field(default_factory=list)
    """Day, status, mode or outcome."""

    def status(self, at: date) -> str | None:
        """Where the person stood at the end of a day."""
        reached = [status for day, status, _ in self.moves if day <= at]
        return reached[-1] if reached else None

    def first(self, status: str) -> date | None:
        """The first day in a status."""
        return next((day for day, found, _ in self.moves if found == status), None)


def persons(stories: Iterable[Story]) -> list[Told]:
    """Every person of the stories."""
    return [person for story in stories for person in _persons(story)]


def rescued(stories: Iterable[Story], first: date, last: date) -> int:
    """People first rescued in a period."""
    return sum(first <= day <= last for person in persons(stories) if (day := person.first("rescued")))


def at_home(stories: Iterable[Story], first: date, last: date) -> Counter[str]:
    """People first repatriated in a period, by nationality."""
    going = [person for person in persons(stories) if (day := person.first("repatriated")) and first <= day <= last]
    return Counter(person.nationality for person in going)


def by_status(stories: Iterable[Story], at: date, nationality: str | None = None) -> Counter[str]:
    """People by status at the end of a day."""
    wanted = [person for person in persons(stories) if nationality in {None, person.nationality}]
    return Counter(status for person in wanted if (status := person.status(at)))


def received(stories: Iterable[Story], first: date, last: date, kind: str) -> list[Story]:
    """Cases of a kind received in a period."""
    return [
        story for story in stories if first <= story.received_on <= last and story.body.get("kind", "rescue") == kind
    ]


def intervened(stories: Iterable[Story], first: date, last: date) -> int:
    """Cases whose first finding or rescue lies in a period."""
    days = [[step.on for step in in_force(story) if step.kind in {"finding_made", "rescued"}] for story in stories]
    return sum(bool(found) and first <= min(found) <= last for found in days)


def confined_and_extorted(stories: Iterable[Story], first: date, last: date) -> int:
    """Cases in which an authority's latest finding says both."""
    return sum(any(first <= step.on <= last for step in _both(story)) for story in stories)


def in_force(story: Story) -> list[Step]:
    """The steps of a story that were not voided."""
    gone = {step.step for step in story.steps if isinstance(step, Voiding)}
    return [step for place, step in enumerate(story.steps) if isinstance(step, Step) and place not in gone]


def _both(story: Story) -> Iterator[Step]:
    latest = {step.data["authority"]: step for step in in_force(story) if step.kind == "finding_made"}
    return (step for step in latest.values() if step.data.get("confinement") and step.data.get("extortion"))


def _persons(story: Story) -> list[Told]:
    told = [
        Told(person.get("nationality", "ZZ-UNKNOWN"), [(story.received_on, "received", "")])
        for person in story.body["persons"]
    ]
    for step in in_force(story):
        if step.kind == "nationality_asserted":
            continue
        about = told if step.kind == "finding_made" and not step.persons else [told[place] for place in step.persons]
        for person in about:
            _move(person, step)
    return told


def _move(person: Told, step: Step) -> None:
    if step.kind == "finding_made" and step.data["outcome"] not in DECIDES_NOTHING:
        if person.first("verified") is None:
            person.moves.append((step.on, "verified", step.data["outcome"]))
    elif step.kind in STATUS:
        person.moves.append((step.on, STATUS[step.kind], step.data.get("mode") or step.data.get("outcome") or ""))
