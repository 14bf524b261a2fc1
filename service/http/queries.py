"""Every statement about answers that are kept for a retry."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, bindparam, delete, select

from service.db.database import WriteConnection
from service.db.statements import Change, NoColumns, PersonalQuery
from service.http.models import KeptAnswer, KeptRecord

_ANSWER: Final = PersonalQuery(
    select(KeptAnswer).where(
        KeptAnswer.principal_id == bindparam("principal_id"), KeptAnswer.key_digest == bindparam("key_digest")
    ),
    KeptRecord,
)
_FORGET: Final = Change(
    delete(KeptAnswer).where(KeptAnswer.kept_at < bindparam("before", type_=DateTime(timezone=True))), NoColumns
)


async def find_answer(db: WriteConnection, principal_id: UUID, key_digest: bytes) -> KeptRecord | None:
    """Return the answer that is kept for a key of a principal's, if there is one."""
    return await db.row(_ANSWER, {"principal_id": principal_id, "key_digest": key_digest})


async def forget_answers_before(db: WriteConnection, before: datetime) -> None:
    """Delete the answers that were kept before an instant."""
    await db.change(_FORGET, {"before": before})
