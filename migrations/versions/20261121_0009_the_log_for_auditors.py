"""What auditors ask of the audit log has an index each, in the order in which it is shown.

An id leads with its instant, so days are ranges of ids and the index on `recorded_at` goes. An answer kept for a retry
says of which request it is, so that giving it again can be put on record.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PAIRED = ("principal_id", "agency_id", "role", "action")


def upgrade() -> None:
    """Change the indexes, add the column."""
    op.drop_index(op.f("ix_audit_log_recorded_at"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_principal_id"), table_name="audit_log")
    for column in PAIRED:
        op.create_index(op.f(_paired(column)), "audit_log", [column, "id"])
    op.create_index(op.f("ix_audit_log_request_id"), "audit_log", ["request_id"])
    op.add_column("kept_answers", sa.Column("request_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    """Take them back."""
    op.drop_column("kept_answers", "request_id")
    op.drop_index(op.f("ix_audit_log_request_id"), table_name="audit_log")
    for column in PAIRED:
        op.drop_index(op.f(_paired(column)), table_name="audit_log")
    op.create_index(op.f("ix_audit_log_principal_id"), "audit_log", ["principal_id"])
    op.create_index(op.f("ix_audit_log_recorded_at"), "audit_log", ["recorded_at"])


def _paired(column: str) -> str:
    return f"ix_audit_log_{column}_id"
