"""What was corrected is found by again; what was taken out is not.

Of an earlier record that something else replaced, the successor was recorded in the same instant. Its search keys are
made while the service runs, or by `safe-return index`.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SUCCEEDED = """
EXISTS (SELECT FROM sealed_records later
        WHERE later.case_id = record.case_id AND later.subject_id = record.subject_id AND later.kind = record.kind
          AND later.recorded_at = record.retired_at)
"""


def upgrade() -> None:
    """Mark what was corrected as to be indexed, and what was taken out as not to be found."""
    with op.get_context().autocommit_block():  # its lock stops everybody: it is not held while records are marked
        op.execute("ALTER TABLE sealed_records ALTER COLUMN indexed DROP NOT NULL")
    op.execute(
        f"UPDATE sealed_records record SET indexed = CASE WHEN {_SUCCEEDED} THEN 0 END WHERE retired_at IS NOT NULL"
    )


def downgrade() -> None:
    """Forget by what corrected records were found."""
    op.execute(
        "DELETE FROM search_keys key USING sealed_records record WHERE record.case_id = key.case_id "
        "AND record.id = key.record_id AND record.retired_at IS NOT NULL"
    )
    op.execute("UPDATE sealed_records SET indexed = 0 WHERE indexed IS NULL")
    op.execute("ALTER TABLE sealed_records ALTER COLUMN indexed SET NOT NULL")
