"""Guardians: sealed with the person; that there is one is known.

Nobody's guardian was recorded before, so rows that stand already say no.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OLD_KINDS = (
    "name", "document", "contact", "reporter", "place", "town", "narrative", "allegation", "label", "description",
    "note",
)  # fmt: skip


def upgrade() -> None:
    """Add the column and the kind."""
    op.add_column("persons", sa.Column("guardian_known", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("persons", "guardian_known", server_default=None)
    _allow((*OLD_KINDS, "guardian"))


def downgrade() -> None:
    """Take them away. PostgreSQL refuses it while a guardian is recorded: an older program could not read it."""
    _allow(OLD_KINDS)
    op.drop_column("persons", "guardian_known")


def _allow(kinds: Sequence[str]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_sealed_records_kind"), "sealed_records", type_="check")
    op.create_check_constraint(op.f("ck_sealed_records_kind"), "sealed_records", f"kind IN ({listed})")
