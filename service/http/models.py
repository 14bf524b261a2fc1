"""The table of answers that are kept for a retry."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, PrimaryKeyConstraint, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.failures import VIOLATED
from service.db.metadata import Table
from service.errors import RetryableError


def _somebody_was_first() -> RetryableError:
    return RetryableError("The same request is being answered right now. Try again.", retry_after=1)


class KeptAnswer(Table):
    """An answer kept for a retry; deleted after `idempotency.KEPT`."""

    __tablename__ = "kept_answers"
    __table_args__ = (PrimaryKeyConstraint("principal_id", "key_digest", info={VIOLATED: _somebody_was_first}),)

    principal_id: Mapped[UUID]
    key_digest: Mapped[bytes] = mapped_column(LargeBinary)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    request_id: Mapped[UUID | None]
    """Of the request whose answer it is; None in rows older than the column."""


class KeptRecord(TypedDict):
    """A row of `KeptAnswer`."""

    principal_id: UUID
    key_digest: bytes
    request_digest: bytes
    status: int
    headers: dict[str, str]
    wrapped_key: bytes
    body: bytes
    kept_at: datetime
    request_id: UUID | None
