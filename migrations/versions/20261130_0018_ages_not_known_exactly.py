"""Ages and birth years that are a range or "about", in columns of their own; and dates of birth among what is sealed.

Nobody's was recorded before, so rows that stand have none.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OLD_SEALED = (
    "name", "document", "contact", "reporter", "place", "town", "narrative", "allegation", "label", "description",
    "note", "guardian", "grounds",
)  # fmt: skip

REFUSE = """
DO $$ BEGIN
    IF EXISTS (
        SELECT FROM events
        WHERE (kind = 'wish_stated' AND fact ? 'embassy_heard') OR (kind = 'ended' AND fact ? 'reported')
    ) THEN RAISE EXCEPTION 'wishes or ends are recorded with who says so: an older release cannot read them';
    END IF;
    IF EXISTS (
        SELECT FROM events WHERE kind = 'described'
        AND (jsonb_typeof(fact -> 'age') = 'object' OR jsonb_typeof(fact -> 'birth_year') = 'object')
    ) THEN RAISE EXCEPTION 'ages or birth years are recorded as ranges: an older release cannot read them';
    END IF;
END $$
"""


def upgrade() -> None:
    """Add the columns and the kind."""
    op.add_column("persons", sa.Column("birth_year_range", postgresql.JSONB(), nullable=True))
    op.add_column("persons", sa.Column("stated_age_range", postgresql.JSONB(), nullable=True))
    _allow((*OLD_SEALED, "birth"))


def downgrade() -> None:
    """Take them away. PostgreSQL refuses it while any is recorded: an older program could not read it."""
    op.execute(REFUSE)
    _allow(OLD_SEALED)
    op.drop_column("persons", "stated_age_range")
    op.drop_column("persons", "birth_year_range")


def _allow(kinds: Sequence[str]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_sealed_records_kind"), "sealed_records", type_="check")
    op.create_check_constraint(op.f("ck_sealed_records_kind"), "sealed_records", f"kind IN ({listed})")
