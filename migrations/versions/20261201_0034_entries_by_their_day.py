"""An index of the ledger's entries by the day that is counted: what a closed month does not say is read from it."""

from collections.abc import Sequence

from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = "ix_ledger_entries_measure_occurred_on"


def upgrade() -> None:
    """Make it while others write; one that was interrupted is made anew."""
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(f"CREATE INDEX CONCURRENTLY {INDEX} ON ledger_entries (measure, occurred_on)")
        op.execute("SET lock_timeout = '4s'")
        op.execute("SET statement_timeout = '60s'")


def downgrade() -> None:
    """Drop it."""
    op.drop_index(INDEX, table_name="ledger_entries")
