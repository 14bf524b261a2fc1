"""Calendar days: every one in the register is a day in Asia/Phnom_Penh. Pure."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

PHNOM_PENH: Final = ZoneInfo("Asia/Phnom_Penh")
"""The zone of every calendar day in the register (design/domain.md section 3: two clocks)."""


def day_in_phnom_penh(instant: datetime) -> date:
    """Return the calendar day in Asia/Phnom_Penh on which an aware instant falls."""
    return instant.astimezone(PHNOM_PENH).date()
