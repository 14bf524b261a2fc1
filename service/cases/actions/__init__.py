"""What may be done in the case file, one use case a function."""
