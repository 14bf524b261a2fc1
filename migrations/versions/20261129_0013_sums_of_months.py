"""An index that holds everything a figure reads of months: in the table they lie far apart, grain by grain."""

from collections.abc import Sequence

from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make it."""
    op.create_index(
        "ix_ledger_months_sums",
        "ledger_months",
        ["measure", "grain", "recorded_month", "occurred_month"],
        postgresql_include=["detail", "code", "delta"],
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_ledger_months_sums", "ledger_months")
