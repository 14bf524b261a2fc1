"""Who carries out which operation, and what an outcome says. Pure."""
