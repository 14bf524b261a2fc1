"""A person may be shown to several states, states may confirm several nationalities of one person, and an operation
may name the case it was made for.

Until a register is recounted a person is shown to the state they were shown to before. The column of that one state
stays, for workers of the release before; their rows have none of the new ones until `recount` follows. An empty
register counts by the fifth version of the rules.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go up."""
    for name in ("nationalities", "shown_to"):
        op.add_column("persons", sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=True))
    op.execute("UPDATE persons SET shown_to = CASE WHEN disclosed_to IS NULL THEN '{}' ELSE ARRAY[disclosed_to] END")
    op.create_index("ix_persons_shown_to", "persons", ["shown_to"], postgresql_using="gin")
    op.create_index(
        "ix_persons_nationalities",
        "persons",
        ["nationalities"],
        postgresql_using="gin",
        postgresql_where=sa.text("nationalities IS NOT NULL"),
    )
    op.add_column("operations", sa.Column("case_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_operations_case_id"), "operations", "cases", ["case_id"], ["id"])
    op.create_index(
        "ix_operations_case_id", "operations", ["case_id"], postgresql_where=sa.text("case_id IS NOT NULL")
    )
    op.execute("UPDATE counted_by SET version = 5 WHERE NOT EXISTS (SELECT FROM cases)")


def downgrade() -> None:
    """Go back: of several states, a person is shown to the one that `disclosed_to` names. Going up recounts."""
    only = "AND NOT EXISTS (SELECT FROM counted_by WHERE version = 4)"
    op.execute(f"UPDATE counted_by SET version = 4 WHERE version = 5 {only}")
    op.execute("DELETE FROM counted_by WHERE version > 4")
    op.drop_index("ix_operations_case_id", "operations")
    op.drop_column("operations", "case_id")
    op.drop_index("ix_persons_nationalities", "persons")
    op.drop_index("ix_persons_shown_to", "persons")
    for name in ("shown_to", "nationalities"):
        op.drop_column("persons", name)
