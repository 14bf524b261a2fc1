"""An empty register counts by the fifth version of the rules; one with cases is recounted."""

from collections.abc import Sequence

from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go up."""
    op.execute("UPDATE counted_by SET version = 5 WHERE NOT EXISTS (SELECT FROM cases)")


def downgrade() -> None:
    """Go back."""
    op.execute("UPDATE counted_by SET version = 4 WHERE NOT EXISTS (SELECT FROM cases)")
