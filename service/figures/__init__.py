"""Figures: definitions, answers and closure checks. This package reads no personal data."""
