"""From where somebody signed in, since when failures count for an account, and when the end of a key was last warned of."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make them."""
    op.add_column("users", sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("service_keys", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "sign_in_addresses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("address", postgresql.INET(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_addresses_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_addresses")),
    )
    op.create_index("ix_sign_in_addresses_user_id_address", "sign_in_addresses", ["user_id", "address"])


def downgrade() -> None:
    """Drop them: everybody is a stranger again, and nothing else is lost."""
    op.drop_table("sign_in_addresses")
    op.drop_column("service_keys", "warned_at")
    op.drop_column("users", "password_set_at")
