"""Figures, tested on a real database."""
