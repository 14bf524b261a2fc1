"""An empty register is counted by the present rules from its start."""

from collections.abc import Sequence

from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Say so; a register with cases is counted again (`safe-return recount`)."""
    op.execute("UPDATE counted_by SET version = 6 WHERE NOT EXISTS (SELECT FROM cases)")


def downgrade() -> None:
    """Let the earlier rules count again: what was counted by these is not what the release before counts."""
    only = "AND NOT EXISTS (SELECT FROM counted_by WHERE version = 5)"
    op.execute(f"UPDATE counted_by SET version = 5 WHERE version = 6 {only}")
    op.execute("DELETE FROM counted_by WHERE version > 5")
