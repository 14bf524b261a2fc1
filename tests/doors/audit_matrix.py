"""The cells of the audit log: everybody asks who saw each record, hidden or not, and each question it takes."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from service.ids import new_id
from tests.doors import model
from tests.doors.model import Seer
from tests.doors.world import World
from tests.register import NOW

MOST: Final = 200
OF_SUBJECT: Final = "read_audit_of_subject"
OF_LOG: Final = "read_audit_log"
OPERATIONS: Final = frozenset({OF_SUBJECT, OF_LOG})


@dataclass(frozen=True)
class AuditCell:
    """One seer and one question.

    Attributes:
        operation: by its name in the contract.
        where: the rows it is about, in the words of the database, `$1` standing for `value`.
        formless: what is asked after has the form of neither an id nor a reference.
    """

    seer: Seer
    operation: str
    target: str
    where: str = "true"
    value: str | None = None
    asked_after: str | None = None
    formless: bool = False
    done: int = 200
    action: str | None = "audit:read"
    purpose: str | None = None

    @property
    def status(self) -> int:
        status = model.status_of(self.seer, self.operation, True, done=self.done)
        return 422 if self.formless and status == self.done else status

    @property
    def subjects(self) -> set[str] | None:
        return {self.asked_after} if self.asked_after else set()

    @property
    def alike(self) -> Hashable:
        """No refusal depends on what was asked after, nor on how."""
        return "audit"

    def words(self) -> str:
        return f"{self.seer.name} x {self.target}"

    def request(self) -> dict[str, Any]:
        return {"method": "GET", "url": f"{self.target}{'&' if '?' in self.target else '?'}limit={MOST}"}


def cells_of(seer: Seer, world: World) -> Iterator[AuditCell]:
    """Return every cell of one seer."""
    for id_ in _subjects(world):
        target = f"/v1/audit/subjects/{id_}"
        yield AuditCell(seer, OF_SUBJECT, target, "$1::text::uuid = ANY (subject_ids)", id_, asked_after=id_)
    for name, id_ in _referred_to(world):
        target = f"/v1/audit/subjects/{name}"
        yield AuditCell(seer, OF_SUBJECT, target, "$1::text::uuid = ANY (subject_ids)", id_, asked_after=id_)
    for name in _formless():
        yield AuditCell(seer, OF_SUBJECT, f"/v1/audit/subjects/{name}", formless=True)
    for parameter, where, value in _questions(world):
        asked = value if value is not None and parameter in {"principal", "agency", "request"} else None
        target = f"/v1/audit?{parameter}={value}" if parameter else "/v1/audit"
        yield AuditCell(seer, OF_LOG, target, where, value, asked_after=asked)


def _subjects(world: World) -> Iterator[str]:
    """Whatever a row can name: cases, their people, operations, those who act; and an id that nothing has."""
    for record in world.records.values():
        yield record.id
        yield from (part.id for part in (*record.persons, *record.offenders[:1]))
    yield from (operation.id for operation in world.operations.values() if operation.there)
    yield from (str(world.callers[name].id) for name in ("operator", "liaison TWN", "admin"))
    yield str(new_id(NOW))


def _referred_to(world: World) -> Iterator[tuple[str, str]]:
    """References, as somebody who reads them out would ask, and the ids they stand for."""
    mixed, raid = world.records["mixed"], world.operations["raid"]
    for named in (mixed, mixed.persons[0], raid):
        yield named.reference, named.id


def _formless() -> Iterator[str]:
    yield from ("nobody", "%", "*", "KH22-0000-0000")


def _questions(world: World) -> Iterator[tuple[str | None, str, str | None]]:
    operator, request = world.callers["operator"], str(new_id(NOW))
    yield None, "true", None
    yield "principal", "principal_id = $1::text::uuid", str(operator.id)
    yield "principal", "principal_id = $1::text::uuid", request
    yield "agency", "agency_id = $1::text::uuid", str(operator.agency_id)
    yield "request", "request_id = $1::text::uuid", request
    yield "role", "role = $1", "liaison"
    yield "action", "action = $1", "operation:read"
