"""The database takes no account, key, session or retirement of the run-time role that is not on record.

A row of `users`, `service_keys` or `sessions`, and the retirement of a sealed record, is refused when its transaction
commits unless the audit log says so, with the same instant. Accounts and keys are made by an active administrator, or
by the command line. Whoever owns the tables is not held: it could take the triggers away.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OWNS = """
CREATE FUNCTION owns(relation oid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_has_role(session_user, relowner, 'MEMBER') FROM pg_class WHERE oid = relation
$$
"""

REFUSE_UNRECORDED = """
CREATE FUNCTION refuse_unrecorded() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    told jsonb := to_jsonb(NEW);
    instant timestamptz := told ->> TG_ARGV[1];
BEGIN
    IF NOT owns(TG_RELID) AND NOT EXISTS (
        SELECT FROM audit_log entry
        WHERE entry.recorded_at = instant AND entry.subject_ids @> ARRAY[(told ->> TG_ARGV[0])::uuid]
          AND (TG_NARGS < 3 OR entry.action = TG_ARGV[2])
          AND (TG_NARGS < 4 OR entry.principal_id IS NULL OR EXISTS (
              SELECT FROM users WHERE id = entry.principal_id AND role = TG_ARGV[3] AND disabled_at IS NULL))
    ) THEN
        RAISE EXCEPTION 'nothing is made in % of which the audit log says nothing', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$
"""

REFUSE_ALTERED = """
CREATE FUNCTION refuse_altered() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT owns(TG_RELID) THEN
        RAISE EXCEPTION 'what was sealed is retired, never altered' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$
"""

SESSION_OF_NOBODY = """
CREATE FUNCTION refuse_session() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT owns(TG_RELID) AND (NEW.expires_at <= NEW.opened_at OR NOT EXISTS (
        SELECT FROM users JOIN agencies ON agencies.id = users.agency_id
        WHERE users.id = NEW.user_id AND users.disabled_at IS NULL AND agencies.disabled_at IS NULL
    )) THEN
        RAISE EXCEPTION 'this user has no sessions' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$
"""

FUNCTIONS = {
    "owns(oid)": OWNS,
    "refuse_unrecorded()": REFUSE_UNRECORDED,
    "refuse_altered()": REFUSE_ALTERED,
    "refuse_session()": SESSION_OF_NOBODY,
}

RECORDED = {
    "users": ("users_are_recorded", "INSERT", "id', 'created_at', 'user:made', 'admin"),
    "service_keys": ("service_keys_are_recorded", "INSERT", "id', 'created_at', 'key:made', 'admin"),
    "sessions": ("sessions_are_recorded", "INSERT", "user_id', 'opened_at', 'session:opened"),
    "sealed_records": ("sealed_records_are_retired_on_record", "UPDATE", "case_id', 'retired_at"),
}

SEALED = "case_id, id, subject_kind, subject_id, kind, version, content, agency_id, recorded_at, recorded_by"


def upgrade() -> None:
    """Let it check."""
    for function in FUNCTIONS.values():
        op.execute(function)
    for table, (name, event, arguments) in RECORDED.items():
        retired = "WHEN (OLD.retired_at IS DISTINCT FROM NEW.retired_at)" if event == "UPDATE" else ""
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table} DEFERRABLE INITIALLY DEFERRED "
            f"FOR EACH ROW {retired} EXECUTE FUNCTION refuse_unrecorded('{arguments}')"
        )
    op.execute(
        f"CREATE TRIGGER sealed_records_stay BEFORE UPDATE OF {SEALED} ON sealed_records "
        "FOR EACH ROW EXECUTE FUNCTION refuse_altered()"
    )
    op.execute(
        "CREATE TRIGGER sessions_are_of_active_users BEFORE INSERT ON sessions "
        "FOR EACH ROW EXECUTE FUNCTION refuse_session()"
    )


def downgrade() -> None:
    """Let it check nothing."""
    op.execute("DROP TRIGGER sessions_are_of_active_users ON sessions")
    op.execute("DROP TRIGGER sealed_records_stay ON sealed_records")
    for table, (name, _, _) in RECORDED.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
