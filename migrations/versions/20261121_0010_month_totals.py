"""Months of the ledger, summed: a figure of any past moment costs the same however many people are counted.

Before a day is folded, every month before its own that is not summed yet is summed, from the totals of its days: once
without any dimension but `detail`, and once for each dimension. Such a month is settled, because nothing is dated into
or before a folded day. Totals get an index by the day that is counted, for the days at the edges of a period.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FOLD_MONTHS = """
CREATE FUNCTION fold_ledger_months(before date) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO ledger_months (measure, grain, recorded_month, occurred_month, detail, code, delta)
    SELECT measure,
           CASE GROUPING(nationality, sex, age_group, province, channel, kind)
               WHEN 31 THEN 'nationality' WHEN 47 THEN 'sex' WHEN 55 THEN 'age_group'
               WHEN 59 THEN 'province' WHEN 61 THEN 'channel' WHEN 62 THEN 'kind' ELSE 'whole' END,
           recorded_month, occurred_month, detail,
           coalesce(nationality, sex, age_group, province, channel, kind, '*'), sum(delta)
    FROM (
        SELECT *, date_trunc('month', recorded_on::timestamp)::date AS recorded_month,
               date_trunc('month', occurred_on::timestamp)::date AS occurred_month
        FROM ledger_totals
        WHERE grain = 'full' AND recorded_on < before AND recorded_on >= coalesce(
            (SELECT (max(recorded_month) + interval '1 month')::date FROM ledger_months), '-infinity')
    ) days
    GROUP BY measure, recorded_month, occurred_month, detail,
             GROUPING SETS ((), (nationality), (sex), (age_group), (province), (channel), (kind))
    HAVING sum(delta) <> 0
$$
"""

FOLD_DAY = """
CREATE OR REPLACE FUNCTION fold_ledger_day(day date, instant timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    counted bigint;
BEGIN
{months}    LOCK TABLE ledger_entries IN SHARE ROW EXCLUSIVE MODE;
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

MONTHS_BEFORE = "    PERFORM fold_ledger_months(date_trunc('month', day::timestamp)::date);\n"

FOLDED_ALREADY = "SELECT fold_ledger_months(date_trunc('month', max(recorded_on)::timestamp)::date) FROM ledger_folds"


def upgrade() -> None:
    """Go up; months that are folded already are summed here."""
    op.create_table(
        "ledger_months",
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("recorded_month", sa.Date(), nullable=False),
        sa.Column("occurred_month", sa.Date(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "measure", "grain", "recorded_month", "occurred_month", "detail", "code", name=op.f("pk_ledger_months")
        ),
    )
    op.create_index("ix_ledger_totals_measure_grain_occurred_on", "ledger_totals", ["measure", "grain", "occurred_on"])
    op.execute(FOLD_MONTHS)
    op.execute("REVOKE ALL ON FUNCTION fold_ledger_months(date) FROM PUBLIC")
    op.execute(FOLD_DAY.format(months=MONTHS_BEFORE))
    op.execute(FOLDED_ALREADY)


def downgrade() -> None:
    """Go back."""
    op.execute(FOLD_DAY.format(months=""))
    op.execute("DROP FUNCTION fold_ledger_months(date)")
    op.drop_index("ix_ledger_totals_measure_grain_occurred_on", "ledger_totals")
    op.drop_table("ledger_months")
