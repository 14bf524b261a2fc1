"""How often somebody may search, and when whoever is not told everything is answered. Pure. ADR 21, 44, 61."""

from datetime import datetime, timedelta
from typing import Final

SEARCH_WINDOW: Final = timedelta(minutes=5)
"""In which searches are counted. How many are answered at once is a setting."""

SLOWED_FOR_S: Final = 4.0
"""What each further search waits: somebody with a caller on the line goes on, and two of them fit into a long call."""

STOPPED_AT: Final = 3
"""Times as many are refused. One search every 1.7 seconds for five minutes on end is typed by nobody."""

ANSWERED_EVERY_S: Final = 0.1
"""A liaison is answered at whole tenths of a second: what its search met that it may not know of takes less."""


def held_for(elapsed_s: float) -> float:
    """Return the seconds until an answer may leave, of a search that has taken so long."""
    return -elapsed_s % ANSWERED_EVERY_S


def stopped_at(slowed_at: int) -> int:
    """Return how many searches there may be where so many are answered at once."""
    return STOPPED_AT * slowed_at


def seconds_until_free(spent_at: datetime, now: datetime) -> int:
    """Return the whole seconds to wait until the search made then does not count any more."""
    return int((spent_at + SEARCH_WINDOW - now).total_seconds()) + 1
