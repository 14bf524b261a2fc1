"""Commands, for the tests of what they do."""

from tests.cli.conftest import here

__all__ = ["here"]
