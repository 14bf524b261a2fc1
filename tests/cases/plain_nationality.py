"""Nationalities, in the plainest way: which of all words about somebody counts, and which states may know.

Written from docs/adr/0041 and design/domain.md section 6.
"""

from typing import Any, Final

Told = dict[str, Any]

STRENGTH: Final = [
    "confirmed_by_state", "document_seen", "document_copy", "claimed_self", "claimed_reporter", "language_inferred",
]  # fmt: skip
NO_STATE: Final = {"XXA", "XXB", "XXC", "XXX", "ZZ-UNKNOWN", "ZZ-DISPUTED"}


def nationality(person: Told) -> str:
    """What the strongest words say; where states alone confirm several, what was confirmed first."""
    words = strongest(person)
    values = {word["nationality"] for word in words}
    if len(values) > 1 and {word["source"] for word in words} == {"confirmed_by_state"} and not values & NO_STATE:
        return confirmed(person)[0]
    return "ZZ-UNKNOWN" if not values else values.pop() if len(values) == 1 else "ZZ-DISPUTED"


def confirmed(person: Told) -> list[str]:
    """The states that say somebody is theirs, who said so first first; saying it again moves none of them."""
    words = since_decision(person)
    found: list[str] = []
    for place, word in enumerate(words):
        state = word["nationality"]
        taken_back = any(is_denial(other, state) for other in words[place:])
        if word["source"] == "confirmed_by_state" and not taken_back and state not in NO_STATE and state not in found:
            found.append(state)
    return found


def is_cambodian_alone(person: Told) -> bool:
    """Whether there is no other home to go to."""
    return nationality(person) == "KHM" and set(confirmed(person)) <= {"KHM"}


def counted_nationality(person: Told) -> str:
    """The same, but that a language is only a guess."""
    return "ZZ-UNKNOWN" if is_guessed(person) else nationality(person)


def is_guessed(person: Told) -> bool:
    words = strongest(person)
    sources, values = {word["source"] for word in words}, {word["nationality"] for word in words}
    return len(values) == 1 and sources == {"language_inferred"}


def shown_to(person: Told) -> set[str]:
    """The states that may know: since somebody counted as theirs, while a word in force says more than a language."""
    shown: set[str] = set()
    for count in range(1, len(person["said"]) + 1):
        then = {**person, "said": person["said"][:count]}
        theirs = {*confirmed(then), *(() if is_guessed(then) else (nationality(then),))} - NO_STATE
        shown |= theirs
        shown &= {word["nationality"] for word in in_force(then) if word["source"] != "language_inferred"}
    return shown


def since_decision(person: Told) -> list[Told]:
    words: list[Told] = person["said"]
    decisions = [place for place, word in enumerate(words) if word["decision"]]
    return words[decisions[-1] :] if decisions else words


def strongest(person: Told) -> list[Told]:
    words = in_force(person)
    best = min((rank(word) for word in words), default=0)
    return [word for word in words if rank(word) == best]


def in_force(person: Told) -> list[Told]:
    """A word counts unless a decision, its own speaker or a denial came after it, or it was denied before.

    No word but another decision takes a decision's place.
    """
    words = since_decision(person)
    heard = [word for place, word in enumerate(words) if is_heard(word, words[:place])]
    places = {id(word): place for place, word in enumerate(words)}
    counting = []
    for word in heard:
        later = [other for other in heard if places[id(other)] > places[id(word)]]
        replaced = any(voice(other) == voice(word) for other in later)
        denials = [other for other in words[places[id(word)] :] if is_denial(other, word["nationality"])]
        if not replaced and not denials:
            counting.append(word)
    return counting


def is_denial(word: Told, value: str) -> bool:
    return bool(word["source"] == "denied_by_state" and word["nationality"] == value)


def is_heard(word: Told, before: list[Told]) -> bool:
    if word["source"] == "denied_by_state":
        return False
    if word["decision"] or word["source"] == "confirmed_by_state":
        return True
    last_word_of_state = [
        is_denial(other, word["nationality"])
        for other in before
        if other["nationality"] == word["nationality"]
        and (other["decision"] or other["source"] in {"confirmed_by_state", "denied_by_state"})
    ]
    return not (last_word_of_state and last_word_of_state[-1])


def voice(word: Told) -> tuple[str, ...]:
    own = word["nationality"] if word["source"] == "confirmed_by_state" else ""
    return str(word["agency"]), word["source"], own, str(word["decision"])


def rank(word: Told) -> int:
    return 0 if word["decision"] else STRENGTH.index(word["source"])
