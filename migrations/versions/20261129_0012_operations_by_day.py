"""An index for the operations of some days: without it a list of a few days reads all operations there ever were."""

from collections.abc import Sequence

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make it."""
    op.create_index("ix_operations_started_on", "operations", ["started_on"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_operations_started_on", "operations")
