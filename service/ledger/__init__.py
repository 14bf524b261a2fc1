"""What is counted: signed entries, append only, folded by day. The only table that counts people (ADR 0006)."""
