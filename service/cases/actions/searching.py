"""Searching what is sealed: keys give candidates, candidates are opened and compared, what agrees is shown."""

from asyncio import sleep
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final
from uuid import UUID

from service.access.rules import Permission, check_permission
from service.acting import Acting
from service.audit.actions import reading_note_of, record_shown
from service.audit.rules import AuditAction
from service.cases.actions.reading import sealed_of, sees_whole, sight_of, unsealed, wanted_by
from service.cases.queries import searching as queries
from service.cases.queries.searching import Candidate, Candidates
from service.cases.rules.searches import SEARCH_WINDOW, SLOWED_FOR_S, held_for, seconds_until_free, stopped_at
from service.cases.schemas.searching import SearchFor, SearchGiven
from service.cases.schemas.sight import Sight
from service.db.database import Database, RecordedConnection
from service.errors import TooManyAttemptsError
from service.people.queries import Opened, open_found
from service.people.rules import OF_A_PERSON, OF_AN_OFFENDER
from service.people.rules.terms import Sought, key_of
from service.sealing import RegisterKeys
from service.slices import in_slices, stopped_in_time

OPENED_AT_MOST: Final = 100
"""Candidates opened for one search. The keys put the best first; that some are left out is said, not how many."""

_NEEDED: Final = {
    SearchFor.PERSONS: Permission.PERSON_READ,
    SearchFor.CASES: Permission.CASE_READ,
    SearchFor.OFFENDERS: Permission.OFFENDER_READ,
}
_FIND: Final[Mapping[SearchFor, Callable[[RecordedConnection, queries.KeysSought], Awaitable[Candidates]]]] = {
    SearchFor.PERSONS: queries.find_persons,
    SearchFor.CASES: queries.find_cases,
    SearchFor.OFFENDERS: queries.find_offenders,
}


@dataclass(frozen=True)
class SearchResult:
    """What is shown of a search.

    Attributes:
        rows: best first, then newest.
        more: whether anything was left out.
        earlier: references of those that were found by what was corrected since.
    """

    rows: Sequence[Mapping[str, Any]]
    sight: Sight
    more: bool
    earlier: Sequence[str]


async def search(
    database: Database,
    keys: RegisterKeys,
    acting: Acting,
    given: SearchGiven,
    *,
    slowed_at: int,
    wait: Callable[[float], Awaitable[None]],
) -> SearchResult:
    """Search within the caller's scope, and record who was shown.

    Takes the database, not a connection: nobody waits with one, and that a search was slowed or refused must be on
    record before it waits, or its error is raised.

    Args:
        database: in which the search is also recorded.
        keys: of the register.
        acting: who searches.
        given: what is looked for, and for which purpose. What is looked for is not kept anywhere.
        slowed_at: after how many searches within `SEARCH_WINDOW` a principal's further ones wait.
        wait: waits for so many seconds, without what others could use meanwhile.

    Raises:
        ForbiddenError: the role reads no such records at all.
        TooManyAttemptsError: the principal has searched more often than anybody types. A refused search does not count.
        UnavailableError: it took too long.
    """
    check_permission(acting.who, _NEEDED[given.for_])
    sought = Sought.of(*given.sought)

    async def searched(at_most: int, otherwise: AuditAction) -> SearchResult | datetime:
        note = reading_note_of(acting, AuditAction.RECORDS_SEARCHED, purpose=given.purpose.value)
        async with stopped_in_time(), database.read_on_record(note) as db:
            return await _searched(db, keys, given, sought, at_most=at_most, otherwise=otherwise)

    began = monotonic()
    found = await searched(slowed_at, AuditAction.SEARCH_SLOWED)
    if not isinstance(found, SearchResult):
        await wait(SLOWED_FOR_S)
        found = await searched(stopped_at(slowed_at), AuditAction.SEARCH_REFUSED)
    if not sees_whole(acting.who):
        await sleep(held_for(monotonic() - began))
    if isinstance(found, SearchResult):
        return found
    minutes = SEARCH_WINDOW.total_seconds() // 60
    raise TooManyAttemptsError(
        f"You have searched {stopped_at(slowed_at)} times in {minutes:.0f} minutes. Wait, then search again.",
        retry_after=seconds_until_free(found, acting.now),
    )


async def _searched(
    db: RecordedConnection,
    keys: RegisterKeys,
    given: SearchGiven,
    sought: Sought,
    *,
    at_most: int,
    otherwise: AuditAction,
) -> SearchResult | datetime:
    """Return what is shown, or, put on record otherwise, when the search was made for which this is one too many."""
    candidates = await _find(db, keys.index_key, given, sought, at_most)
    if candidates.spent_at is None:
        return await _show(db, keys, given, sought, candidates.found)
    record_shown(db, refused=otherwise)
    return candidates.spent_at


async def _find(
    db: RecordedConnection, index_key: bytes, given: SearchGiven, sought: Sought, at_most: int
) -> Candidates:
    """Find candidates; searches of this principal that run at this very moment are not counted."""
    keys = {(term[0].value, key_of(index_key, term)) for term in sought.terms}
    asked = queries.KeysSought(
        keys=sorted(keys),
        least=len(keys) if sought.whole else 1,
        rows=OPENED_AT_MOST + 1,
        nth=at_most,
        since=db.note.acting.now - SEARCH_WINDOW,
    )
    return await (_FIND[given.for_] if keys else queries.find_nobody)(db, asked)


async def _show(
    db: RecordedConnection, keys: RegisterKeys, given: SearchGiven, sought: Sought, candidates: Sequence[Candidate]
) -> SearchResult:
    """Open the candidates, compare, and put on record whoever is shown."""
    opened = await _open(db, keys, given.for_, candidates[:OPENED_AT_MOST])
    agreeing = await _agreeing(sought, candidates[:OPENED_AT_MOST], opened)
    shown = agreeing[: given.limit]
    present = {found.id: [one for one in opened[found.id] if not one.corrected] for found in shown}
    of_shown = unsealed([one for found in shown for one in present[found.id] if one.subject_id == found.id])
    record_shown(db, subject_ids=[found.id for found in shown], fields={one.kind.value for one in of_shown})
    places = [place for found in shown for place in found.subjects]
    sealed = await sealed_of(db, db.note.acting.who, places if given.for_ is SearchFor.PERSONS else ())
    return SearchResult(
        rows=[found.row for found in shown],
        sight=sight_of(db.note.acting, of_shown, sealed),
        more=len(agreeing) > given.limit or len(candidates) > OPENED_AT_MOST,
        earlier=[found.row["reference"] for found in shown if not _agreement(sought, present[found.id])],
    )


def _agreement(sought: Sought, opened: Sequence[Opened]) -> int:
    """Return how well opened records are what is looked for; 0 where none is."""
    return sought.agreement((one.kind, one.content) for one in opened)


async def _agreeing(
    sought: Sought, candidates: Sequence[Candidate], opened: Mapping[UUID, Sequence[Opened]]
) -> list[Candidate]:
    """Return the candidates that are what is looked for: a key alone may be another term's too."""
    newest = sorted(candidates, key=lambda found: found.id, reverse=True)
    agreement = {found.id: _agreement(sought, opened[found.id]) async for found in in_slices(candidates)}
    agreeing = [found for found in newest if agreement[found.id]]
    return sorted(agreeing, key=lambda found: agreement[found.id], reverse=True)


async def _open(
    db: RecordedConnection, keys: RegisterKeys, for_: SearchFor, candidates: Sequence[Candidate]
) -> dict[UUID, list[Opened]]:
    """Open what the caller may find the candidates by, by the candidate it belongs to."""
    kinds = OF_AN_OFFENDER if for_ is SearchFor.OFFENDERS else OF_A_PERSON
    subjects = [place for found in candidates for place in found.subjects]
    opened = await open_found(db, keys, wanted_by(db.note.acting.who, subjects, kinds))
    owners = {subject_id: found.id for found in candidates for _, subject_id in found.subjects}
    by_owner: dict[UUID, list[Opened]] = defaultdict(list)
    for one in opened:
        by_owner[owners[one.subject_id]].append(one)
    return by_owner
