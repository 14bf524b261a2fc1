"""Figures whose entries hold several codes or numbers in one detail: taken apart after they are summed. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from service.figures.rules.answering import Key, Question, shown_keys
from service.figures.rules.definitions import DETAIL
from service.figures.rules.values import Share, Spread, spread_of
from service.ledger.rules import read_set, read_stay


@dataclass(frozen=True)
class Packed:
    """A question whose own dimension is packed in the detail.

    Attributes:
        name: of that dimension.
        asked: codes of it, all where empty.
    """

    question: Question
    name: str
    asked: frozenset[str]

    @classmethod
    def of(cls, question: Question) -> "Packed":
        """Return a question with the packed dimension of its figure, which has one."""
        dimensions = question.definition.dimensions.items()
        name = next(name for name, dimension in dimensions if dimension.column == DETAIL)
        return cls(question, name, frozenset(question.filters.get(name, ())))

    @property
    def to_sum(self) -> Question:
        """The question for the ledger: every detail, behind the rest of the breakdown."""
        rest = tuple(name for name in self.question.by if name != self.name)
        filters = {name: codes for name, codes in self.question.filters.items() if name != self.name}
        return replace(self.question, by=(*rest, self.name), filters=filters)

    @property
    def is_of_one(self) -> bool:
        """Whether one code was asked for, so that there is a total."""
        return len(self.asked) == 1

    def keys(self, rest: Key, codes: Iterable[str]) -> Iterable[Key]:
        """Return the keys under which a sum counts: one for each of its codes that was asked for."""
        wanted = self.asked & set(codes) if self.asked else set(codes)
        if self.name not in self.question.by:
            return [rest] if wanted else []
        place = self.question.by.index(self.name)
        return [(*rest[:place], code, *rest[place:]) for code in wanted]

    def rest_of(self, key: Key) -> Key:
        """Return a key without the packed dimension."""
        return tuple(code for name, code in zip(self.question.by, key, strict=True) if name != self.name)


def shares(packed: Packed, summed: Mapping[Key, int]) -> tuple[dict[Key, Share], Share | None]:
    """Return the share that has each code, and the share of the one code that was asked for."""
    having: Counter[Key] = Counter()
    bases: Counter[Key] = Counter()
    for key, value in summed.items():
        bases[key[:-1]] += value
        having.update(dict.fromkeys(packed.keys(key[:-1], read_set(key[-1])), value))
    keys = shown_keys(packed.question, having)
    cells = {key: Share(having[key], bases[packed.rest_of(key)]) for key in keys}
    return cells, Share(having.total(), bases.total()) if packed.is_of_one else None


def spreads(packed: Packed, summed: Mapping[Key, int]) -> tuple[dict[Key, Spread], Spread | None]:
    """Return the spread of days of each cell, and that of the one status that was asked for."""
    times: defaultdict[Key, Counter[int]] = defaultdict(Counter)
    for key, value in summed.items():
        status, days = read_stay(key[-1])
        for found in packed.keys(key[:-1], (status,)):
            times[found][days] += value
    cells = {key: spread_of(times.get(key, {})) for key in shown_keys(packed.question, times)}
    total: Counter[int] = sum(times.values(), Counter())
    return cells, spread_of(total) if packed.is_of_one else None
