"""What the scenarios say, told to the plain model as the log would have it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count as numbers

from service.demo.stories import Story, Voiding
from tests import plain
from tests.plain import Record


def records(stories: Iterable[Story]) -> list[Record]:
    """Return everything countable in the stories."""
    return plain.records_of(log_of(story) for story in stories)


def rescued(stories: Iterable[Story], first: date, last: date) -> int:
    """Return the people first rescued in a period."""
    return plain.count(records(stories), "persons_rescued", first, last).total()


def at_home(stories: Iterable[Story], first: date, last: date) -> Counter[str]:
    """Return the people first repatriated in a period, by nationality."""
    return codes(plain.count(records(stories), "persons_repatriated", first, last, ("nationality",)))


def by_status(stories: Iterable[Story], at: date, nationality: str | None = None) -> Counter[str]:
    """Return the people by status at the end of a day."""
    only = {"nationality": (nationality,)} if nationality else {}
    return codes(plain.count(records(stories), "persons_by_status", None, at, ("status",), only))


def received(stories: Iterable[Story], first: date, last: date, kind: str) -> list[Story]:
    """Return the cases of a kind received in a period."""
    return [
        story for story in stories if first <= story.received_on <= last and story.body.get("kind", "rescue") == kind
    ]


def intervened(stories: Iterable[Story], first: date, last: date) -> int:
    """Return the cases whose first finding or rescue lies in a period."""
    return plain.count(records(stories), "cases_intervened", first, last).total()


def confined_and_extorted(stories: Iterable[Story], first: date, last: date) -> int:
    """Return the cases in which an authority's latest finding says both."""
    both = {"finding": ("confinement_and_extortion",)}
    return plain.count(records(stories), "cases_by_finding", first, last, (), both).total()


def codes(cells: Counter[tuple[str, ...]]) -> Counter[str]:
    """Return cells of one dimension by its codes."""
    return Counter({code: value for (code,), value in cells.items()})


def log_of(story: Story) -> Iterator[plain.Row]:
    """Return the log of a story: the request, whoever is in it, and each step about each of them."""
    number = numbers(1)

    def row(name: str, subject: str, on: date, place: int | None = None, **fact: object) -> plain.Row:
        return {"id": place, "seq": next(number), "kind": name, "subject_id": subject, "occurred_on": on,
                "agency_id": "", "fact": fact}  # fmt: skip

    told = story.body
    place = told.get("location", {}).get("province")
    yield row(
        "received", "case", story.received_on, channel=told["channel"], kind=told.get("kind", "rescue"), province=place
    )
    for who, person in enumerate(told["persons"]):
        yield row("added", str(who), story.received_on)
        source = person.get("nationality_source", "claimed_reporter")
        if "nationality" in person:
            word = {"nationality": person["nationality"], "source": source, "decision": False}
            yield row("nationality_asserted", str(who), story.received_on, **word)
    for where, step in enumerate(story.steps):
        if isinstance(step, Voiding):
            yield row("voided", "case", story.received_on, event_id=step.step)
        elif not step.offenders:
            for subject in map(str, step.persons) if step.persons else ["case"]:
                yield row(step.kind, subject, step.on, where, **step.data)
