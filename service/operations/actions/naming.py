"""Letting the log of a case say that an operation was made for it: with the operation, or once its embargo has passed.

The row of an operation names the case (`case_id`) and the case whose log says so (`logged_case_id`). They differ while
an embargo lasts, for a case's version would tell what nobody may know (ADR 69), and for operations of before.
"""

import logging
from asyncio import sleep
from collections.abc import Callable
from time import monotonic
from typing import Any, Final
from uuid import UUID

from service.acting import Acting, Principal, Role
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.case_file import CaseFile
from service.cases.actions.recording import voiding
from service.cases.queries.files import load_case_to_log
from service.clock import Clock
from service.codes import VoidReason
from service.db.database import Database, WriteConnection
from service.errors import ServiceError
from service.operations.models import OperationRecord, OperationRow
from service.operations.queries.naming import has_to_log, lock_next_to_log
from service.operations.rules.standing import is_under_embargo
from service.sealing import RegisterKeys
from service.story.drafts import Draft
from service.story.kinds.names import Kind
from service.story.kinds.operation_made import OperationMade
from service.story.log import in_force
from service.story.moment import Moment

LOG: Final = logging.getLogger("service.operations")

TAKEN_BACK: Final = VoidReason.WRONG_SUBJECT
"""Why the log takes back that an operation was made for a case: it was made for another, or for none."""


async def log_case(db: WriteConnection, keys: RegisterKeys, acting: Acting, operation: OperationRecord) -> UUID | None:
    """Stage what the logs of cases have to say of an operation, and return the case whose log then says it.

    Args:
        db: the transaction in which the operation is written.
        keys: those of the register.
        acting: in whose name, and when.
        operation: as it is going to be.

    Raises:
        CaseFullError: the case has no room even for this.
    """
    logged, named = operation["logged_case_id"], operation["case_id"]
    if logged == named or is_under_embargo(operation["embargo_until"], now=acting.now):
        return logged
    if logged is not None:
        await _take_back(db, keys, acting, operation["id"], logged)
    if named is not None:
        file = await _file(db, acting, named)
        await file.remember_everybody()
        file.append(Draft(file.subject, Moment(operation["started_on"]), OperationMade(), operation["id"]))
        await file.save(db, keys)
    return named


def put_on_record(db: WriteConnection, acting: Acting, before: OperationRecord, after: OperationRecord) -> None:
    """Put on record that an operation was changed: the case it names comes first, and the one that it leaves last.

    `queries.naming` reads there what is on record of its case.
    """
    cases: list[UUID] = []
    left = before["logged_case_id"]
    if (before["case_id"], left) != (after["case_id"], after["logged_case_id"]):
        cases = [case for case in dict.fromkeys((after["case_id"], left)) if case is not None]
    reason = TAKEN_BACK.value if cases and left not in {None, after["case_id"]} else None
    record(db, acting, AuditAction.OPERATION_CHANGED, subject_ids=[after["id"], *cases], reason=reason)


async def log_due(database: Database, keys: Callable[[], Any], clock: Clock) -> int:
    """Bring into the logs what they do not say yet: of operations whose embargo has passed, and of those of before.

    Half of the time is for others. Several workers share the work: each passes over what another has locked.

    Args:
        database: of the register, as the service has it.
        keys: open what is sealed; called only where there is work.
        clock: the present. What is recorded is recorded now, never dated back.

    Returns:
        How many operations it was done for.
    """
    async with database.read() as db:
        if not await has_to_log(db, now=clock()):
            return 0
    opened = await keys()
    done, after = 0, None
    began = monotonic()
    while (found := await _log_next(database, opened, clock, after)) is not None:
        after, logged = found
        done += logged
        await sleep(monotonic() - began)
        began = monotonic()
    LOG.info("operations=logged done=%d", done)
    return done


async def _log_next(
    database: Database, keys: RegisterKeys, clock: Clock, after: UUID | None
) -> tuple[UUID, bool] | None:
    """Do it for the next operation, and return its id and whether it could be done; None where there is none."""
    operation: OperationRecord | None = None
    try:
        async with database.write() as db:
            now = clock()
            operation = await lock_next_to_log(db, now=now, after=after)
            if operation is None:
                return None
            logged = await log_case(db, keys, Acting(_recorder(operation), None, now), operation)
            changed: OperationRecord = {**operation, "logged_case_id": logged, "version": operation["version"] + 1}
            db.update(OperationRow, changed)
            put_on_record(db, Acting(None, None, now), operation, changed)
    except ServiceError as error:
        if operation is None:
            raise
        LOG.warning("operations=logged reference=%s failed=%s", operation["reference"], error.code)
        return operation["id"], False
    return operation["id"], True


def _recorder(operation: OperationRecord) -> Principal:
    """Return who recorded an operation, as far as an event names them: what a log says late is still their word."""
    return Principal(operation["recorded_by"], "", Role.OFFICER, operation["agency_id"], "", frozenset())


async def _take_back(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, operation_id: UUID, case_id: UUID
) -> None:
    file = await _file(db, acting, case_id)
    made = [
        one for one in in_force(file.events) if one.kind is Kind.OPERATION_MADE and one.operation_id == operation_id
    ]
    if made:
        await file.append_voids([voiding(event, acting, TAKEN_BACK) for event in made])
        await file.save(db, keys)


async def _file(db: WriteConnection, acting: Acting, case_id: UUID) -> CaseFile:
    """Return the file of a case, whoever may know of it.

    Raises:
        LookupError: there is none; a foreign key holds against it.
    """
    loaded = await load_case_to_log(db, case_id)
    if loaded is None:
        raise LookupError("an operation names a case that is not there")
    return await CaseFile.of(loaded, acting)
