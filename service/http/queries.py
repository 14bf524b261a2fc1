"""Every statement about answers that are kept for a retry."""

from datetime import datetime
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import DateTime, bindparam, delete, func, literal, select, tuple_

from service.db.database import ReadConnection, WriteConnection
from service.db.statements import Change, PersonalQuery, Query
from service.http.models import KeptAnswer, KeptRecord

COUNTED: Final = 100_000
"""So many kept answers are counted at most: those of a busy day would take too long."""


SLICE: Final = 1_000
"""So many are deleted at once at most: in a fraction of the time that a write may take."""


class _CountRecord(TypedDict):
    number: int


class _ForgottenRecord(TypedDict):
    key_digest: bytes


_ANSWER: Final = PersonalQuery(
    select(KeptAnswer).where(
        KeptAnswer.principal_id == bindparam("principal_id"), KeptAnswer.key_digest == bindparam("key_digest")
    ),
    KeptRecord,
)
_KEY: Final = (KeptAnswer.principal_id, KeptAnswer.key_digest)
_OUTDATED: Final = (
    select(*_KEY).where(KeptAnswer.kept_at < bindparam("before", type_=DateTime(timezone=True))).limit(SLICE)
)
_FORGET: Final = Change(
    delete(KeptAnswer).where(tuple_(*_KEY).in_(_OUTDATED)).returning(KeptAnswer.key_digest),
    _ForgottenRecord,
    unrecorded="outdated answers are deleted, and nothing of them is shown",
)
_NUMBER: Final = Query(
    select(func.count().label("number")).select_from(
        select(literal(1)).select_from(KeptAnswer).limit(COUNTED).subquery()
    ),
    _CountRecord,
    unrecorded="answers are counted, and nothing of them is shown",
)


async def find_answer(db: WriteConnection, principal_id: UUID, key_digest: bytes) -> KeptRecord | None:
    """Return the answer that is kept for a key of a principal's, if there is one."""
    return await db.row(_ANSWER, {"principal_id": principal_id, "key_digest": key_digest})


async def forget_answers_before(db: WriteConnection, before: datetime) -> bool:
    """Delete answers that were kept before an instant, at most `SLICE`; return whether more may be left."""
    return len(await db.change(_FORGET, {"before": before})) == SLICE


async def count_answers(db: ReadConnection) -> int:
    """Return how many answers are kept, at most `COUNTED`."""
    row = await db.row(_NUMBER)
    return 0 if row is None else row["number"]
