"""Performance of the register: ratios to the same rows as plain statements, and growth with the number of persons."""
