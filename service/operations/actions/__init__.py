"""Recording operations, reporting what they did, and reading both."""
