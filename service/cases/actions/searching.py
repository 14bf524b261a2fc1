"""Searching what is sealed: keys give candidates, candidates are opened and compared, what agrees is shown."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.access.rules import Permission, check_permission
from service.audit.actions import record
from service.audit.queries import nth_latest
from service.audit.rules import AuditAction
from service.cases.actions.reading import Reader
from service.cases.queries import searching as queries
from service.cases.queries.searching import Candidates
from service.cases.rules.searches import SEARCH_WINDOW, seconds_until_free
from service.cases.schemas.searching import SearchFor, SearchGiven
from service.cases.schemas.sight import Sight, Unsealed
from service.db.database import Database, Record, WriteConnection
from service.errors import TooManyAttemptsError
from service.people.queries import Opened, open_records
from service.people.rules import OF_A_CASE_FOR_A_LIAISON, OF_A_PERSON, OF_AN_OFFENDER, SealedKind
from service.people.rules.terms import Sought, key_of

OPENED_AT_MOST: Final = 100
"""Candidates opened for one search. The keys put the best first; that some are left out is said, not how many."""

_NEEDED: Final = {
    SearchFor.PERSONS: Permission.PERSON_READ,
    SearchFor.CASES: Permission.CASE_READ,
    SearchFor.OFFENDERS: Permission.OFFENDER_READ,
}
_FIND: Final[Mapping[SearchFor, Callable[..., Awaitable[Candidates]]]] = {
    SearchFor.PERSONS: queries.find_persons,
    SearchFor.CASES: queries.find_cases,
    SearchFor.OFFENDERS: queries.find_offenders,
}


@dataclass(frozen=True)
class Found:
    """What is shown of a search.

    Attributes:
        rows: best first, then newest.
        more: whether anything was left out.
    """

    rows: Sequence[Record]
    sight: Sight
    more: bool


async def search(database: Database, reader: Reader, index_key: bytes, given: SearchGiven, *, at_most: int) -> Found:
    """Search within the reader's scope, and record who was shown.

    Takes the database, not a transaction: that a search was refused must be on record before its error is raised.

    Args:
        database: in which the search is also recorded.
        reader: for which purpose too; it is required.
        index_key: of the register.
        given: what is looked for. It is not kept anywhere.
        at_most: how many searches one principal may make within `SEARCH_WINDOW`.

    Raises:
        ForbiddenError: the role reads no such records at all.
        TooManyAttemptsError: the principal has searched as often as it may. A refused search does not count.
    """
    check_permission(reader.acting.who, _NEEDED[given.for_])
    sought = Sought.of(*given.sought)
    async with database.write() as db:
        candidates = await _find(db, reader, index_key, given, sought, at_most)
        if candidates.spent_at is None:
            return await _show(db, reader, given, sought, candidates.rows)
        record(db, reader.acting, AuditAction.SEARCH_REFUSED, reason=given.purpose.value)
    minutes = SEARCH_WINDOW.total_seconds() // 60
    raise TooManyAttemptsError(
        f"You may search {at_most} times in {minutes:.0f} minutes. Wait, then search again.",
        retry_after=seconds_until_free(candidates.spent_at, reader.acting.now),
    )


async def _find(
    db: WriteConnection, reader: Reader, index_key: bytes, given: SearchGiven, sought: Sought, at_most: int
) -> Candidates:
    """Find candidates; searches of this principal that run at this very moment are not counted."""
    since = reader.acting.now - SEARCH_WINDOW
    spent = nth_latest(reader.acting.who.id, AuditAction.RECORDS_SEARCHED, nth=at_most, since=since)
    keys = {(term[0].value, key_of(index_key, term)) for term in sought.terms}
    if not keys:
        return await queries.find_nobody(db, spent)
    least = len(keys) if sought.whole else 1
    return await _FIND[given.for_](db, reader.acting.who, keys, spent, least=least, limit=OPENED_AT_MOST + 1)


async def _show(
    db: WriteConnection, reader: Reader, given: SearchGiven, sought: Sought, candidates: Sequence[Record]
) -> Found:
    """Open the candidates, compare, and put on record whoever is shown."""
    opened = await _open(db, reader, given.for_, candidates[:OPENED_AT_MOST])
    agreeing = _agreeing(sought, candidates[:OPENED_AT_MOST], opened)
    shown = agreeing[: given.limit]
    sight = reader.sight([one for row in shown for one in opened[row["id"]] if one.subject_id == row["id"]])
    fields = {one.kind.value for one in sight.opened or ()}
    record(
        db,
        reader.acting,
        AuditAction.RECORDS_SEARCHED,
        subject_ids=[row["id"] for row in shown],
        fields=fields,
        reason=given.purpose.value,
    )
    return Found(shown, sight, more=len(agreeing) > given.limit or len(candidates) > OPENED_AT_MOST)


def _agreeing(sought: Sought, candidates: Sequence[Record], opened: Mapping[UUID, Sequence[Unsealed]]) -> list[Record]:
    """Answer the candidates that are what is looked for: a key alone may be another term's too."""
    newest = sorted(candidates, key=lambda row: row["id"], reverse=True)
    agreement = {
        row["id"]: sought.agreement((one.kind, one.content) for one in opened[row["id"]]) for row in candidates
    }
    found = [row for row in newest if agreement[row["id"]]]
    return sorted(found, key=lambda row: agreement[row["id"]], reverse=True)


async def _open(
    db: WriteConnection, reader: Reader, for_: SearchFor, candidates: Sequence[Record]
) -> dict[UUID, list[Unsealed]]:
    """Open what this reader may see of the candidates, by the candidate it belongs to."""
    if for_ is SearchFor.CASES:
        return await _open_cases(db, reader, candidates)
    kinds = OF_A_PERSON if for_ is SearchFor.PERSONS else OF_AN_OFFENDER
    subjects = {row["id"]: row["case_id"] for row in candidates}
    opened = await open_records(db, reader.keys, [(case_id, id_) for id_, case_id in subjects.items()], kinds)
    return _by_owner(opened, {id_: id_ for id_ in subjects})


async def _open_cases(db: WriteConnection, reader: Reader, candidates: Sequence[Record]) -> dict[UUID, list[Unsealed]]:
    cases = [row["id"] for row in candidates]
    persons = {id_: row["id"] for row in candidates for id_ in row["subject_ids"] if id_ != row["id"]}
    of_cases = frozenset(SealedKind) if reader.sees_whole else OF_A_CASE_FOR_A_LIAISON
    notes_of = None if reader.sees_whole else reader.acting.who.agency_id
    subjects = [*((id_, id_) for id_ in cases), *((case_id, id_) for id_, case_id in persons.items())]
    opened = await open_records(db, reader.keys, subjects, OF_A_PERSON, of_cases=of_cases, notes_of=notes_of)
    return _by_owner(opened, {**persons, **{id_: id_ for id_ in cases}})


def _by_owner(opened: Sequence[Opened], owners: Mapping[UUID, UUID]) -> dict[UUID, list[Unsealed]]:
    found: dict[UUID, list[Unsealed]] = defaultdict(list)
    for one in opened:
        found[owners[one.subject_id]].append(Unsealed(one.subject_id, one.kind, one.content, one.recorded_at))
    return found
