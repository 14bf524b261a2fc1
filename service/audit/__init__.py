"""What was done and who saw what, append only."""
