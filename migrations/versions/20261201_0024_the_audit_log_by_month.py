"""The audit log in a part for each month (UTC) of recording, so that old months can be exported and detached.

The parts are in a schema of their own, `audit_parts`, and `audit_months` says which there are and which were detached.
What belongs to no month that was made is kept in `audit_log_rest`, so no write fails for a missing part. The rows are
copied in slices while the release before goes on writing. A trigger notes what it writes meanwhile, so what is copied
under a lock is what came since the last slice, however large the log is.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AT_ONCE = 20_000
"""Rows of a slice: a second's work or two, of the sixty that a statement may take."""

AHEAD = 3
"""Months that are made ahead; the service makes further ones."""

COLUMNS = "id, recorded_at, principal_id, agency_id, role, action, subject_ids, fields, reason, request_id, digest"
INDEXES = {
    "ix_audit_log_action_id": "(action, id)",
    "ix_audit_log_agency_id_id": "(agency_id, id)",
    "ix_audit_log_principal_id_id": "(principal_id, id)",
    "ix_audit_log_request_id": "(request_id)",
    "ix_audit_log_role_id": "(role, id)",
    "ix_audit_log_subject_ids": "USING gin (subject_ids)",
}
PARTED, PLAIN = " PARTITION BY RANGE (recorded_at)", ""
KEY = {PARTED: "(id, recorded_at)", PLAIN: "(id)"}

MONTHS = """
CREATE TABLE audit_months (
    month date NOT NULL,
    made_at timestamptz NOT NULL,
    exported_at timestamptz,
    entries bigint,
    digest bytea,
    detached_at timestamptz,
    CONSTRAINT pk_audit_months PRIMARY KEY (month)
)
"""

MAKE = """
CREATE FUNCTION make_audit_month(wanted date, parent regclass) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    part text := 'audit_log_' || to_char(wanted, 'YYYY_MM');
BEGIN
    EXECUTE format('CREATE TABLE audit_parts.%I (LIKE %s INCLUDING DEFAULTS)', part, parent);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON audit_parts.%I FOR EACH STATEMENT EXECUTE FUNCTION '
                   'refuse_change()', part || '_stays', part);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION audit_parts.%I FOR VALUES FROM (%L) TO (%L)', parent, part,
                   wanted::timestamp AT TIME ZONE 'UTC', (wanted + interval '1 month') AT TIME ZONE 'UTC');
    INSERT INTO audit_months (month, made_at) VALUES (wanted, clock_timestamp());
END
$$
"""

MAKE_REST = """
CREATE FUNCTION make_audit_rest(parent regclass) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TABLE audit_parts.audit_log_rest (LIKE %s INCLUDING DEFAULTS)', parent);
    CREATE TRIGGER audit_log_rest_stays BEFORE TRUNCATE ON audit_parts.audit_log_rest
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION audit_parts.audit_log_rest DEFAULT', parent);
END
$$
"""

SORT = """
CREATE FUNCTION sort_audit_rest() RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    wanted date;
    sorted bigint;
BEGIN
    IF NOT EXISTS (SELECT date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date FROM audit_parts.audit_log_rest
                   EXCEPT SELECT month FROM audit_months) THEN
        RETURN 0;
    END IF;
    LOCK TABLE audit_log IN ACCESS EXCLUSIVE MODE;
    ALTER TABLE audit_log DETACH PARTITION audit_parts.audit_log_rest;
    ALTER TABLE audit_parts.audit_log_rest RENAME TO audit_log_unsorted;
    FOR wanted IN
        SELECT DISTINCT date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date AS first
        FROM audit_parts.audit_log_unsorted EXCEPT SELECT month FROM audit_months ORDER BY first
    LOOP
        PERFORM make_audit_month(wanted, 'audit_log');
    END LOOP;
    PERFORM make_audit_rest('audit_log');
    INSERT INTO audit_log SELECT * FROM audit_parts.audit_log_unsorted;
    GET DIAGNOSTICS sorted = ROW_COUNT;
    DROP TABLE audit_parts.audit_log_unsorted;
    RETURN sorted;
END
$$
"""

KEEP = """
CREATE FUNCTION keep_audit_months(ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    present timestamp := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC');
    wanted date;
    made integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('safe-return audit months', 0)) THEN
        RETURN 0;
    END IF;
    FOR wanted IN
        SELECT first::date FROM generate_series(present, present + make_interval(months => least(ahead, 24)),
                                                interval '1 month') AS first
        EXCEPT SELECT month FROM audit_months ORDER BY first
    LOOP
        IF EXISTS (SELECT FROM audit_months WHERE month = wanted) THEN
            CONTINUE;
        ELSIF EXISTS (SELECT FROM audit_parts.audit_log_rest WHERE recorded_at >= wanted::timestamp AT TIME ZONE 'UTC'
                      AND recorded_at < (wanted + interval '1 month') AT TIME ZONE 'UTC') THEN
            PERFORM sort_audit_rest();
        ELSE
            PERFORM make_audit_month(wanted, 'audit_log');
        END IF;
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$
"""

NOTE = """
CREATE FUNCTION note_audit_export(wanted date, counted bigint, told bytea) RETURNS boolean
LANGUAGE sql SET search_path = public, pg_temp AS $$
    UPDATE audit_months SET exported_at = clock_timestamp(), entries = counted, digest = told
    WHERE month = wanted AND detached_at IS NULL RETURNING true
$$
"""

DETACH = """
CREATE FUNCTION detach_audit_month(wanted date, dropped boolean) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    part text := 'audit_log_' || to_char(wanted, 'YYYY_MM');
    exported bigint;
    held bigint;
BEGIN
    SELECT entries INTO exported FROM audit_months WHERE month = wanted AND detached_at IS NULL FOR UPDATE;
    IF exported IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('ALTER TABLE audit_log DETACH PARTITION audit_parts.%I', part);
    EXECUTE format('SELECT count(*) FROM audit_parts.%I', part) INTO held;
    IF held <> exported THEN
        RAISE EXCEPTION '% has % rows, and % were exported', part, held, exported;
    END IF;
    IF dropped THEN
        EXECUTE format('DROP TABLE audit_parts.%I', part);
    ELSE
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON audit_parts.%I FOR EACH ROW EXECUTE FUNCTION '
                       'refuse_change()', part || '_rows_stay', part);
    END IF;
    UPDATE audit_months SET detached_at = clock_timestamp() WHERE month = wanted;
    RETURN true;
END
$$
"""

FUNCTIONS = {
    "make_audit_month(date, regclass)": MAKE,
    "make_audit_rest(regclass)": MAKE_REST,
    "sort_audit_rest()": SORT,
    "keep_audit_months(integer)": KEEP,
    "note_audit_export(date, bigint, bytea)": NOTE,
    "detach_audit_month(date, boolean)": DETACH,
}

TABLE = """
CREATE TABLE audit_log_new (
    id uuid NOT NULL, recorded_at timestamptz NOT NULL, principal_id uuid, agency_id uuid, role text,
    action text NOT NULL, subject_ids uuid[] NOT NULL, fields text[] NOT NULL, reason text, request_id uuid,
    digest bytea NOT NULL, CONSTRAINT pk_audit_log_new PRIMARY KEY {key}
){how}
"""

GRANT_ALIKE = """
DO $$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT grantee::regrole AS role, privilege_type FROM pg_class, aclexplode(relacl)
        WHERE pg_class.oid = 'audit_log'::regclass AND grantee NOT IN (relowner, 0)
    LOOP
        EXECUTE format('GRANT %s ON audit_log_new TO %s', given.privilege_type, given.role);
    END LOOP;
END
$$
"""

NOTE_LATE = """
CREATE FUNCTION note_late_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO audit_log_late SELECT NEW.*;
    RETURN NULL;
END
$$
"""

MOVE_LATE = f"""
WITH moved AS (
    DELETE FROM audit_log_late WHERE ctid = ANY (ARRAY(SELECT ctid FROM audit_log_late LIMIT {AT_ONCE}))
    RETURNING {COLUMNS}
), put AS (
    INSERT INTO audit_log_new ({COLUMNS}) SELECT {COLUMNS} FROM moved ON CONFLICT DO NOTHING
)
SELECT count(*) FROM moved
"""  # noqa: S608 - columns and a number of this file
"""By the key of the new table, so nothing else is read; what a slice copied already is passed over."""

COMPLETE = """
SELECT (SELECT count(*) FROM audit_log) = (SELECT count(*) FROM audit_log_new) + (
    SELECT count(DISTINCT id) FROM audit_log_late l
    WHERE NOT EXISTS (SELECT FROM audit_log_new n WHERE n.id = l.id AND n.recorded_at = l.recorded_at))
"""
"""In one snapshot: a row and its note are there together, or neither is."""


def upgrade() -> None:
    """Go up. A run that was interrupted begins anew: until the end the old table is the log."""
    _forget_copies()
    op.execute("DROP SCHEMA IF EXISTS audit_parts CASCADE")
    op.execute("DROP TABLE IF EXISTS audit_months")
    op.execute("CREATE SCHEMA audit_parts")
    op.execute(MONTHS)
    for function, made in FUNCTIONS.items():
        op.execute(f"DROP FUNCTION IF EXISTS {function}")
        op.execute(made)
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    _make_table(PARTED)
    op.execute("SELECT make_audit_rest('audit_log_new')")
    present = "date_trunc('month', now() AT TIME ZONE 'UTC')"
    op.execute(f"""
        SELECT make_audit_month(first::date, 'audit_log_new') FROM (
            SELECT date_trunc('month', recorded_at AT TIME ZONE 'UTC') AS first FROM audit_log
            UNION SELECT generate_series({present}, {present} + interval '{AHEAD} months', interval '1 month')
            ORDER BY first) months
    """)  # noqa: S608 - a number of this file
    _copy()


def downgrade() -> None:
    """Go back.

    Raises:
        RuntimeError: a month was detached, which only this revision's tables tell from a lost one.
    """
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM audit_months WHERE detached_at IS NOT NULL")):
        raise RuntimeError("Months of the audit log were detached: there is no way back below revision 0024.")
    _forget_copies()
    _make_table(PLAIN)
    _copy()
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP TABLE audit_months")
    op.execute("DROP SCHEMA audit_parts")


def _make_table(how: str) -> None:
    op.execute(TABLE.format(key=KEY[how], how=how))
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name}_new ON audit_log_new {columns}")
    op.execute(
        "CREATE TRIGGER audit_log_rows_stay BEFORE UPDATE OR DELETE ON audit_log_new "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER audit_log_stays BEFORE TRUNCATE ON audit_log_new "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(GRANT_ALIKE)


def _copy() -> None:
    """Copy the log into the new table, which takes its place.

    Raises:
        RuntimeError: the copy has not as many rows.
    """
    context = op.get_context()
    told = context.config.attributes.get("progress") if context.config else None
    op.execute("CREATE TABLE audit_log_late (LIKE audit_log)")
    op.execute(NOTE_LATE)
    op.execute("REVOKE ALL ON FUNCTION note_late_audit() FROM PUBLIC")
    with context.autocommit_block():
        # It waits until everybody who is writing has ended, so each row is one that a slice sees or one that is noted.
        op.execute(
            "CREATE TRIGGER audit_log_noted AFTER INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION note_late_audit()"
        )
        _copy_slices(told)
        _move_late()
        op.execute("SET statement_timeout = 0")
        complete = op.get_bind().scalar(sa.text(COMPLETE))
        op.execute("SET statement_timeout = '60s'")
        if not complete:
            raise RuntimeError("The copy of the audit log is not complete, and nothing was changed: migrate again.")
    op.execute("LOCK TABLE audit_log IN ACCESS EXCLUSIVE MODE")
    _move_late()
    op.execute("DROP TABLE audit_log")
    op.execute("ALTER TABLE audit_log_new RENAME TO audit_log")
    for name in ("pk_audit_log", *INDEXES):
        op.execute(f"ALTER INDEX {name}_new RENAME TO {name}")
    op.execute("DROP TABLE audit_log_late")
    op.execute("DROP FUNCTION note_late_audit()")


def _forget_copies() -> None:
    """Drop what a run that was interrupted left: its trigger with the function, and at once, as that locks the log."""
    with op.get_context().autocommit_block():
        op.execute("DROP FUNCTION IF EXISTS note_late_audit() CASCADE")
    op.execute("DROP TABLE IF EXISTS audit_log_late")
    op.execute("DROP TABLE IF EXISTS audit_log_new")


def _move_late() -> None:
    """Move what was noted into the new table."""
    while op.get_bind().scalar(sa.text(MOVE_LATE)) == AT_ONCE:
        pass


def _copy_slices(told: object) -> None:
    connection = op.get_bind()
    total, done = _count("audit_log"), 0
    after = "00000000-0000-0000-0000-000000000000"
    while True:
        last = connection.scalar(
            sa.text(
                "SELECT id FROM (SELECT id FROM audit_log WHERE id > CAST(:after AS uuid) ORDER BY id LIMIT :n) slice "
                "ORDER BY id DESC LIMIT 1"
            ),
            {"after": str(after), "n": AT_ONCE},
        )
        if last is None:
            return
        copied = connection.execute(
            sa.text(
                f"INSERT INTO audit_log_new ({COLUMNS}) SELECT {COLUMNS} FROM audit_log "  # noqa: S608 - as above
                "WHERE id > CAST(:after AS uuid) AND id <= CAST(:last AS uuid)"
            ),
            {"after": str(after), "last": str(last)},
        )
        done += copied.rowcount
        if callable(told):
            told(done, total, "audit log")
        after = last


def _count(table: str) -> int:
    counted: int = op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - one of two names
    return counted
