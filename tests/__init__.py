"""Tests of Safe Return."""
