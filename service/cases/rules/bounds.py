"""How much fits into one case, and into one call: beyond it another case, or another call. Pure.

Sources: one list of the contract has 500 people; the longest stories known have some twenty events a person. A case at
its bounds is loaded, folded and shown in slices of a few milliseconds each (ADR 51).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from service.errors import ConflictError, InvalidError
from service.story.kinds.names import Kind, SubjectKind

PERSONS: Final = 500
OFFENDERS: Final = 100
EVENTS_OF_ONE: Final = 400
"""About one person, one offender, or the case as a whole."""

EVENTS: Final = 10_000
"""Of a case with everybody in it."""

RESERVED: Final = 1.25
"""What corrects, protects or closes has a quarter more room: a full case is never beyond help."""

SEALED_RECORDS: Final = 10_000
SEALED_BYTES: Final = 4 * 1024 * 1024
"""Texts, names, contacts and notes of a case, as they are stored, corrected ones included."""

EVENTS_OF_A_CALL: Final = 20_000
"""Of all cases that one call writes to: twice the fullest case, or 500 cases of forty events."""

NEVER_LATE: Final[Collection[Kind]] = frozenset(
    {
        Kind.CASE_DESCRIBED,
        Kind.CLOSED,
        Kind.CUSTODY_ENDED,
        Kind.DESCRIBED,
        Kind.ENDED,
        Kind.OFFENDER_DESCRIBED,
        Kind.OPERATION_MADE,
        Kind.REOPENED,
        Kind.REPATRIATED,
        Kind.RESCUED,
        Kind.VOIDED,
        Kind.WISH_STATED,
    }
)


class CaseFullError(ConflictError):
    """The case has as much as fits into one. File another case, and name this one in a note of it."""

    code = "case-full"
    title = "The case is full"

    def __init__(self, what: str, most: int) -> None:
        """Say what there is too much of, and how much a case takes."""
        words = (
            f"A case takes at most {most:,} {what}. File another case for the rest, and name this one in a note there."
        )
        super().__init__(words, limit=most)


class TooMuchAtOnceError(InvalidError):
    """The cases of this call's subjects have more events than one call loads. Send it in several calls."""

    code = "too-much-at-once"
    title = "Too much for one call"


def check_room_for_one(kind: SubjectKind, present: int) -> None:
    """Raise unless one person or offender more fits into a case that has so many.

    Raises:
        CaseFullError: it does not.
    """
    most, what = (PERSONS, "persons") if kind is SubjectKind.PERSON else (OFFENDERS, "offenders")
    if present >= most:
        raise CaseFullError(what, most)


def check_room_for_event(kind: Kind, *, of_one: int, of_all: int) -> None:
    """Raise unless one event more fits into a case.

    Args:
        kind: of the event.
        of_one: events about the same subject so far.
        of_all: events of the case so far.

    Raises:
        CaseFullError: it does not.
    """
    room = RESERVED if kind in NEVER_LATE else 1
    if of_one >= EVENTS_OF_ONE * room:
        raise CaseFullError("events about one person, offender or the case itself", EVENTS_OF_ONE)
    if of_all >= EVENTS * room:
        raise CaseFullError("events", EVENTS)


def check_room_for_sealed(
    records: int, size: int, told: Sequence[Mapping[str, Any]], *, reserved: bool = False
) -> None:
    """Raise unless what is told fits into a case, or into what is known of an operation, beside what is sealed there.

    Args:
        records: sealed so far.
        size: of these, bytes.
        told: what is to be sealed.
        reserved: whether it corrects something, or belongs to an event that has more room.

    Raises:
        CaseFullError: it does not fit.
    """
    records += len(told)
    size += sum(len(str(content).encode()) for content in told)
    room = RESERVED if reserved else 1
    if records > SEALED_RECORDS * room:
        raise CaseFullError("names, contacts, documents, texts and notes", SEALED_RECORDS)
    if size > SEALED_BYTES * room:
        raise CaseFullError("bytes of names, contacts, documents, texts and notes", SEALED_BYTES)


def check_events_of_call(loaded: int, *, corrects: bool = False) -> None:
    """Raise unless one call loads so many events.

    Args:
        loaded: the events of all cases that it writes to.
        corrects: whether it takes back what one call recorded, and cannot be sent in parts.

    Raises:
        TooMuchAtOnceError: it does not.
    """
    most = int(EVENTS_OF_A_CALL * (RESERVED if corrects else 1))
    if loaded > most:
        way_on = "Void its events one by one." if corrects else "Send it in several calls, each about fewer cases."
        raise TooMuchAtOnceError(
            f"The cases of these subjects have {loaded:,} events together, and one call loads at most {most:,}. "
            + way_on,
            limit=most,
        )
