"""The cells of searches: everybody looks for everybody, by every way there is, and for what nobody ever told.

What must be found is computed from the model: whom a caller may know of, and which word was told of whom.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.access.role_model import MAY
from tests.doors import model
from tests.doors.model import Record, Seer, Somebody
from tests.doors.world import TOLD_OF_THE_CASE

PURPOSE: Final = "verification"
OPERATION: Final = "search"
NOBODY: Final = "Neverheardof"
NAMED_ONLY: Final = frozenset({"Elsewhere"})
"""Of whom nothing but a name was told."""


@dataclass(frozen=True)
class Search:
    """What is looked for: by what, the value that is sent, and the word it comes down to."""

    for_: str
    by: str
    value: str
    word: str

    @property
    def nobody(self) -> "Search":
        """The same for what nobody ever told."""
        return Search(self.for_, self.by, NOBODY, NOBODY)


WAYS: Final = {"name": "{}", "document": "DOCCANARY{}", "phone": "+855 PHONECANARY {}", "text": "{}"}
"""Ways to a person told of by `person_told`."""
WORDS: Final = ("twn", "mys", "unplaced", "held", "Elsewhere")
OF_OFFENDERS: Final = (
    ("name", "Offender", "Offender"), ("phone", "OFFENDERHANDLECANARY", "Offender"),
    ("text", "Description", "Offender"), ("text", "Boss", "Boss"),
)  # fmt: skip


def _searches() -> Iterator[Search]:
    for for_ in ("persons", "cases"):
        for word in WORDS:
            yield from (Search(for_, by, value.format(word), word) for by, value in WAYS.items())
        yield Search(for_, "name", "Offender", "Offender")
    yield from (Search("cases", by, word, word) for by, word in sorted(TOLD_OF_THE_CASE))
    yield from (Search("offenders", by, value, word) for by, value, word in OF_OFFENDERS)
    yield from (Search("offenders", "name", word, word) for word in WORDS)


SEARCHES: Final = tuple(dict.fromkeys(found for one in _searches() for found in (one, one.nobody)))


@dataclass(frozen=True)
class SearchCell:
    """One seer and one search."""

    seer: Seer
    search: Search
    found: frozenset[str]
    done: int = 200
    action: str | None = "records:searched"
    purpose: str | None = PURPOSE

    @property
    def status(self) -> int:
        """A liaison knows of no offender, and so looks for none."""
        if self.search.for_ == "offenders" and self.seer.kind in MAY[OPERATION] - MAY["read_offender"]:
            return 403
        return model.status_of(self.seer, OPERATION, True, done=self.done)

    @property
    def subjects(self) -> set[str] | None:
        return set(self.found)

    @property
    def alike(self) -> Hashable:
        return OPERATION, self.search.for_

    def words(self) -> str:
        return f"{self.seer.name} x {self.search.for_} by {self.search.by} {self.search.value}"

    def request(self) -> dict[str, Any]:
        body = {"for": self.search.for_, self.search.by: self.search.value, "purpose": PURPOSE, "limit": 50}
        return {"method": "POST", "url": "/v1/searches", "json": body}


def cells_of(seer: Seer, records: Iterable[Record]) -> Iterator[SearchCell]:
    """Return every cell of one seer."""
    known = list(records)
    for search in SEARCHES:
        yield SearchCell(seer, search, frozenset(_found(seer, search, known)))


def _found(seer: Seer, search: Search, records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        persons = [one for one in record.persons if model.knows_of_person(seer, record, one) and _told_of(one, search)]
        if search.for_ == "persons":
            yield from (person.id for person in persons)
        elif search.for_ == "offenders":
            offenders = record.offenders if model.knows_of_offenders(seer, record) else []
            yield from (offender.id for offender in offenders if offender.told == search.word)
        elif persons or _told_of_case(seer, record, search):
            yield record.id


def _told_of(person: Somebody, search: Search) -> bool:
    return person.told == search.word and (search.by == "name" or search.word not in NAMED_ONLY)


def _told_of_case(seer: Seer, record: Record, search: Search) -> bool:
    """A liaison is shown the town of a case and so finds it by that, and by nothing else that was told of it."""
    told = record.told_of_town if seer.kind == "liaison" else record.told
    return model.knows_of_case(seer, record) and (search.by, search.word) in told
