"""Invented cases: published facts of 2022 as they would have been entered, and a day at the desk."""
