"""By which version of the rules a register was counted, so that it is known when it has to be counted again.

A register without a case was counted by any; one that holds cases was counted by the release before, until
`safe-return recount` says otherwise.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "counted_by",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_counted_by")),
    )
    op.execute("INSERT INTO counted_by SELECT 2, now() WHERE NOT EXISTS (SELECT FROM cases)")


def downgrade() -> None:
    """Go back."""
    op.drop_table("counted_by")
