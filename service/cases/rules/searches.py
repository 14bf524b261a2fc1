"""How often somebody may search, and when whoever is not told everything is answered. Pure. ADR 21, 44."""

from datetime import datetime, timedelta
from typing import Final

SEARCH_WINDOW: Final = timedelta(minutes=5)
"""In which searches are counted. How many it may be is a setting."""

ANSWERED_EVERY_S: Final = 0.1
"""A liaison is answered at whole tenths of a second: what its search met that it may not know of takes less."""


def held_for(elapsed_s: float) -> float:
    """Return the seconds until an answer may leave, of a search that has taken so long."""
    return -elapsed_s % ANSWERED_EVERY_S


def seconds_until_free(spent_at: datetime, now: datetime) -> int:
    """Return the whole seconds to wait until the search made then does not count any more."""
    return int((spent_at + SEARCH_WINDOW - now).total_seconds()) + 1
