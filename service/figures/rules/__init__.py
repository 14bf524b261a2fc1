"""Definitions of figures, and closure checks. Pure."""
