"""Entering whom an operation found although nobody had asked for them."""

from collections.abc import Sequence
from uuid import UUID

from service.acting import Acting
from service.cases.actions.filing import enter_person, open_case
from service.cases.schemas.filing import CaseCreate, LocationGiven
from service.codes import IntakeChannel
from service.db.database import WriteConnection
from service.lines import Line
from service.operations.actions.reported import Found, Met
from service.operations.models import OperationRecord
from service.operations.rules.standing import check_found
from service.operations.schemas.given import FoundGiven
from service.people.queries import Wanted, open_records
from service.people.rules import SealedKind
from service.sealing import RegisterKeys
from service.slices import in_slices
from service.story.decide import check_born
from service.story.moment import Moment


async def enter_found(
    db: WriteConnection,
    keys: RegisterKeys,
    acting: Acting,
    operation: OperationRecord,
    told: Sequence[Line[FoundGiven]],
) -> Found:
    """Open a case for each nationality found, so that a liaison's case holds its own nationals only.

    While an embargo lasts the cases say no more of where than the province: whoever may know of them need not know of
    the operation.

    Raises:
        MayNotRecordError: a liaison does not report these people.
        InvalidError: a birth year is later than that day, or contradicts the age.
    """
    found = Found()
    if not told:
        return found
    opening = await _opening(db, keys, acting, operation)
    async for line in in_slices(told):
        with line.locating_errors():
            one = line.told
            check_found(acting.who, one.nationality, one.nationality_source, held=one.fears_own_state)
            if one.nationality not in found.opened:
                found.opened[one.nationality] = open_case(acting, opening)
            file = found.opened[one.nationality]
            on = Moment(one.occurred_on or operation["started_on"])
            check_born(on, [("#", one)])
            found.lines.append([Met(line, file, enter_person(file, one, on)) for _ in range(one.count)])
    return found


async def _opening(db: WriteConnection, keys: RegisterKeys, acting: Acting, operation: OperationRecord) -> CaseCreate:
    embargo = operation["embargo_until"]
    place = None if embargo is not None and embargo > acting.now else await _site_of(db, keys, operation["id"])
    location = LocationGiven(province=operation["province"], place=place)
    return CaseCreate(channel=IntakeChannel.FIELD, received_on=operation["started_on"], location=location)


async def _site_of(db: WriteConnection, keys: RegisterKeys, operation_id: UUID) -> str | None:
    opened = await open_records(db, keys, Wanted([(operation_id, operation_id)], [SealedKind.PLACE]))
    return opened[-1].content["text"] if opened else None
