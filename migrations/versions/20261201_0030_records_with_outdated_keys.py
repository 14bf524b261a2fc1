"""Records with search keys of earlier rules are found at once, however large the register.

The index names the version of the rules (`TERMS_VERSION`): a revision for a later version makes it anew.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = "ix_sealed_records_outdated"


def upgrade() -> None:
    """Add an index that is empty once every record has keys of the present rules, while others write."""
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(f"CREATE INDEX CONCURRENTLY {INDEX} ON sealed_records (case_id, id) WHERE indexed < 3")
        op.execute("SET lock_timeout = '4s'")
        op.execute("SET statement_timeout = '60s'")


def downgrade() -> None:
    """Remove it."""
    op.drop_index(INDEX, "sealed_records")
