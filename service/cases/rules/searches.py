"""How often somebody may search. Pure. ADR 0021."""

from datetime import datetime, timedelta
from typing import Final

SEARCH_WINDOW: Final = timedelta(minutes=5)
"""In which searches are counted. How many it may be is a setting."""


def seconds_until_free(spent_at: datetime, now: datetime) -> int:
    """Return the whole seconds to wait until the search made then does not count any more."""
    return int((spent_at + SEARCH_WINDOW - now).total_seconds()) + 1
