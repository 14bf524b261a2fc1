"""The log of a case says that an operation was made for it, and an operation which log says so.

Operations of before are entered by the service, a little at a time (ADR 69). An empty register is counted by the
present rules from its start.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = "ix_operations_to_log"
CONSTRAINT = "ck_events_kind"
BEFORE = (
    "received", "case_described", "headcount_claimed", "alleged", "closed", "reopened", "added", "described",
    "nationality_asserted", "finding_made", "located", "wish_stated", "documents_checked", "custody_started",
    "custody_ended", "rescued", "rescue_refused", "return_step", "repatriated", "ended", "named",
    "offender_described", "stage_reached", "voided",
)  # fmt: skip
SINCE = (*BEFORE[:6], "operation_made", *BEFORE[6:])

REFUSE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM events WHERE kind = 'operation_made' AND operation_id IS NOT NULL)
    THEN RAISE EXCEPTION 'logs say that operations were made for their cases: an older release cannot read that';
    END IF;
END $$
"""


def upgrade() -> None:
    """Let the log say it, without reading it under a lock."""
    op.add_column("operations", sa.Column("logged_case_id", sa.Uuid(), nullable=True))
    _allow(SINCE)
    op.execute("UPDATE counted_by SET version = 7 WHERE NOT EXISTS (SELECT FROM cases)")
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"ALTER TABLE events VALIDATE CONSTRAINT {CONSTRAINT}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {INDEX} ON operations (id) WHERE logged_case_id IS DISTINCT FROM case_id"
        )
        op.execute("SET lock_timeout = '4s'")
        op.execute("SET statement_timeout = '60s'")


def downgrade() -> None:
    """Take it away; refused where a log says it, which nothing takes out. The earlier rules count again."""
    op.execute(REFUSE)
    _allow(BEFORE)
    op.execute(f"ALTER TABLE events VALIDATE CONSTRAINT {CONSTRAINT}")
    op.drop_index(INDEX, table_name="operations")
    op.drop_column("operations", "logged_case_id")
    only = "AND NOT EXISTS (SELECT FROM counted_by WHERE version = 6)"
    op.execute(f"UPDATE counted_by SET version = 6 WHERE version = 7 {only}")
    op.execute("DELETE FROM counted_by WHERE version > 6")


def _allow(kinds: Sequence[str]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute(
        f"ALTER TABLE events DROP CONSTRAINT {CONSTRAINT}, "
        f"ADD CONSTRAINT {CONSTRAINT} CHECK (kind IN ({listed})) NOT VALID"
    )
