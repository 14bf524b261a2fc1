"""A day is folded in slices, each a short transaction of its own, and nobody who writes waits for one.

First the day is closed: a row of `ledger_folding` says that it takes no more entries. Whoever was writing at that
moment may not have seen it, so their transactions are noted, and nothing is summed before they have ended. Then the
month before is summed, if the day begins another; then the entries of the day, in the order in which they were recorded;
sums that came to zero are taken away; and a row of `ledger_folds` makes all of it count at once. Until then figures
read the entries themselves. `fold_ledger_day` does the same for the release before.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REFUSE = """
CREATE OR REPLACE FUNCTION refuse_folded_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earliest timestamptz;
    latest timestamptz;
BEGIN
    SELECT min(recorded_at), max(recorded_at) INTO earliest, latest FROM added;
    IF NOT public.is_timely(earliest, latest) THEN
        RAISE EXCEPTION 'recorded_at is not of now' USING ERRCODE = 'SR001';
    END IF;
    IF (earliest AT TIME ZONE 'UTC')::date <= {closed} THEN
        RAISE EXCEPTION 'this day of the ledger is folded already' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END
$$
"""

FOLDED = "(SELECT max(recorded_on) FROM public.ledger_folds)"
CLOSED = f"greatest({FOLDED}, (SELECT max(recorded_on) FROM public.ledger_folding))"

WRITING = """
CREATE FUNCTION ledger_writers() RETURNS text[] LANGUAGE sql SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT virtualtransaction), '{}') FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'ledger_entries'::regclass AND mode = 'RowExclusiveLock' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$
"""

SUM_MONTH = """
CREATE FUNCTION sum_ledger_month(summed date, at_once integer) RETURNS boolean
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
            DELETE FROM ledger_months WHERE measure = doing.measure AND recorded_month = summed AND delta = 0;
            SELECT min(measure) INTO doing.measure FROM ledger_totals WHERE measure > doing.measure;
            EXIT WHEN doing.measure IS NULL;
            doing.summed_on := '-infinity';
            doing.summed_day := '-infinity';
        ELSE
            INSERT INTO ledger_months (measure, grain, recorded_month, occurred_month, detail, code, delta)
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
    RETURN doing.measure IS NULL;
END
$$
"""

SUM_DAY = """
CREATE FUNCTION sum_ledger_entries(at_once integer) RETURNS integer
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    doing ledger_folding%ROWTYPE;
    since timestamptz;
    last_at timestamptz;
    counted integer;
BEGIN
    SELECT * INTO doing FROM ledger_folding;
    since := coalesce(doing.upto, doing.recorded_on::timestamp AT TIME ZONE 'UTC' - interval '1 microsecond');
    SELECT max(recorded_at), count(*) INTO last_at, counted FROM (
        SELECT recorded_at FROM ledger_entries
        WHERE recorded_at > since AND recorded_at < (doing.recorded_on + 1)::timestamp AT TIME ZONE 'UTC'
        ORDER BY recorded_at FETCH FIRST (at_once) ROWS WITH TIES
    ) slice;
    INSERT INTO ledger_totals (measure, grain, recorded_on, occurred_on, nationality, detail, sex, age_group,
                               province, channel, kind, delta)
    SELECT measure, 'full', doing.recorded_on, occurred_on, nationality, detail, sex, age_group, province, channel,
           kind, sum(delta)
    FROM ledger_entries WHERE recorded_at > since AND recorded_at <= last_at
    GROUP BY measure, occurred_on, nationality, detail, sex, age_group, province, channel, kind
    HAVING sum(delta) <> 0
    UNION ALL
    SELECT measure, 'coarse', doing.recorded_on, occurred_on, nationality, detail, '*', '*', '*', '*', '*', sum(delta)
    FROM ledger_entries WHERE recorded_at > since AND recorded_at <= last_at
    GROUP BY measure, occurred_on, nationality, detail
    HAVING sum(delta) <> 0
    ON CONFLICT (measure, grain, recorded_on, occurred_on, nationality, detail, sex, age_group, province, channel, kind)
    DO UPDATE SET delta = ledger_totals.delta + EXCLUDED.delta;
    UPDATE ledger_folding SET upto = coalesce(last_at, doing.upto), entries = entries + counted,
                              slices = slices + 1;
    RETURN counted;
END
$$
"""

STEP = """
CREATE FUNCTION fold_ledger_step(instant timestamptz, at_once integer, OUT folded date, OUT state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    doing ledger_folding%ROWTYPE;
    due date;
    summed date;
    wiped text;
BEGIN
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
           OR (doing.measure = '' AND EXISTS (SELECT FROM ledger_months WHERE recorded_month >= summed)) THEN
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
    IF doing.slices > 1 THEN
        SELECT min(measure) INTO wiped FROM ledger_totals WHERE measure > doing.measure;
        IF wiped IS NOT NULL THEN
            DELETE FROM ledger_totals
            WHERE measure = wiped AND grain IN ('full', 'coarse') AND recorded_on = doing.recorded_on AND delta = 0;
            UPDATE ledger_folding SET measure = wiped;
            RETURN;
        END IF;
    END IF;
    INSERT INTO ledger_folds (recorded_on, folded_at, entries)
    VALUES (doing.recorded_on, clock_timestamp(), doing.entries);
    DELETE FROM ledger_folding;
    folded := doing.recorded_on;
    state := 'done';
END
$$
"""

DAY = """
CREATE OR REPLACE FUNCTION fold_ledger_day(day date, instant timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN state IN ('more', 'done') THEN 1 END FROM fold_ledger_step(instant, 20000)
$$
"""

OLD_DAY = """
CREATE FUNCTION fold_ledger_day(day date, instant timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    counted bigint;
BEGIN
    IF clock_timestamp() < (day + 1)::timestamp AT TIME ZONE 'UTC' + interval '30 seconds' THEN
        RETURN NULL;
    END IF;
    PERFORM fold_ledger_months(date_trunc('month', day::timestamp)::date);
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
    INSERT INTO ledger_folds (recorded_on, folded_at, entries) VALUES (day, clock_timestamp(), counted);
    RETURN counted;
END
$$
"""

UNDO_UNFINISHED = (
    "DELETE FROM ledger_totals WHERE recorded_on IN (SELECT recorded_on FROM ledger_folding)",
    "DELETE FROM ledger_months WHERE EXISTS (SELECT FROM ledger_folding) AND recorded_month >= "
    "(SELECT date_trunc('month', max(recorded_on)::timestamp) FROM ledger_folds)",
)

RUN_BY_FOLDING = ("ledger_writers()", "sum_ledger_month(date, integer)", "sum_ledger_entries(integer)")
STEP_CALLED = "fold_ledger_step(timestamptz, integer)"


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "ledger_folding",
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("writers", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("summed_on", sa.Date(), nullable=False),
        sa.Column("summed_day", sa.Date(), nullable=False),
        sa.Column("months_summed", sa.Boolean(), nullable=False),
        sa.Column("upto", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("slices", sa.Integer(), nullable=False),
        sa.Column("entries_summed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("recorded_on", name=op.f("pk_ledger_folding")),
    )
    op.execute(REFUSE.format(closed=CLOSED))
    for made in (WRITING, SUM_MONTH, SUM_DAY, STEP):
        op.execute(made)
    for function in (*RUN_BY_FOLDING, STEP_CALLED):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute("DROP FUNCTION fold_ledger_day(date, timestamptz)")
    op.execute(DAY)
    op.execute("REVOKE ALL ON FUNCTION fold_ledger_day(date, timestamptz) FROM PUBLIC")


def downgrade() -> None:
    """Go back; what was summed of a day that is not folded yet is taken away."""
    for statement in UNDO_UNFINISHED:
        op.execute(statement)
    op.execute("DROP FUNCTION fold_ledger_day(date, timestamptz)")
    op.execute(OLD_DAY)
    op.execute("REVOKE ALL ON FUNCTION fold_ledger_day(date, timestamptz) FROM PUBLIC")
    for function in (STEP_CALLED, *RUN_BY_FOLDING):
        op.execute(f"DROP FUNCTION {function}")
    op.execute(REFUSE.format(closed=FOLDED))
    op.drop_table("ledger_folding")
