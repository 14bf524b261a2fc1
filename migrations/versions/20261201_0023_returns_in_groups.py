"""Returns that were recorded together are one group; those of before are in none."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go up."""
    op.add_column("events", sa.Column("group_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    """Go back; the returns stay, each for itself."""
    op.drop_column("events", "group_id")
