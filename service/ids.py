"""Identifiers: UUID version 7 for programs, a reference with a check symbol for people on the telephone.

A case's reference is `KH`, two digits of the year, and eight symbols of Crockford's base 32, of which the last is
the check: `KH22-7Q4F-0TMB`. A person's or an offender's is the case's, four symbols more, the last again a check:
`KH22-7Q4F-0TMB-3KX7`. Both parts are random, never serial: neither how many cases there are nor how many people a
case holds can be read from them (ADR 0009). An operation's is like a case's, with `OP`.

Source: RFC 9562 section 5.7 (UUIDv7); Crockford, "Base 32" (alphabet, look-alikes, check modulo 37).
"""

import re
import secrets
from datetime import UTC, datetime
from threading import Lock
from typing import Final
from uuid import UUID

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_MODULUS: Final = 37
"""Crockford's modulus: a prime above 32, which detects every single wrong symbol and every swap of neighbours."""

_SYMBOL_BITS: Final = 5
_VALUES: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}

CASE_SYMBOLS: Final = 7
PART_SYMBOLS: Final = 3

_LOOK_ALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CASE: Final = re.compile(r"KH[0-9]{2}[0-9A-HJKMNP-TV-Z]{8}")
_OPERATION: Final = re.compile(r"OP[0-9]{2}[0-9A-HJKMNP-TV-Z]{8}")
_PART: Final = re.compile(r"(KH[0-9]{2}[0-9A-HJKMNP-TV-Z]{8})[0-9A-HJKMNP-TV-Z]{4}")


NIL: Final = UUID(int=0)
"""The id of no record, and before all others, which begin with their instant. Source: RFC 9562 section 5.9."""

LAST: Final = UUID(int=(1 << 128) - 1)
"""After all other ids. Source: RFC 9562 section 5.10."""

_RANDOM_BITS: Final = 74
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(now: datetime) -> UUID:
    """Return a UUID version 7 for a record that callers are shown.

    All 74 random bits are drawn anew, so the distance between two ids of one request does not reveal how many were
    created in between (ADR 0009). Within a millisecond ids have no order.

    Args:
        now: the current time, with a time zone; its milliseconds lead the id.
    """
    return _uuid7(_milliseconds(now), secrets.randbits(_RANDOM_BITS))


class _Sequence:
    """Random parts that increase within one millisecond (RFC 9562, section 6.2, method 2)."""

    def __init__(self) -> None:
        self._milliseconds = -1
        self._random = 0
        self._one_at_a_time = Lock()

    def next(self, milliseconds: int) -> int:
        with self._one_at_a_time:
            if milliseconds == self._milliseconds:
                self._random += 1
            else:
                self._milliseconds, self._random = milliseconds, secrets.randbits(_RANDOM_BITS - 1)
            return self._random & ((1 << _RANDOM_BITS) - 1)


_SEQUENCE: Final = _Sequence()


def new_inner_id(now: datetime) -> UUID:
    """Return a UUID version 7 for an internal row.

    The id of a later millisecond sorts after that of an earlier one. Within a millisecond a process's ids sort as they
    were asked for, as long as none of another millisecond was asked for in between: after that, and in another process,
    the random part begins anew and they have no order.

    Only auditors are shown any, those of the audit log; they may know how many were created in between.

    Args:
        now: the current time, with a time zone; its milliseconds lead the id.
    """
    milliseconds = _milliseconds(now)
    return _uuid7(milliseconds, _SEQUENCE.next(milliseconds))


def first_id_at(instant: datetime) -> UUID:
    """Return the lowest id that a row of an instant can have; instants before 1970 count as 1970."""
    return _uuid7(_milliseconds(max(instant, _EPOCH)), 0)


def last_id_at(instant: datetime) -> UUID:
    """Return the highest id that a row of an instant can have; instants before 1970 count as 1970."""
    return _uuid7(_milliseconds(max(instant, _EPOCH)), (1 << _RANDOM_BITS) - 1)


def _uuid7(milliseconds: int, random: int) -> UUID:
    value = milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    return UUID(int=value)


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000) & ((1 << 48) - 1)


def new_case_reference(year: int) -> str:
    """Return a new reference for a case received in a year, such as `KH22-7Q4F-0TMB`."""
    return _new_reference("KH", year)


def new_operation_reference(year: int) -> str:
    """Return a new reference for an operation begun in a year, such as `OP22-7Q4F-0TMB`."""
    return _new_reference("OP", year)


def _new_reference(letters: str, year: int) -> str:
    prefix = f"{letters}{year % 100:02d}"
    return _hyphenated(prefix + _checked(prefix, CASE_SYMBOLS))


def new_part_reference(case_reference: str) -> str:
    """Return a new reference for a person or an offender of a case, such as `KH22-7Q4F-0TMB-3KX7`."""
    prefix = case_reference.replace("-", "")
    return _hyphenated(prefix + _checked(prefix, PART_SYMBOLS))


def read_case_reference(text: str) -> str | None:
    """Return the canonical form of a case's reference, or None if it is malformed or its check symbol is wrong.

    Upper and lower case, hyphens or none, O for 0 and I or L for 1 are accepted.
    """
    plain = _plain(text)
    return _hyphenated(plain) if _CASE.fullmatch(plain) and _check_holds(plain) else None


def read_operation_reference(text: str) -> str | None:
    """Return the canonical form of an operation's reference, or None if it is malformed."""
    plain = _plain(text)
    return _hyphenated(plain) if _OPERATION.fullmatch(plain) and _check_holds(plain) else None


def read_part_reference(text: str) -> str | None:
    """Return the canonical form of a person's or offender's reference, or None if it is malformed."""
    plain = _plain(text)
    match = _PART.fullmatch(plain)
    if match is None or not _check_holds(match[1]) or not _check_holds(plain):
        return None
    return _hyphenated(plain)


def plain(id_: UUID) -> UUID:
    """Return the id as a `uuid.UUID`: the database driver's own type takes ten times as long to serialise as JSON.

    For the few ids of a request that are serialised repeatedly: its principal, its agency, its case.
    """
    return UUID(int=id_.int)


def read_uuid(text: str) -> UUID | None:
    """Return the UUID written in its canonical 36 characters, or None."""
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        return None
    return UUID(text)


def _plain(text: str) -> str:
    stripped = text.strip().upper().replace("-", "").replace(" ", "")
    return stripped[:2] + stripped[2:].translate(_LOOK_ALIKES)


def _hyphenated(plain: str) -> str:
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def _checked(prefix: str, symbols: int) -> str:
    """Return random symbols with their check symbol, drawn until that is one of the 32 that can be spoken."""
    while True:
        number = secrets.randbits(_SYMBOL_BITS * symbols)
        drawn = "".join(ALPHABET[number >> place & 31] for place in range(0, _SYMBOL_BITS * symbols, _SYMBOL_BITS))
        check = _check_value(prefix + drawn)
        if check < len(ALPHABET):
            return drawn + ALPHABET[check]


def _check_holds(plain: str) -> bool:
    check = _check_value(plain[:-1])
    return check < len(ALPHABET) and plain[-1] == ALPHABET[check]


def _check_value(symbols: str) -> int:
    value = 0
    for symbol in symbols[2:]:
        value = value * len(ALPHABET) + _VALUES[symbol]
    return value % CHECK_MODULUS
