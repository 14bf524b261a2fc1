"""A register has an id, which goes with its dumps: by it, a mark kept outside the database is known to be of this one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "register_ids",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_ids")),
    )
    op.execute("INSERT INTO register_ids (id, made_at) VALUES (gen_random_uuid(), now())")


def downgrade() -> None:
    """Go back."""
    op.drop_table("register_ids")
