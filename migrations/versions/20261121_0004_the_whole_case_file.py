"""What a case file holds beyond its spine: custody, papers, wishes, findings, tasks of a return, who must not know.

Rows that stand already get empty columns; what follows from their logs is written by `safe-return recount`.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OLD_KINDS = (
    "received", "case_described", "headcount_claimed", "alleged", "closed", "reopened", "added", "described",
    "nationality_asserted", "finding_made", "located", "wish_stated", "rescued", "rescue_refused", "repatriated",
    "ended", "named", "offender_described", "stage_reached", "voided",
)  # fmt: skip
NEW_KINDS = (
    "received", "case_described", "headcount_claimed", "alleged", "closed", "reopened", "added", "described",
    "nationality_asserted", "finding_made", "located", "wish_stated", "documents_checked", "custody_started",
    "custody_ended", "rescued", "rescue_refused", "return_step", "repatriated", "ended", "named",
    "offender_described", "stage_reached", "voided",
)  # fmt: skip

POLICED = ("cases", "persons", "offenders")
LISTS = {
    "cases": ("findings",),
    "persons": ("wishes", "findings", "return_tasks", "assertions"),
    "offenders": ("stages",),
}

REFUSE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM events WHERE operation_id IS NOT NULL) OR EXISTS (SELECT FROM cases WHERE withheld_from <> '{}')
    THEN RAISE EXCEPTION 'cases are withheld from agencies, or operations are recorded: an older release cannot keep that';
    END IF;
END $$
"""


def upgrade() -> None:
    """Add the columns and kinds."""
    for table in POLICED:
        _add(table, "withheld_from", postgresql.ARRAY(sa.Uuid()), "'{}'")
    for table, columns in LISTS.items():
        for column in columns:
            _add(table, column, postgresql.JSONB(), "'[]'")
    op.add_column("persons", sa.Column("custody", sa.Text(), nullable=True))
    op.add_column("persons", sa.Column("missing_documents", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("events", sa.Column("operation_id", sa.Uuid(), nullable=True))
    _allow(NEW_KINDS)


def downgrade() -> None:
    """Take them away; refused while something stands that an older program could not read, or would show."""
    op.execute(REFUSE)
    _allow(OLD_KINDS)
    op.drop_column("events", "operation_id")
    op.drop_column("persons", "missing_documents")
    op.drop_column("persons", "custody")
    for table, columns in LISTS.items():
        for column in columns:
            op.drop_column(table, column)
    for table in POLICED:
        op.drop_column(table, "withheld_from")


def _add(table: str, column: str, kind: sa.types.TypeEngine[Any], empty: str) -> None:
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=sa.text(empty)))
    op.alter_column(table, column, server_default=None)


def _allow(kinds: Sequence[str]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_events_kind"), "events", type_="check")
    op.create_check_constraint(op.f("ck_events_kind"), "events", f"kind IN ({listed})")
