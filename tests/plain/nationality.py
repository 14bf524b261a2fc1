"""Whose somebody is: which of all words about them counts, and which states may know.

A word is the fact of a `nationality_asserted`, with `agency`. Source: design/domain.md section 6, docs/adr/0041.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from tests.plain.telling import Person

Word = dict[str, Any]

STRENGTH: Final = [
    "confirmed_by_state", "document_seen", "document_copy", "claimed_self", "claimed_reporter", "language_inferred",
]  # fmt: skip
NO_STATE: Final = {"XXA", "XXB", "XXC", "XXX", "ZZ-UNKNOWN", "ZZ-DISPUTED"}


def words_about(person: Person) -> list[Word]:
    """Return what was asserted of somebody, in the order told."""
    return words_in(person.rows)


def words_in(rows: Iterable[Any]) -> list[Word]:
    """Return what is asserted in rows of a log."""
    told = [row for row in rows if row["kind"] == "nationality_asserted"]
    return [{"decision": False, **row["fact"], "agency": str(row["agency_id"])} for row in told]


def nationality(words: Sequence[Word]) -> str:
    """Return what the strongest words in force say. States that confirm are no dispute: the first of them counts."""
    best = strongest(words)
    named = {word["nationality"] for word in best}
    if len(named) > 1:
        all_confirm = all(word["source"] == "confirmed_by_state" for word in best)
        return confirmed(words)[0] if all_confirm and not named & NO_STATE else "ZZ-DISPUTED"
    return named.pop() if named else "ZZ-UNKNOWN"


def counted_nationality(words: Sequence[Word]) -> str:
    """Return the row of a figure: a language alone is a guess, and counts as unknown."""
    return "ZZ-UNKNOWN" if is_guess(words) else nationality(words)


def is_guess(words: Sequence[Word]) -> bool:
    """Whether one language, and nothing else, speaks for a nationality."""
    best = strongest(words)
    return len({word["nationality"] for word in best}) == 1 and {one["source"] for one in best} == {"language_inferred"}


def is_cambodian_alone(words: Sequence[Word]) -> bool:
    """Whether there is no other home to go to; a language alone is a guess."""
    return counted_nationality(words) == "KHM" and set(confirmed(words)) <= {"KHM"}


def confirmed(words: Sequence[Word]) -> list[str]:
    """Return the states that say somebody is theirs, who said so first first. After a denial a state comes last."""
    states: list[str] = []
    for word in since_decision(words):
        state = word["nationality"]
        if word["source"] == "denied_by_state" and state in states:
            states.remove(state)
        if word["source"] == "confirmed_by_state" and state not in NO_STATE and state not in states:
            states.append(state)
    return states


def shown_to(words: Sequence[Word]) -> set[str]:
    """Return the states that may know: since somebody counted as theirs, while more than a language says so."""
    shown: set[str] = set()
    for count in range(1, len(words) + 1):
        then = words[:count]
        counts_as = set() if is_guess(then) else {nationality(then)}
        firm = {word["nationality"] for word in in_force(then) if word["source"] != "language_inferred"}
        shown = (shown | counts_as | set(confirmed(then))) & firm - NO_STATE
    return shown


def strongest(words: Sequence[Word]) -> list[Word]:
    """Return the words in force that no other outweighs."""
    force = in_force(words)
    best = min(map(rank, force), default=0)
    return [word for word in force if rank(word) == best]


def rank(word: Word) -> int:
    """Return how far a word stands from the strongest; a decision settles what was before it, and no more."""
    return 0 if word["decision"] else STRENGTH.index(word["source"])


def since_decision(words: Sequence[Word]) -> Sequence[Word]:
    """Return the last decision and what was said after it: it settles all before."""
    decisions = [place for place, word in enumerate(words) if word["decision"]]
    return words[decisions[-1] :] if decisions else words


def in_force(words: Sequence[Word]) -> list[Word]:
    """Return the words that count. Each speaker's later word replaces its earlier one.

    A denial removes what was said for its state, and no weaker word brings it back: only that state, or a decision.
    """
    force: list[Word] = []
    denied: set[str] = set()
    for word in since_decision(words):
        state = word["nationality"]
        if word["source"] == "denied_by_state":
            denied.add(state)
            force = [other for other in force if other["nationality"] != state]
            continue
        if word["decision"] or word["source"] == "confirmed_by_state":
            denied.discard(state)
        if state not in denied:
            force = [other for other in force if speaker(other) != speaker(word)] + [word]
    return force


def speaker(word: Word) -> tuple[str, ...]:
    """Return whose word it is, and of which kind; an agency confirms for each of its states apart."""
    own = word["nationality"] if word["source"] == "confirmed_by_state" else ""
    return word["agency"], word["source"], own, str(word["decision"])
