"""The database: tables' common ground, connections, and the embedded server."""
