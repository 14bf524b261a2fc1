"""Names are found by their sound too; the rules before know no such keys."""

from collections.abc import Sequence

from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHECK = "ck_search_keys_kind"
BEFORE = ("name", "whole_name", "contact", "document", "text")
RULES_BEFORE = 2


def upgrade() -> None:
    """Let keys be of sounds. They come while the service runs."""
    _allow((*BEFORE, "sound"))


def downgrade() -> None:
    """Forget the keys of sounds; `safe-return index` of the release before makes the others anew."""
    op.execute("DELETE FROM search_keys WHERE kind = 'sound'")
    op.execute(f"UPDATE sealed_records SET indexed = 0 WHERE indexed > {RULES_BEFORE}")
    _allow(BEFORE)


def _allow(kinds: tuple[str, ...]) -> None:
    """Replace the check, and look at what is there without the lock that stops everybody."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.get_context().autocommit_block():
        op.execute(
            f"ALTER TABLE search_keys DROP CONSTRAINT IF EXISTS {CHECK}, "
            f"ADD CONSTRAINT {CHECK} CHECK (kind IN ({listed})) NOT VALID"
        )
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"ALTER TABLE search_keys VALIDATE CONSTRAINT {CHECK}")
        op.execute("SET lock_timeout = '4s'")
        op.execute("SET statement_timeout = '60s'")
