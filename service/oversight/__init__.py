"""Watching the watchers: the audit log, read by auditors, who see no case."""
