"""Who calls: agencies, users, keys, sessions, roles, and the one policy table."""
