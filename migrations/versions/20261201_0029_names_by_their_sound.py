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
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f(CHECK), "search_keys", type_="check")
    op.create_check_constraint(op.f(CHECK), "search_keys", f"kind IN ({listed})")
