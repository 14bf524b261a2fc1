"""The cells of operations: every call about one operation, and what is reported of people, as it would be sent."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final

from tests.doors import field_model, model
from tests.doors.field_model import Met, Operation
from tests.doors.matrix import FUTURE, STALE
from tests.doors.model import Record, Seer, Somebody

MOVED_TO: Final = "KH-12"


@dataclass(frozen=True)
class FieldCall:
    """One call about an operation.

    Attributes:
        operation: by its name in the contract.
        done: the status for whoever may make it.
        action: what is then put on record, if anything.
        version: of a change: the present one is sent for None.
    """

    operation: str
    method: str
    target: str
    done: int
    action: str | None = None
    body: Mapping[str, Any] | None = None
    purpose: str | None = None
    version: str | None = None


PATH: Final = "/v1/operations/{}"
_LATE: Final = {"found": [{"outcomes": ["rescued"], "occurred_on": FUTURE}]}
CALLS: Final = (
    FieldCall("read_operation", "GET", PATH, 200, "operation:read"),
    FieldCall("read_operation", "GET", f"{PATH}?purpose=rescue", 200, "operation:read", purpose="rescue"),
    FieldCall("read_results", "GET", f"{PATH}/results", 200, "operation:read"),
    FieldCall("amend_operation", "PATCH", PATH, 412, None, {"province": MOVED_TO}, version=STALE),
    FieldCall("amend_operation", "PATCH", PATH, 200, "operation:changed", {"province": MOVED_TO}),
    FieldCall("add_operation_note", "POST", f"{PATH}/notes", 201, "note:added", {"text": "x"}),
    FieldCall("report_results", "POST", f"{PATH}/results", 422, None, _LATE),
)
TWICE: Final = FieldCall("report_results", "POST", f"{PATH}/results", 422)
"""Somebody named in two lines: whoever may know of them is told so, and nothing changes."""
ONCE: Final = FieldCall("report_results", "POST", f"{PATH}/results", 201, "operation:reported")
"""Somebody looked for and not found."""
RECORD: Final = FieldCall("record_operation", "POST", "/v1/operations", 422)
"""An operation on a day that has not come."""
LIST: Final = FieldCall("list_operations", "GET", "/v1/operations", 200, "operations:listed")

WANTED: Final = (
    "", "kind=raid", "kind=consular_visit&kind=handover_foreign", "province=KH-18", "province=KH-18&province=KH-12",
    f"from={FUTURE}", "to=2022-09-30", "from=2022-09-30", "kind=raid&province=KH-1",
)  # fmt: skip
OPERATIONS_OF_THE_CONTRACT: Final = frozenset({call.operation for call in (*CALLS, RECORD, LIST)})
LOOKED_FOR: Final = frozenset({"own", "foreign", "mixed", "held", "unknown", "of an embassy", "absent"})
"""Cases whose people each caller looks for: not those that would open again."""


@dataclass(frozen=True)
class FieldCell:
    """One seer, one call, one operation by one of its names; of a report also whom it names.

    Attributes:
        met: the operation has said something of that person before, so it cannot have not found them that day.
    """

    seer: Seer
    call: FieldCall
    about: Operation
    name: str
    record: Record | None = None
    person: Somebody | None = None
    met: bool = False

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
        """Of a report about people, whether the operation is known makes a difference that may be told."""
        named = self.person is not None and field_model.knows_of_operation(self.seer, self.about)
        return self.call.method, self.call.target, self.call.done, named

    @property
    def status(self) -> int:
        allowed = model.status_of(self.seer, self.call.operation, True, done=self.call.done)
        if allowed != self.call.done:
            return allowed
        if self.about.formless:
            return 422
        if not field_model.knows_of_operation(self.seer, self.about):
            return 404
        if self.call.method != "GET" and not field_model.may_change(self.seer, self.about):
            return 403
        if self.record is not None and self.person is not None:
            if not model.knows_of_person(self.seer, self.record, self.person):
                return 404
            return 409 if self.met and self.call is ONCE else self.call.done
        return self.call.done

    @property
    def subjects(self) -> set[str] | None:
        people = {self.record.id, self.person.id} if self.record and self.person else set()
        counted = self.call.operation == "read_results"
        return {self.about.id, *people, *(field_model.cases_of(self.seer, self.about) if counted else ())}

    def words(self) -> str:
        whom = f" x {self.record.name} x {self.person.reference}" if self.record and self.person else ""
        return f"{self.seer.name} x {self.call.method} {self.call.target} x {self.about.name} x {self.name}{whom}"

    def request(self) -> dict[str, Any]:
        body: Any = self.call.body
        if self.person is not None:
            line = {"person": self.person.reference, "outcomes": ["not_found"]}
            body = {"persons": [line] if self.call is ONCE else [line, {**line, "person": self.person.id}]}
        version = {"If-Match": self.call.version or f'"{self.about.version}"'} if self.call.method == "PATCH" else {}
        return {"method": self.call.method, "url": self.call.target.format(self.name), "json": body, "headers": version}

    def remember(self) -> None:
        """Let the model know of what was done."""
        if self.call.operation == "add_operation_note":
            self.about.notes.append(self.seer.agency)
        if self.call.operation == "amend_operation":
            self.about.version, self.about.province = self.about.version + 1, MOVED_TO
        if self.record is not None and self.person is not None:
            self.about.met.append(Met(self.record, self.person, frozenset({"not_found"})))


@dataclass(frozen=True)
class NewCell:
    """One seer and one kind of operation to be recorded."""

    seer: Seer
    kind: str
    done: int = RECORD.done
    action: str | None = None
    purpose: str | None = None
    subjects: set[str] | None = None

    @property
    def alike(self) -> Hashable:
        return RECORD.target, self.seer.kind == "liaison" and self.kind not in field_model.CONSULAR

    @property
    def status(self) -> int:
        return field_model.status_of_new(self.seer, self.kind, done=self.done)

    def words(self) -> str:
        return f"{self.seer.name} x POST {RECORD.target} x {self.kind}"

    def request(self) -> dict[str, Any]:
        body = {"kind": self.kind, "started_on": FUTURE, "grounds": "Order Canary"}
        return {"method": "POST", "url": RECORD.target, "json": body}


def cells_of(
    seer: Seer, operations: Mapping[str, Operation], records: Mapping[str, Record]
) -> Iterator[FieldCell | NewCell]:
    """Return every cell of one seer: each call about each operation, each kind of new one, each person reported on."""
    yield from (NewCell(seer, kind) for kind in field_model.KINDS)
    turn = cycle((0, 1))
    for about in operations.values():
        for call in CALLS:
            names = (about.id, about.reference)
            for name in names if call.done == 200 and call.method == "GET" else (names[next(turn)],):
                yield FieldCell(seer, call, about, name)
    own = [about for about in operations.values() if about.there and field_model.may_change(seer, about)]
    for about in (*own[:1], operations["quiet raid of others"]):
        for record in records.values():
            for person in record.persons:
                yield FieldCell(seer, TWICE, about, about.reference, record, person)
                if record.name in LOOKED_FOR:
                    met = any(one.person.id == person.id for one in about.met)
                    yield FieldCell(seer, ONCE, about, about.id, record, person, met=met)


def listed(seer: Seer, operations: Mapping[str, Operation], wanted: str) -> set[str]:
    """Return what a list with this filter must contain."""
    parts = [part.split("=") for part in wanted.split("&") if part]
    kinds, provinces = ({value for name, value in parts if name == key} for key in ("kind", "province"))
    days = dict(parts)
    return {
        one.id
        for one in operations.values()
        if field_model.knows_of_operation(seer, one)
        and (not kinds or one.kind in kinds)
        and (not provinces or one.province in provinces)
        and days.get("from", "") <= one.started_on <= days.get("to", "9999")
    }
