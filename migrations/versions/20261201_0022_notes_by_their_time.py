"""An index of notes by their ids, which lead with their instant: without it every sealed record is read for new ones."""

from collections.abc import Sequence

from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make it while others write; one that was interrupted is made anew."""
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_sealed_records_notes")
        op.execute("CREATE INDEX CONCURRENTLY ix_sealed_records_notes ON sealed_records (id) WHERE kind = 'note'")
        op.execute("SET lock_timeout = '4s'")
        op.execute("SET statement_timeout = '60s'")


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_sealed_records_notes", "sealed_records")
