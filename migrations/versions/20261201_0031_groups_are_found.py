"""An index of the events that were recorded together, apart from the revision that adds the column: nobody waits for it."""

from collections.abc import Sequence

from alembic import op

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = "ix_events_group_id"


def upgrade() -> None:
    """Make it while others write; one that was interrupted is made anew."""
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(f"CREATE INDEX CONCURRENTLY {INDEX} ON events (group_id) WHERE group_id IS NOT NULL")
        op.execute("SET lock_timeout = '4s'")
        op.execute("SET statement_timeout = '60s'")


def downgrade() -> None:
    """Drop it."""
    op.drop_index(INDEX, table_name="events")
