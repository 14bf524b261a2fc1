"""What the database says of itself."""

from sqlalchemy import text

from service.db.database import Database


async def schema_revision(database: Database) -> str | None:
    """Answer the schema revision the database is at.

    Raises:
        UnavailableError: the database cannot be reached.
        DatabaseFailure: it was never migrated.
    """
    row = await database.lookup(text("SELECT version_num FROM alembic_version"))
    return row["version_num"] if row else None
