"""What the run-time role may do to each table: never more than the service needs.

The owner migrates and is not used at run time (design/trust.md section 7). Granting is repeated after every migration,
so a new table has exactly the rights written here, or none.
"""

from typing import Final

from sqlalchemy import text

from service.db.address import engine_at

RUN_TIME_ROLE: Final = "safe_return_api"

APPEND_ONLY: Final = frozenset({"events", "ledger_entries", "audit_log", "data_keys", "index_keys", "counted_by"})
"""Read and added to, never changed. `data_keys` are destroyed by the erasure of a subject, which the owner runs."""

CHANGED: Final = frozenset(
    {"agencies", "users", "service_keys", "cases", "persons", "offenders", "operations", "sealed_records"}
)
PASSING: Final = frozenset({"kept_answers", "sign_in_failures", "sign_in_addresses", "search_keys"})
"""Deleted when their time is over: search keys when what they find is corrected."""

READ: Final = frozenset(
    {
        "alembic_version",
        "audit_months",
        "clock_tolerance",
        "register_ids",
        "ledger_cells",
        "ledger_closed",
        "ledger_folding",
        "ledger_folds",
        "ledger_months",
        "ledger_totals",
    }
)
"""Written by migrations, by the owner, and by the database's own folding."""

CALLED: Final = (
    "fold_ledger_day(date, timestamptz)",
    "fold_ledger_step(timestamptz, integer)",
    "keep_audit_months(integer)",
)
"""The first is what the release before calls."""

RIGHTS: Final = {
    **dict.fromkeys(APPEND_ONLY, "SELECT, INSERT"),
    **dict.fromkeys(CHANGED, "SELECT, INSERT, UPDATE"),
    **dict.fromkeys(PASSING, "SELECT, INSERT, DELETE"),
    **dict.fromkeys(READ, "SELECT"),
    "sessions": "SELECT, INSERT, UPDATE, DELETE",
}


async def grant_rights(owner_url: str) -> bool:
    """Give the run-time role its rights, if the server has that role.

    Args:
        owner_url: `postgresql://` address of the role that owns the tables.

    Returns:
        Whether the role is there. Where it is not, the service runs as the owner.
    """
    engine = engine_at(owner_url)
    try:
        async with engine.begin() as connection:
            found = await connection.execute(
                text("SELECT 1 FROM pg_roles WHERE rolname = :role AND rolname <> current_user"),
                {"role": RUN_TIME_ROLE},
            )
            if found.first() is None:
                return False
            await connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {RUN_TIME_ROLE}"))
            for table, rights in RIGHTS.items():
                there = await connection.execute(text("SELECT to_regclass(:table)"), {"table": table})
                if there.scalar() is None:
                    continue  # it comes with a later revision than the one migrated to
                await connection.execute(text(f"REVOKE ALL ON {table} FROM {RUN_TIME_ROLE}"))
                await connection.execute(text(f"GRANT {rights} ON {table} TO {RUN_TIME_ROLE}"))
            for function in CALLED:
                there = await connection.execute(text("SELECT to_regprocedure(:function)"), {"function": function})
                if there.scalar() is None:
                    continue
                await connection.execute(text(f"GRANT EXECUTE ON FUNCTION {function} TO {RUN_TIME_ROLE}"))
            return True
    finally:
        await engine.dispose()
