"""Invented years of the register, drawn from a fixed seed and held against the plain model."""
