"""Figures on the wire."""
