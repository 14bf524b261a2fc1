"""Safe Return."""
