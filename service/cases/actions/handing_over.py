"""Handing assignments over to a colleague of the same agency (ADR 49)."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from service.access.queries import ColleagueRecord, colleague, principal_of
from service.access.rules import Permission, permissions_of
from service.acting import Acting, Principal, Role
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.targets import looked_up
from service.cases.models import CaseRow
from service.cases.queries.assignments import AssignedRecord, find_assigned, list_assigned
from service.cases.queries.files import AbsentError
from service.cases.schemas.handing_over import MOST_CASES, AssignmentShown, HandedOver, HandOver
from service.db.database import WriteConnection
from service.errors import Fault, InvalidError
from service.lines import Line, numbered, refuse_repeated
from service.story.errors import MayNotRecordError
from service.text import UnwelcomeTextError, canonical_username


async def hand_over(db: WriteConnection, acting: Acting, given: HandOver) -> HandedOver:
    """Assign cases to a colleague that are assigned to whoever acts; a supervisor those of a colleague. All or none.

    Raises:
        MayNotRecordError: the cases of somebody else, and not by a supervisor.
        InvalidError: no such colleague, one who can see no cases or not these, or a case that is not assigned so.
        AbsentError: a case is absent or out of scope.
    """
    held_by = await _holder(db, acting.who, given.held_by)
    to = await _receiver(db, acting.who, given.to)
    if to.id == held_by:
        raise InvalidError(faults=(Fault("pointer", "#/to", "same_user", "They have the cases. Name another"),))
    more = False
    if given.cases is None:
        found = await list_assigned(db, acting.who, to, held_by=held_by, limit=MOST_CASES + 1)
        more, cases = len(found) > MOST_CASES, found[:MOST_CASES]
        _check_all(cases)
    else:
        cases = await _named(db, acting.who, to, numbered("cases", given.cases), held_by)
    for case in cases:
        db.update(CaseRow, {"id": case["id"], "assigned_to": to.id, "version": case["version"] + 1})
    concerned = [*(case["id"] for case in cases), held_by, to.id]
    record(db, acting, AuditAction.CASES_HANDED_OVER, subject_ids=concerned)
    items = tuple(AssignmentShown(id=case["id"], reference=case["reference"]) for case in cases)
    return HandedOver(assigned_to=to.id, items=items, more=more)


async def _holder(db: WriteConnection, who: Principal, name: str | None) -> UUID:
    """Return to whom the cases are assigned."""
    if name is None:
        return who.id
    found = await _colleague(db, who, name)
    if found is not None and found["id"] == who.id:
        return who.id
    if who.role is not Role.SUPERVISOR:
        raise MayNotRecordError("Only a supervisor hands over what is assigned to somebody else. Leave held_by out.")
    if found is None:
        words = "Nobody in your agency has this user name or id. Give one that somebody has"
        raise InvalidError(faults=(Fault("pointer", "#/held_by", "unknown_user", words),))
    return principal_of(found).id


async def _receiver(db: WriteConnection, who: Principal, name: str) -> Principal:
    """Return who is to have the cases."""
    found = await _colleague(db, who, name)
    if found is None or not found["active"]:
        words = "No active colleague in your agency has this user name or id. Give that of one who can sign in"
        fault = Fault("pointer", "#/to", "unknown_user", words)
    elif Permission.CASE_READ not in permissions_of(to := principal_of(found)):
        fault = Fault("pointer", "#/to", "wrong_role", "This colleague's role reads no cases. Name another")
    else:
        return to
    raise InvalidError(faults=(fault,))


async def _colleague(db: WriteConnection, who: Principal, name: str) -> ColleagueRecord | None:
    try:
        return await colleague(db, who.agency_id, canonical_username(name))
    except UnwelcomeTextError:
        return None


def _check_all(cases: Iterable[AssignedRecord]) -> None:
    """Raise InvalidError if some of somebody's cases do not suit a colleague; it names these."""
    unsuited = [case["reference"] for case in cases if not case["suits"]]
    if unsuited:
        words = "This colleague cannot see all these cases. Name those in `cases` that they can, or another colleague"
        raise InvalidError(faults=(Fault("pointer", "#/to", "case_not_visible", words),), unseen=unsuited)


async def _named(
    db: WriteConnection, who: Principal, to: Principal, lines: Sequence[Line[str]], held_by: UUID
) -> list[AssignedRecord]:
    """Return the case of each line. Raises as `hand_over` does, naming every line that is wrong."""
    names = [looked_up(line.told) for line in lines]
    found = await find_assigned(db, who, to, names)
    if absent := set(names) - found.keys():
        error = AbsentError(absent)
        words = "There is no case with this reference that you can see. Check it, or leave the line out"
        error.faults = tuple(
            line.fault("not_found", words) for line, name in zip(lines, names, strict=True) if name in absent
        )
        raise error
    cases = [found[name] for name in names]
    refuse_repeated((line, case["id"]) for line, case in zip(lines, cases, strict=True))
    if faults := tuple(_faults(zip(lines, cases, strict=True), held_by)):
        raise InvalidError(faults=faults)
    return cases


def _faults(cases: Iterable[tuple[Line[str], AssignedRecord]], held_by: UUID) -> Iterator[Fault]:
    for line, case in cases:
        if case["assigned_to"] != held_by:
            yield line.fault("not_assigned", "This case is not assigned to whoever hands it over. Leave the line out")
        elif not case["suits"]:
            yield line.fault("case_not_visible", "This colleague cannot see the case. Name one who can")
