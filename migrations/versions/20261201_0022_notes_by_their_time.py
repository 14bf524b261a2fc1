"""An index of notes by their ids, which lead with their instant: without it every sealed record is read for new ones."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make it."""
    op.create_index("ix_sealed_records_notes", "sealed_records", ["id"], postgresql_where=sa.text("kind = 'note'"))


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_sealed_records_notes", "sealed_records")
