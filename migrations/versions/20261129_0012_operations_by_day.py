"""Indexes for the operations of some days and for those under embargo: without them all there ever were are read."""

from collections.abc import Sequence

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make them."""
    op.create_index("ix_operations_started_on", "operations", ["started_on"])
    op.create_index("ix_operations_embargo_until", "operations", ["embargo_until"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_operations_embargo_until", "operations")
    op.drop_index("ix_operations_started_on", "operations")
