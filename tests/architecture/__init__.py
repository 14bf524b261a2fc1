"""What the code itself is held to."""
