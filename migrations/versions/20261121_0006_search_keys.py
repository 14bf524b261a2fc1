"""Search keys: what is sealed can be found without being readable. Keyed hashes only, under a key kept wrapped.

Records that were sealed before have none yet: `safe-return index` makes them, a few hundred at a time, while the
service runs. Going back forgets keys that can be made again, nothing else.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go up."""
    op.add_column("sealed_records", sa.Column("indexed", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "index_keys",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_keys")),
    )
    op.create_table(
        "search_keys",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('name', 'whole_name', 'contact', 'document', 'text')", name=op.f("ck_search_keys_kind")
        ),
        sa.CheckConstraint(
            "subject_kind IN ('case', 'person', 'offender')", name=op.f("ck_search_keys_subject_kind")
        ),
        sa.PrimaryKeyConstraint("case_id", "record_id", "kind", "key", name=op.f("pk_search_keys")),
    )
    op.create_index("ix_search_keys_kind_key", "search_keys", ["kind", "key"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_search_keys_kind_key", table_name="search_keys")
    op.drop_table("search_keys")
    op.drop_table("index_keys")
    op.drop_column("sealed_records", "indexed")
