"""What can happen: one file a kind of event."""
