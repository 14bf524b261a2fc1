"""What is on record of an account, key, session or retirement is so in the same transaction, and of now.

Until now an older entry of the same instant was enough: one sign-in covered any number of sessions, a reading of a case
covered the retirement of what is sealed in it, and an account could be dated back. Sessions and keys are ended, and
never altered: with another digest they would be those of somebody else.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REFUSE_UNRECORDED = """
CREATE OR REPLACE FUNCTION refuse_unrecorded() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    told jsonb := to_jsonb(NEW);
    instant timestamptz := told ->> TG_ARGV[1];
BEGIN
{timely}    IF NOT owns(TG_RELID) AND NOT EXISTS (
        SELECT FROM audit_log entry
        WHERE entry.recorded_at = instant AND entry.subject_ids @> ARRAY[(told ->> TG_ARGV[0])::uuid]
{together}          AND (TG_NARGS < 3 OR entry.action = {actions})
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

TIMELY = """\
    IF NOT owns(TG_RELID) AND NOT is_timely(instant, instant) THEN
        RAISE EXCEPTION '% is not of now', TG_ARGV[1] USING ERRCODE = 'SR001';
    END IF;
"""

TOGETHER = """\
          AND entry.xmin = pg_current_xact_id()::xid
"""

REFUSE_ALTERED = """
CREATE OR REPLACE FUNCTION refuse_altered() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT owns(TG_RELID) THEN
        RAISE EXCEPTION {words} USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$
"""

ANY_TABLE = "'what is in % is ended, never altered', TG_TABLE_NAME"
SEALED_ONLY = "'what was sealed is retired, never altered'"

ENDED = {
    "sessions": (("digest", "user_id", "opened_at", "expires_at"), "closed_at"),
    "service_keys": (("id", "agency_id", "role", "scopes", "digest", "created_at", "expires_at"), "revoked_at"),
}
"""By table, what is never altered, and what is never taken back."""

RETIRED = """
CREATE CONSTRAINT TRIGGER sealed_records_are_retired_on_record AFTER UPDATE ON sealed_records
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.retired_at IS DISTINCT FROM NEW.retired_at)
EXECUTE FUNCTION refuse_unrecorded('case_id', 'retired_at'{actions})
"""


def _retire(actions: str) -> None:
    op.execute("DROP TRIGGER sealed_records_are_retired_on_record ON sealed_records")
    op.execute(RETIRED.format(actions=actions))


def upgrade() -> None:
    """Let it ask for an entry of the same transaction."""
    several = "ANY (string_to_array(TG_ARGV[2], ' '))"
    op.execute(REFUSE_UNRECORDED.format(timely=TIMELY, together=TOGETHER, actions=several))
    op.execute(REFUSE_ALTERED.format(words=ANY_TABLE))
    _retire(", 'case:changed person:changed offender:changed'")
    for table, (columns, ended) in ENDED.items():
        old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (({old}) IS DISTINCT FROM ({new}) OR OLD.{ended} IS NOT NULL AND NEW.{ended} IS NULL) "
            "EXECUTE FUNCTION refuse_altered()"
        )


def downgrade() -> None:
    """Let any entry of the instant do."""
    for table in ENDED:
        op.execute(f"DROP TRIGGER {table}_stay ON {table}")
    _retire("")
    op.execute(REFUSE_ALTERED.format(words=SEALED_ONLY))
    op.execute(REFUSE_UNRECORDED.format(timely="", together="", actions="TG_ARGV[2]"))
