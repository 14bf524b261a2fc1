"""The rules of a case, tested without a database."""
