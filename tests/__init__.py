"""Tests of Safe Return. Whatever stands in this folder says what differs where an assertion fails, not only tests."""

from pathlib import Path

import pytest

pytest.register_assert_rewrite(*(f"tests.{found.stem}" for found in Path(__file__).parent.iterdir()))
