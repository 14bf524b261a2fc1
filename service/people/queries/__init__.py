"""Every statement about what is sealed: opening it, finding it, looking after it."""

from service.people.queries.opening import (
    Opened,
    SealedSize,
    Wanted,
    get_subject,
    kinds_of,
    kinds_of_others,
    open_found,
    open_on_record,
    open_records,
    present_ids,
    retire,
    size_of_sealed,
)

__all__ = [
    "Opened",
    "SealedSize",
    "Wanted",
    "get_subject",
    "kinds_of",
    "kinds_of_others",
    "open_found",
    "open_on_record",
    "open_records",
    "present_ids",
    "retire",
    "size_of_sealed",
]
