"""Indexes of withheld cases and of persons under a safety hold: every figure asks for them.

Revision ID: 0025
Revises: 0024
"""

from typing import Final

from alembic import op

revision: Final = "0025"
down_revision: Final = "0024"


def upgrade() -> None:
    """Make them while others write; one that was interrupted is made anew."""
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_cases_withheld")
        op.execute("CREATE INDEX CONCURRENTLY ix_cases_withheld ON cases (id) WHERE withheld_from <> '{}'")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_persons_held")
        op.execute("CREATE INDEX CONCURRENTLY ix_persons_held ON persons (case_id, id) WHERE fears_own_state")
        op.execute("SET lock_timeout = '4s'")
        op.execute("SET statement_timeout = '60s'")


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX ix_persons_held")
    op.execute("DROP INDEX ix_cases_withheld")
