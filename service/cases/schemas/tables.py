"""Lists as tables, one row a person or case: for the spreadsheet of a desk. What is hidden from a role is not there."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from service.cases.schemas.reading import CaseShown, PersonShown, SealedOfPerson, WishShown
from service.codes import Freely, PersonStatus, WishPurpose

Table = tuple[Sequence[str], Iterable[Sequence[object]]]
"""Columns, and rows in their order."""

BETWEEN: Final = "; "
"""Stands between several values in one cell."""

NONE: Final = "none"
"""Somebody looked, and there was nothing: an empty cell means that nobody did."""


def person_table(persons: Iterable[PersonShown], today: date) -> Generator[None, None, Table]:
    """Return persons as a table, after saying by `yield` where others may be let in.

    `days_waiting` counts calendar days since the rescue of whoever awaits their return.

    Args:
        persons: as they are shown to whoever asks.
        today: the present day in Asia/Phnom_Penh.
    """
    rows: list[list[object]] = []
    for shown in persons:
        yield
        row = _of_person(shown, today)
        rows.append([row[column] for column in _OF_PERSON])
    return _OF_PERSON, rows


def case_table(cases: Iterable[CaseShown]) -> Generator[None, None, Table]:
    """Return cases as a table, with the number of their persons in each status; says by `yield` as `person_table`."""
    rows: list[list[object]] = []
    for shown in cases:
        yield
        row = _of_case(shown)
        rows.append([row[column] for column in _OF_CASE])
    return _OF_CASE, rows


_OF_PERSON: Final = (
    "reference", "case", "names", "nationality", "nationality_source", "sex", "birth_year", "age_group", "status",
    "outcome", "days_waiting", "wish_to_return", "custody", "missing_documents", "documents", "contacts",
    "guardian_known", "received_on", "verified_on", "rescued_on", "repatriated_on", "ended_on",
)  # fmt: skip

_OF_CASE: Final = (
    "reference", "channel", "kind", "urgency", "status", "closure", "province", "received_on", "persons",
    *(f"persons_{status.value}" for status in PersonStatus), "allegations", "completeness", "missing", "assigned_to",
)  # fmt: skip


def _of_person(shown: PersonShown, today: date) -> dict[str, object]:
    sealed = shown.sealed or SealedOfPerson()
    missing = shown.missing_documents
    wishes = [_wish(wish) for wish in shown.wishes or () if wish.purpose == WishPurpose.RETURN_HOME.value]
    waited = (today - shown.rescued_on).days if shown.awaiting_return and shown.rescued_on else None
    return shown.model_dump(mode="json") | {
        "names": _together(name["text"] for name in sealed.names),
        "days_waiting": waited,
        "wish_to_return": wishes[0] if wishes else None,
        "missing_documents": None if missing is None else _together(missing) or NONE,
        "documents": _together(f"{one['type']} {one['number']}" for one in sealed.documents),
        "contacts": _together(_contact(one) for one in sealed.contacts),
    }


def _of_case(shown: CaseShown) -> dict[str, object]:
    tally = shown.tally
    counted = {f"persons_{status.value}": (tally or {}).get(status.value) for status in PersonStatus}
    return shown.model_dump(mode="json") | {
        **counted,
        "persons": None if tally is None else sum(tally.values()),
        "allegations": _together(shown.allegations or ()),
        "missing": _together(question.essential for question in shown.next_questions or ()),
    }


def _contact(told: Mapping[str, Any]) -> str:
    """Return a contact with what a caller must know first: that it is not safe, or when it is."""
    remarks = ["not safe"] if told.get("safe") is False else []
    remarks += [told["safe_hours"]] if told.get("safe_hours") else []
    return f"{told['kind']} {told['value']}" + (f" ({', '.join(remarks)})" if remarks else "")


def _wish(told: WishShown) -> str:
    """Return a wish; one that was not said freely says so, or a forced yes would read like any other."""
    return told.value if told.freely == Freely.YES.value else f"{told.value} (freely: {told.freely})"


def _together(values: Iterable[str]) -> str:
    return BETWEEN.join(values)
