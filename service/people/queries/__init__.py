"""Every statement about what is sealed: opening it, finding it, looking after it."""

from service.people.queries.opening import (
    Opened,
    Wanted,
    get_subject,
    kinds_of,
    kinds_of_others,
    open_on_record,
    open_records,
    present_ids,
    retire,
)

__all__ = [
    "Opened",
    "Wanted",
    "get_subject",
    "kinds_of",
    "kinds_of_others",
    "open_on_record",
    "open_records",
    "present_ids",
    "retire",
]
