"""The schema revision of the database."""

from sqlalchemy import text

from service.db.database import Database


async def schema_revision(database: Database) -> str | None:
    """Return the schema revision of the database, or None where none is noted.

    Raises:
        UnavailableError: the database cannot be reached.
        DatabaseFailure: the database was never migrated.
    """
    row = await database.lookup(text("SELECT version_num FROM alembic_version"))
    return row["version_num"] if row else None
