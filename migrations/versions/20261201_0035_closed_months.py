"""A month of recording whose days are all folded is closed: its sums take the place of those of its days.

A closed month has two kinds of sums, by the month that is counted: `ledger_cells` with every dimension, and `ledger_months`
with one beside `detail`. What they do not say is read from the entries: single days, and the month as known in its midst.
So the sums of days are needed of the open month only. Those of a closed one are taken away, in slices, a day after it was
closed: until then a service of the release before may read them.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SUM_MONTH = """
CREATE OR REPLACE FUNCTION sum_ledger_month(summed date, at_once integer) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    doing ledger_folding%ROWTYPE;
    next_month date := (summed + interval '1 month')::date;
    upto record;
    left_over integer := at_once;
BEGIN
    SELECT * INTO doing FROM ledger_folding;
    WHILE left_over > 0 LOOP
        SELECT max(recorded_on) AS recorded_on, (max(ARRAY[recorded_on, occurred_on]))[2] AS occurred_on,
               count(*)::integer AS counted INTO upto
        FROM (
            SELECT recorded_on, occurred_on FROM ledger_totals
            WHERE measure = doing.measure AND grain = 'full' AND recorded_on >= summed AND recorded_on < next_month
              AND (recorded_on, occurred_on) > (doing.summed_on, doing.summed_day)
            ORDER BY recorded_on, occurred_on FETCH FIRST (left_over) ROWS WITH TIES
        ) slice;
        IF upto.counted = 0 THEN
{wipe_cells}            DELETE FROM ledger_months WHERE measure = doing.measure AND recorded_month = summed AND delta = 0;
            SELECT min(measure) INTO doing.measure FROM ledger_totals WHERE measure > doing.measure;
            EXIT WHEN doing.measure IS NULL;
            doing.summed_on := '-infinity';
            doing.summed_day := '-infinity';
        ELSE
{sum_cells}            INSERT INTO ledger_months (measure, grain, recorded_month, occurred_month, detail, code, delta)
            SELECT measure,
                   CASE GROUPING(nationality, sex, age_group, province, channel, kind)
                       WHEN 31 THEN 'nationality' WHEN 47 THEN 'sex' WHEN 55 THEN 'age_group'
                       WHEN 59 THEN 'province' WHEN 61 THEN 'channel' WHEN 62 THEN 'kind' ELSE 'whole' END,
                   summed, occurred_month, detail,
                   coalesce(nationality, sex, age_group, province, channel, kind, '*'), sum(delta)
            FROM (
                SELECT *, date_trunc('month', occurred_on::timestamp)::date AS occurred_month FROM ledger_totals
                WHERE measure = doing.measure AND grain = 'full' AND recorded_on >= summed AND recorded_on < next_month
                  AND (recorded_on, occurred_on) > (doing.summed_on, doing.summed_day)
                  AND (recorded_on, occurred_on) <= (upto.recorded_on, upto.occurred_on)
            ) days
            GROUP BY measure, occurred_month, detail,
                     GROUPING SETS ((), (nationality), (sex), (age_group), (province), (channel), (kind))
            HAVING sum(delta) <> 0
            ON CONFLICT (measure, grain, recorded_month, occurred_month, detail, code)
            DO UPDATE SET delta = ledger_months.delta + EXCLUDED.delta;
            doing.summed_on := upto.recorded_on;
            doing.summed_day := upto.occurred_on;
            left_over := left_over - upto.counted;
        END IF;
    END LOOP;
    UPDATE ledger_folding SET measure = coalesce(doing.measure, ''), summed_on = doing.summed_on,
                              summed_day = doing.summed_day, months_summed = doing.measure IS NULL;
{close}    RETURN doing.measure IS NULL;
END
$$
"""

WITH_CELLS = {
    "wipe_cells": """\
            DELETE FROM ledger_cells WHERE measure = doing.measure AND recorded_month = summed AND delta = 0;
""",
    "sum_cells": """\
            INSERT INTO ledger_cells (measure, occurred_month, recorded_month, nationality, detail, sex, age_group,
                                      province, channel, kind, delta)
            SELECT measure, date_trunc('month', occurred_on::timestamp)::date, summed, nationality, detail, sex,
                   age_group, province, channel, kind, sum(delta)
            FROM ledger_totals
            WHERE measure = doing.measure AND grain = 'full' AND recorded_on >= summed AND recorded_on < next_month
              AND (recorded_on, occurred_on) > (doing.summed_on, doing.summed_day)
              AND (recorded_on, occurred_on) <= (upto.recorded_on, upto.occurred_on)
            GROUP BY 1, 2, nationality, detail, sex, age_group, province, channel, kind
            HAVING sum(delta) <> 0
            ON CONFLICT (measure, occurred_month, recorded_month, nationality, detail, sex, age_group, province,
                         channel, kind)
            DO UPDATE SET delta = ledger_cells.delta + EXCLUDED.delta;
""",
    "close": """\
    IF doing.measure IS NULL THEN
        INSERT INTO ledger_closed (recorded_month, closed_at) VALUES (summed, clock_timestamp());
    END IF;
""",
}
WITHOUT_CELLS = dict.fromkeys(WITH_CELLS, "")

STEP = """
CREATE OR REPLACE FUNCTION fold_ledger_step(instant timestamptz, at_once integer, OUT folded date, OUT state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    doing ledger_folding%ROWTYPE;
    due date;
    summed date;
    wiped text;
{declared}BEGIN
    state := 'idle';
    at_once := greatest(at_once, 1);
    IF NOT pg_try_advisory_xact_lock(hashtextextended('safe-return ledger fold', 0)) THEN
        RETURN;
    END IF;
    SELECT * INTO doing FROM ledger_folding;
    IF NOT FOUND THEN
        SELECT (min(recorded_at) AT TIME ZONE 'UTC')::date INTO due FROM ledger_entries
        WHERE recorded_at >= coalesce(
            (SELECT (max(recorded_on) + 1)::timestamp AT TIME ZONE 'UTC' FROM ledger_folds), '-infinity');
        IF least(instant, clock_timestamp()) >= (due + 1)::timestamp AT TIME ZONE 'UTC' + interval '30 seconds' THEN
            INSERT INTO ledger_folding (recorded_on, began_at, closed_by, entries, slices, measure, summed_on,
                                        summed_day, months_summed, entries_summed)
            VALUES (due, clock_timestamp(), pg_current_xact_id()::text, 0, 0, '', '-infinity', '-infinity', false, false);
            state := 'more';
        END IF;
        RETURN;
    END IF;
    IF doing.closed_by = pg_current_xact_id_if_assigned()::text THEN
        state := 'wait';  -- nobody else sees yet that the day is closed
        RETURN;
    END IF;
    IF doing.writers IS NULL THEN
        doing.writers := ledger_writers();
        UPDATE ledger_folding SET writers = doing.writers;
    END IF;
    IF doing.writers && ledger_writers() THEN
        state := 'wait';
        RETURN;
    END IF;
    state := 'more';
    IF NOT doing.months_summed THEN
        SELECT date_trunc('month', max(recorded_on)::timestamp)::date INTO summed FROM ledger_folds;
        IF summed IS NULL OR summed >= date_trunc('month', doing.recorded_on::timestamp)
           OR (doing.measure = '' AND EXISTS (SELECT FROM {summed} WHERE recorded_month >= summed)) THEN
            UPDATE ledger_folding SET months_summed = true;
        ELSIF NOT sum_ledger_month(summed, at_once) THEN
            RETURN;
        END IF;
    END IF;
    IF NOT doing.entries_summed THEN
        IF sum_ledger_entries(at_once) >= at_once THEN
            RETURN;
        END IF;
        UPDATE ledger_folding SET entries_summed = true, measure = '' RETURNING * INTO doing;
    END IF;
{wipe}    INSERT INTO ledger_folds (recorded_on, folded_at, entries)
    VALUES (doing.recorded_on, clock_timestamp(), doing.entries);
    DELETE FROM ledger_folding;
    folded := doing.recorded_on;
    state := 'done';
END
$$
"""

OF_CLOSED_MONTHS = {
    "declared": """\
    kept_from date;
    gone integer;
""",
    "summed": "ledger_closed",
    "wipe": """\
    SELECT coalesce((max(recorded_month) + interval '1 month')::date, '-infinity') INTO kept_from FROM ledger_closed
    WHERE closed_at < clock_timestamp() - interval '1 day';
    LOOP
        SELECT min(measure) INTO wiped FROM ledger_totals WHERE measure > doing.measure;
        EXIT WHEN wiped IS NULL;
        DELETE FROM ledger_totals WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM ledger_totals
            WHERE measure = wiped AND grain IN ('full', 'coarse') AND recorded_on < kept_from LIMIT at_once));
        GET DIAGNOSTICS gone = ROW_COUNT;
        IF gone < at_once THEN
            doing.measure := wiped;
        END IF;
        IF doing.slices > 1 THEN
            DELETE FROM ledger_totals
            WHERE measure = wiped AND grain IN ('full', 'coarse') AND recorded_on = doing.recorded_on AND delta = 0;
        END IF;
        IF doing.slices > 1 OR gone > 0 THEN
            UPDATE ledger_folding SET measure = doing.measure;
            RETURN;
        END IF;
    END LOOP;
""",
}
OF_EVERY_DAY = {
    "declared": "",
    "summed": "ledger_months",
    "wipe": """\
    IF doing.slices > 1 THEN
        SELECT min(measure) INTO wiped FROM ledger_totals WHERE measure > doing.measure;
        IF wiped IS NOT NULL THEN
            DELETE FROM ledger_totals
            WHERE measure = wiped AND grain IN ('full', 'coarse') AND recorded_on = doing.recorded_on AND delta = 0;
            UPDATE ledger_folding SET measure = wiped;
            RETURN;
        END IF;
    END IF;
""",
}

NOBODY_FOLDS = "SELECT pg_advisory_xact_lock(hashtextextended('safe-return ledger fold', 0))"

OPEN_MONTH = "SELECT date_trunc('month', max(recorded_on)::timestamp)::date FROM ledger_folds"

BEGIN_AGAIN = (
    f"DELETE FROM ledger_months WHERE recorded_month >= ({OPEN_MONTH})",
    "UPDATE ledger_folding SET measure = '', summed_on = '-infinity', summed_day = '-infinity', months_summed = false",
)
"""A month that was being summed is summed from its beginning: of its first slices there are no cells."""

FOLDED_MONTHS = f"""
SELECT DISTINCT date_trunc('month', recorded_on::timestamp)::date FROM ledger_folds
WHERE recorded_on < ({OPEN_MONTH}) ORDER BY 1
"""
CLOSED_MONTHS = "SELECT recorded_month FROM ledger_closed ORDER BY 1"

CLOSE = """
WITH closed AS (
    INSERT INTO ledger_closed (recorded_month, closed_at) VALUES (:month, clock_timestamp())
)
INSERT INTO ledger_cells (measure, occurred_month, recorded_month, nationality, detail, sex, age_group, province, channel,
                          kind, delta)
SELECT measure, date_trunc('month', occurred_on::timestamp)::date, :month, nationality, detail, sex, age_group, province,
       channel, kind, sum(delta)
FROM ledger_entries
WHERE recorded_at >= CAST(:month AS timestamp) AT TIME ZONE 'UTC'
  AND recorded_at < (CAST(:month AS timestamp) + interval '1 month') AT TIME ZONE 'UTC'
GROUP BY 1, 2, nationality, detail, sex, age_group, province, channel, kind
HAVING sum(delta) <> 0
"""

SUM_DAYS_AGAIN = """
INSERT INTO ledger_totals (measure, grain, recorded_on, occurred_on, nationality, detail, sex, age_group, province,
                           channel, kind, delta)
SELECT measure, CASE GROUPING(sex) WHEN 0 THEN 'full' ELSE 'coarse' END, (recorded_at AT TIME ZONE 'UTC')::date,
       occurred_on, nationality, detail, coalesce(sex, '*'), coalesce(age_group, '*'), coalesce(province, '*'),
       coalesce(channel, '*'), coalesce(kind, '*'), sum(delta)
FROM ledger_entries
WHERE recorded_at >= CAST(:month AS timestamp) AT TIME ZONE 'UTC'
  AND recorded_at < (CAST(:month AS timestamp) + interval '1 month') AT TIME ZONE 'UTC'
GROUP BY measure, 3, occurred_on, nationality, detail,
         GROUPING SETS ((), (sex, age_group, province, channel, kind))
HAVING sum(delta) <> 0
ON CONFLICT DO NOTHING
"""

DIMENSIONS = ("nationality", "detail", "sex", "age_group", "province", "channel", "kind")


def upgrade() -> None:
    """Close the months that are folded, each from its entries."""
    op.execute(NOBODY_FOLDS)
    op.create_table(
        "ledger_cells",
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("occurred_month", sa.Date(), nullable=False),
        sa.Column("recorded_month", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in DIMENSIONS),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "measure", "occurred_month", "recorded_month", *DIMENSIONS, name=op.f("pk_ledger_cells")
        ),
    )
    op.create_table(
        "ledger_closed",
        sa.Column("recorded_month", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("recorded_month", name=op.f("pk_ledger_closed")),
    )
    for statement in BEGIN_AGAIN:
        op.execute(statement)
    _each(FOLDED_MONTHS, CLOSE)
    op.execute(SUM_MONTH.format(**WITH_CELLS))
    op.execute(STEP.format(**OF_CLOSED_MONTHS))


def downgrade() -> None:
    """Sum the days again that were taken away."""
    op.execute(NOBODY_FOLDS)
    op.execute(STEP.format(**OF_EVERY_DAY))
    op.execute(SUM_MONTH.format(**WITHOUT_CELLS))
    _each(CLOSED_MONTHS, SUM_DAYS_AGAIN)
    op.drop_table("ledger_closed")
    op.drop_table("ledger_cells")


def _each(months: str, statement: str) -> None:
    """Execute a statement once for each month, so that none meets the limit of a statement."""
    connection = op.get_bind()
    executed = sa.text(statement).bindparams(sa.bindparam("month", type_=sa.Date))
    for month in connection.execute(sa.text(months)).scalars().all():
        connection.execute(executed, {"month": month})
