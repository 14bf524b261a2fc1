"""What every figure means, and what must add up. Pure."""
