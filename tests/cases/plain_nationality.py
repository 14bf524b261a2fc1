"""Nationalities, in the plainest way: which of all words about somebody counts."""

from typing import Any, Final

Told = dict[str, Any]

STRENGTH: Final = [
    "confirmed_by_state", "document_seen", "document_copy", "claimed_self", "claimed_reporter", "language_inferred",
]  # fmt: skip


def nationality(person: Told) -> str:
    """What the strongest words say."""
    values = {word["nationality"] for word in strongest(person)}
    return "ZZ-UNKNOWN" if not values else values.pop() if len(values) == 1 else "ZZ-DISPUTED"


def counted_nationality(person: Told) -> str:
    """The same, but that a language is only a guess."""
    values = {word["nationality"] for word in strongest(person)}
    guessed = {word["source"] for word in strongest(person)} == {"language_inferred"}
    return "ZZ-UNKNOWN" if len(values) == 1 and guessed else nationality(person)


def strongest(person: Told) -> list[Told]:
    """A word counts unless a decision, its own speaker or a denial came after it, or it was denied before."""
    words: list[Told] = person["said"]
    decisions = [place for place, word in enumerate(words) if word["decision"]]
    words = words[decisions[-1] :] if decisions else words
    heard = [word for place, word in enumerate(words) if is_heard(word, words[:place])]
    places = {id(word): place for place, word in enumerate(words)}
    counting = []
    for word in heard:
        later = [other for other in heard if places[id(other)] > places[id(word)]]
        replaced = any(voice(other) == voice(word) for other in later)
        denials = [other for other in words[places[id(word)] :] if is_denial(other, word["nationality"])]
        if not replaced and not denials:
            counting.append(word)
    best = min((rank(word) for word in counting), default=0)
    return [word for word in counting if rank(word) == best]


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
    return str(word["agency"]), word["source"], own


def rank(word: Told) -> int:
    return 0 if word["decision"] else STRENGTH.index(word["source"])
