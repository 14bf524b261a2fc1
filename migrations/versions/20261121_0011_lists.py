"""Indexes for what the desk lists: its own cases, urgent and incomplete ones, people by nationality and where they are.

Without them a filter that few rows fit reads the whole table. Those that few rows fit by nature hold those rows only,
so that filing an ordinary case does not pay for them.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FEW = (
    ("ix_cases_assigned_to_id", "cases", ["assigned_to", "id"], "assigned_to IS NOT NULL"),
    ("ix_cases_urgency_id", "cases", ["urgency", "id"], "urgency <> 'normal'"),
    ("ix_cases_incomplete", "cases", ["id"], "completeness < 100"),
    ("ix_persons_awaiting_return", "persons", ["id"], "awaiting_return IS TRUE"),
    ("ix_persons_in_custody", "persons", ["id"], "in_custody IS TRUE"),
)
ALL = (
    ("ix_persons_nationality_id", "persons", ["nationality", "id"]),
    ("ix_persons_status_id", "persons", ["status", "id"]),
)


def upgrade() -> None:
    """Make them."""
    for name, table, columns, condition in FEW:
        op.create_index(name, table, columns, postgresql_where=sa.text(condition))
    for name, table, columns in ALL:
        op.create_index(name, table, columns)
    op.create_index("ix_cases_nationalities", "cases", ["nationalities"], postgresql_using="gin")


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_cases_nationalities", "cases")
    for name, table, *_ in (*FEW, *ALL):
        op.drop_index(name, table)
