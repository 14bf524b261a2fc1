"""Shapes of the case file on the wire."""
