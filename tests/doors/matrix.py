"""The cells of the matrix: every call that is about one record, as it would be sent, and what must come back."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, Final

from tests.doors import model
from tests.doors.model import Record, Seer, Somebody

STALE: Final = '"999999"'
"""A version no record has: whoever may know of the record is told so, and nothing changes."""

FUTURE: Final = "2031-01-01"
"""A day that has not come: whoever may know of the record is told so, and nothing changes."""


@dataclass(frozen=True)
class Call:
    """One call about one record.

    Attributes:
        operation: by its name in the contract.
        done: the status for whoever may make it about a record they know of.
        action: what is then put on record, if anything.
        kind: of the event it would record.
        purpose: why what is sealed is opened.
    """

    operation: str
    method: str
    target: str
    about: str
    done: int
    action: str | None = None
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    purpose: str | None = None


def _read(operation: str, target: str, about: str, action: str, purpose: str) -> Iterator[Call]:
    yield Call(operation, "GET", target, about, 200, action)
    yield Call(operation, "GET", f"{target}?purpose={purpose}", about, 200, action, purpose=purpose)


def _change(operation: str, target: str, about: str, body: Mapping[str, Any]) -> Call:
    return Call(operation, "PATCH", target, about, 412, None, body, {"If-Match": STALE})


def _record(kind: str, about: str, **data: Any) -> Call:
    body = {"kind": kind, "subjects": ["{}"], "occurred_on": FUTURE, "data": data}
    return Call("record_events", "POST", "/v1/events", about, 422, None, body, kind=kind)


CALLS: Final = (
    *_read("read_case", "/v1/cases/{}", "case", "case:read", "rescue"),
    Call("read_timeline", "GET", "/v1/cases/{}/events", "case", 200, "timeline:read"),
    _change("amend_case", "/v1/cases/{}", "case", {"language": "km"}),
    Call("add_person", "POST", "/v1/cases/{}/persons", "case", 422, None, {"known_since": FUTURE}),
    Call(
        "add_persons",
        "POST",
        "/v1/cases/{}/persons/several",
        "case",
        422,
        None,
        {"persons": [{}], "known_since": FUTURE},
    ),
    Call("add_offender", "POST", "/v1/cases/{}/offenders", "case", 201, "offender:added", {"role": "guard"}),
    Call("add_note", "POST", "/v1/cases/{}/notes", "case", 201, "note:added", {"text": "x"}),
    _record("alleged", "case", types=["debt_bondage"]),
    _record("headcount_claimed", "case", bound="exact", low=4),
    *_read("read_person", "/v1/persons/{}", "person", "person:read", "return"),
    _change("amend_person", "/v1/persons/{}", "person", {"sex": "male"}),
    _record("wish_stated", "person", purpose="return_home", value="yes", freely="yes"),
    _record("located", "person", result="held"),
    _record("rescue_refused", "person", freely="unknown"),
    *_read("read_offender", "/v1/offenders/{}", "offender", "offender:read", "verification"),
    _change("amend_offender", "/v1/offenders/{}", "offender", {"roles": []}),
    _record("stage_reached", "offender", stage="suspected"),
    Call("void_event", "POST", "/v1/events/{}/void", "event", 201, "event:voided", {"reason": "recorded_in_error"}),
)

NOT_ABOUT_A_RECORD: Final = frozenset(
    {"change_agency", "change_key", "change_password", "change_user", "disable_agency", "disable_user", "file_case",
     "front_door", "hand_over", "list_agencies", "list_code_lists", "list_figures", "list_keys", "list_users", "live",
     "make_agency", "make_key", "make_user", "metrics", "read_agency", "read_code_list",
     "read_figure", "read_key", "read_returns", "read_self", "read_user", "ready", "revoke_key", "sign_in", "sign_out",
     "void_returns"}
)  # fmt: skip
"""Calls that name no record in their address, or a group of returns, in which nobody is.

`tests/access/test_roles.py` sends each of them as everybody.
"""

LISTS: Final = frozenset({"list_cases", "list_persons"})
"""Operations whose cells are sets of records, compared as wholes."""


@dataclass(frozen=True)
class Cell:
    """One seer, one call, one record, by one of its names."""

    seer: Seer
    call: Call
    record: Record
    part: Somebody | None
    name: str

    @property
    def known(self) -> bool:
        """Whether the seer may know of what the call is about."""
        if self.call.about == "person" and self.part is not None:
            return model.knows_of_person(self.seer, self.record, self.part)
        if self.call.about == "event" and self.seer.kind == "liaison":
            return False  # it takes back only what it denied itself, and it denied nobody
        if self.call.about == "offender":
            return model.knows_of_offenders(self.seer, self.record)
        return model.knows_of_case(self.seer, self.record)

    @property
    def status(self) -> int:
        return model.status_of(self.seer, self.call.operation, self.known, done=self.call.done, kind=self.call.kind)

    @property
    def done(self) -> int:
        return self.call.done

    @property
    def action(self) -> str | None:
        return self.call.action

    @property
    def purpose(self) -> str | None:
        return self.call.purpose

    @property
    def alike(self) -> Hashable:
        return self.call.method, self.call.target, self.call.kind

    @property
    def subjects(self) -> set[str] | None:
        """Who must stand in the row that puts a reading on record; what is made has an id of its own."""
        if self.call.done != 200:
            return None
        if self.call.operation in {"read_case", "read_timeline"}:
            return {self.record.id, *(somebody.id for somebody in model.shown_in(self.seer, self.record))}
        return {self.part.id if self.part else self.record.id}

    def words(self) -> str:
        """Name the cell, for a failing test."""
        return f"{self.seer.name} x {self.call.method} {self.call.target} x {self.record.name} x {self.name}"

    def request(self) -> dict[str, Any]:
        """What is sent."""
        body = self.call.body
        if body is not None and "subjects" in body:
            body = {**body, "subjects": [self.name]}
        return {
            "method": self.call.method,
            "url": self.call.target.format(self.name),
            "json": body,
            "headers": dict(self.call.headers),
        }


def cells_of(seer: Seer, records: Mapping[str, Record], event_of: Callable[[Seer, Record], str]) -> Iterator[Cell]:
    """Return every cell of one seer: each call about each record and each of its parts.

    Plain readings go by id and by reference, other calls by one of them in turn.
    """
    turn = cycle((0, 1))
    for record in records.values():
        for call in CALLS:
            parts: list[Somebody | None] = [None]
            if call.about in {"person", "offender"}:
                parts = [*(record.persons if call.about == "person" else record.offenders[:1])]
            for part in parts:
                names = (event_of(seer, record),) if call.about == "event" else _names(part or record, call, next(turn))
                for name in names:
                    yield Cell(seer, call, record, part, name)


def _names(found: Record | Somebody, call: Call, turn: int) -> tuple[str, ...]:
    names = (found.id, found.reference)
    return names if call.done == 200 and call.purpose is None else (names[turn],)
