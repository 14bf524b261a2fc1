"""Folding the ledger is the database's own act: nobody writes totals by hand, and nothing is dated into a folded day.

The run-time role may call the function and read what it made. While a day is folded no entry can be written; one that
would be dated in a day already folded is refused as a serialization failure, so that its write is tried again, later.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FOLD = """
CREATE FUNCTION fold_ledger_day(day date, instant timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    counted bigint;
BEGIN
    LOCK TABLE ledger_entries IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM ledger_folds WHERE recorded_on >= day) THEN
        RETURN NULL;
    END IF;
    INSERT INTO ledger_totals (measure, grain, recorded_on, occurred_on, nationality, detail, sex, age_group,
                               province, channel, kind, delta)
    SELECT measure, 'full', day, occurred_on, nationality, detail, sex, age_group, province, channel, kind, sum(delta)
    FROM ledger_entries
    WHERE recorded_at >= day::timestamp AT TIME ZONE 'UTC' AND recorded_at < (day + 1)::timestamp AT TIME ZONE 'UTC'
    GROUP BY measure, occurred_on, nationality, detail, sex, age_group, province, channel, kind
    HAVING sum(delta) <> 0;
    INSERT INTO ledger_totals (measure, grain, recorded_on, occurred_on, nationality, detail, sex, age_group,
                               province, channel, kind, delta)
    SELECT measure, 'coarse', day, occurred_on, nationality, detail, '*', '*', '*', '*', '*', sum(delta)
    FROM ledger_entries
    WHERE recorded_at >= day::timestamp AT TIME ZONE 'UTC' AND recorded_at < (day + 1)::timestamp AT TIME ZONE 'UTC'
    GROUP BY measure, occurred_on, nationality, detail
    HAVING sum(delta) <> 0;
    SELECT count(*) INTO counted FROM ledger_entries
    WHERE recorded_at >= day::timestamp AT TIME ZONE 'UTC' AND recorded_at < (day + 1)::timestamp AT TIME ZONE 'UTC';
    INSERT INTO ledger_folds (recorded_on, folded_at, entries) VALUES (day, instant, counted);
    RETURN counted;
END
$$
"""

REFUSE = """
CREATE FUNCTION refuse_folded_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT (min(recorded_at) AT TIME ZONE 'UTC')::date FROM added)
       <= (SELECT max(recorded_on) FROM ledger_folds) THEN
        RAISE EXCEPTION 'this day of the ledger is folded already' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """Go up."""
    op.execute(FOLD)
    op.execute("REVOKE ALL ON FUNCTION fold_ledger_day(date, timestamptz) FROM PUBLIC")
    op.execute(REFUSE)
    op.execute(
        "CREATE TRIGGER ledger_entries_into_open_days AFTER INSERT ON ledger_entries "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_folded_day()"
    )


def downgrade() -> None:
    """Go back."""
    op.execute("DROP TRIGGER ledger_entries_into_open_days ON ledger_entries")
    op.execute("DROP FUNCTION refuse_folded_day()")
    op.execute("DROP FUNCTION fold_ledger_day(date, timestamptz)")
