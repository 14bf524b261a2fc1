"""Shapes of figures on the wire."""
