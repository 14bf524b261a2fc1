"""Query parameters of more than one feature."""

import re
from typing import Annotated, Final

from fastapi import Query
from pydantic import BeforeValidator

from service.codes import ReadPurpose
from service.errors import BadRequestError, Fault
from service.http.tables import Format
from service.wire import Instant


def _digits(value: object) -> object:
    """Raise for text that is not ASCII digits: Pydantic would also read `1_0`, ` 1` and `1.0` as numbers."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError("Must be an integer")
    return value


IN_DIGITS: Final = BeforeValidator(_digits)
"""Makes a parameter a whole number."""

Purpose = Annotated[
    ReadPurpose | None,
    Query(description="Why sealed fields are opened. Without it they stay sealed. It is written to the audit log."),
]

ListPurpose = Annotated[ReadPurpose | None, Query(description="Why the list is read. It is written to the audit log.")]

Flag = Annotated[bool | None, Query(description="true or false; both where absent.")]


ChangedSince = Annotated[
    Instant | None,
    Query(
        description="Something you are told of was recorded then or later. What is under way is recorded up to half a "
        "minute back: begin the next time that much before the first page. In an address write + as %2B."
    ),
]


def check_told_why(wanted: Format, purpose: ReadPurpose | None) -> None:
    """Raise unless a list that leaves the register as a file has a purpose, which goes on record.

    Raises:
        BadRequestError: it has none.
    """
    if wanted is not Format.JSON and purpose is None:
        fault = Fault("parameter", "purpose", "missing", "Say why the list leaves the register")
        raise BadRequestError("A list as CSV needs a purpose. Send `purpose`, for example `consular`.", faults=(fault,))
