"""Operations: what is done in the field, what is sealed of it, and a way from an operation to the events it recorded."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ("welfare_check", "inspection", "raid", "consular_visit", "handover_foreign", "negotiated_release")
OLD_SEALED = (
    "name", "document", "contact", "reporter", "place", "town", "narrative", "allegation", "label", "description",
    "note", "guardian",
)  # fmt: skip
OLD_SUBJECTS = ("case", "person", "offender")
NEW_SUBJECTS = ("case", "person", "offender", "operation")

REFUSE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM operations) THEN RAISE EXCEPTION 'operations are recorded: an older release cannot keep them';
    END IF;
END $$
"""


def upgrade() -> None:
    """Add the table, the index, and what may be sealed."""
    op.create_table(
        "operations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_listed(KINDS)})", name=op.f("ck_operations_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
        sa.UniqueConstraint("reference", name=op.f("uq_operations_reference")),
    )
    op.create_index("ix_operations_agency_id_id", "operations", ["agency_id", "id"])
    of_an_operation = sa.text("operation_id IS NOT NULL")
    op.create_index("ix_events_operation_id", "events", ["operation_id"], postgresql_where=of_an_operation)
    _allow("kind", (*OLD_SEALED, "grounds"))
    _allow("subject_kind", NEW_SUBJECTS)


def downgrade() -> None:
    """Take them away. PostgreSQL refuses it while something of an operation is sealed: it would be lost."""
    _allow("subject_kind", OLD_SUBJECTS)
    _allow("kind", OLD_SEALED)
    op.execute(REFUSE)
    op.drop_index("ix_events_operation_id", table_name="events")
    op.drop_table("operations")


def _allow(column: str, codes: Sequence[str]) -> None:
    name = op.f(f"ck_sealed_records_{column}")
    op.drop_constraint(name, "sealed_records", type_="check")
    op.create_check_constraint(name, "sealed_records", f"{column} IN ({_listed(codes)})")


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)
