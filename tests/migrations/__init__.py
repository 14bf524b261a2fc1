"""What the schema's history is held to."""
