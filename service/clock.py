"""Time comes in by the door: everything that needs the present is handed a clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Answers the present instant, aware, in UTC."""

PHNOM_PENH: Final = ZoneInfo("Asia/Phnom_Penh")
"""The zone of every calendar day in the register (design, section 3: two clocks)."""


def utc_now() -> datetime:
    """Answer the present instant in UTC."""
    return datetime.now(UTC)


def day_in_phnom_penh(instant: datetime) -> date:
    """Answer the calendar day in Asia/Phnom_Penh on which an aware instant falls."""
    return instant.astimezone(PHNOM_PENH).date()
