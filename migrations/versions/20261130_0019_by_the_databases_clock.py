"""The database holds what is recorded against its own clock, and folds no day that is not over by it.

An event or a ledger entry is refused whose `recorded_at` is more than 25 s behind that clock or 5 s ahead of it: an
event when its transaction commits, because only then is it certain how late it is. Figures call an instant settled 30 s
after it passed. A row of `clock_tolerance`, which only the owner writes, says other limits.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_TIMELY = """
CREATE FUNCTION is_timely(earliest timestamptz, latest timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    behind double precision;
    ahead double precision;
BEGIN
    SELECT behind_s, ahead_s INTO behind, ahead FROM public.clock_tolerance;
    RETURN earliest >= clock_timestamp() - make_interval(secs => coalesce(behind, 25))
       AND latest <= clock_timestamp() + make_interval(secs => coalesce(ahead, 5));
END
$$
"""

REFUSE_EVENT = """
CREATE FUNCTION refuse_untimely() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT public.is_timely(NEW.recorded_at, NEW.recorded_at) THEN
        RAISE EXCEPTION 'recorded_at is not of now' USING ERRCODE = 'SR001';
    END IF;
    RETURN NULL;
END
$$
"""

REFUSE_ENTRIES = """
CREATE OR REPLACE FUNCTION refuse_folded_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earliest timestamptz;
    latest timestamptz;
BEGIN
    SELECT min(recorded_at), max(recorded_at) INTO earliest, latest FROM added;
    IF NOT public.is_timely(earliest, latest) THEN
        RAISE EXCEPTION 'recorded_at is not of now' USING ERRCODE = 'SR001';
    END IF;
    IF (earliest AT TIME ZONE 'UTC')::date <= (SELECT max(recorded_on) FROM public.ledger_folds) THEN
        RAISE EXCEPTION 'this day of the ledger is folded already' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END
$$
"""

REFUSE_FOLDED_ONLY = """
CREATE OR REPLACE FUNCTION refuse_folded_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT (min(recorded_at) AT TIME ZONE 'UTC')::date FROM added)
       <= (SELECT max(recorded_on) FROM ledger_folds) THEN
        RAISE EXCEPTION 'this day of the ledger is folded already' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END
$$
"""

FOLD_DAY = """
CREATE OR REPLACE FUNCTION fold_ledger_day(day date, instant timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    counted bigint;
BEGIN
{over}    PERFORM fold_ledger_months(date_trunc('month', day::timestamp)::date);
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
    INSERT INTO ledger_folds (recorded_on, folded_at, entries) VALUES (day, {instant}, counted);
    RETURN counted;
END
$$
"""

OVER = """\
    IF clock_timestamp() < (day + 1)::timestamp AT TIME ZONE 'UTC' + interval '30 seconds' THEN
        RETURN NULL;
    END IF;
"""


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "clock_tolerance",
        sa.Column("one", sa.Boolean(), nullable=False),
        sa.Column("behind_s", sa.Integer(), nullable=False),
        sa.Column("ahead_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_clock_tolerance")),
    )
    op.execute(IS_TIMELY)
    op.execute(REFUSE_EVENT)
    op.execute(
        "CREATE CONSTRAINT TRIGGER events_are_timely AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION refuse_untimely()"
    )
    op.execute(REFUSE_ENTRIES)
    op.execute(FOLD_DAY.format(over=OVER, instant="clock_timestamp()"))


def downgrade() -> None:
    """Go back."""
    op.execute(FOLD_DAY.format(over="", instant="instant"))
    op.execute(REFUSE_FOLDED_ONLY)
    op.execute("DROP TRIGGER events_are_timely ON events")
    op.execute("DROP FUNCTION refuse_untimely()")
    op.execute("DROP FUNCTION is_timely(timestamptz, timestamptz)")
    op.drop_table("clock_tolerance")
