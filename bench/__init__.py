"""What the register costs: ratios against the same rows as plain statements, and growth with the number of people."""
