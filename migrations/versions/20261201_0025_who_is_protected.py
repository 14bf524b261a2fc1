"""Indexes of withheld cases and of persons under a safety hold: every figure asks for them.

Revision ID: 0025
Revises: 0024
"""

from typing import Final

from alembic import op

revision: Final = "0025"
down_revision: Final = "0024"


def upgrade() -> None:
    """Make them."""
    op.execute("CREATE INDEX ix_cases_withheld ON cases (id) WHERE withheld_from <> '{}'")
    op.execute("CREATE INDEX ix_persons_held ON persons (case_id, id) WHERE fears_own_state")


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX ix_persons_held")
    op.execute("DROP INDEX ix_cases_withheld")
