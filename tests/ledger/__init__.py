"""The ledger, tested on a real database."""
