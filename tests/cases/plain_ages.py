"""Ages, in the plainest way: every day on which somebody may have been born is tried."""

from datetime import date, timedelta
from functools import cache


@cache
def age_group(on: date, birth_year: int | None, age: tuple[int, date] | None) -> str:
    """Try every day on which somebody may have been born."""
    if birth_year is not None:
        births = days(date(birth_year, 1, 1), date(birth_year, 12, 31))
    elif age is not None:
        years, stated_on = age
        near = days(date(stated_on.year - years - 2, 1, 1), date(stated_on.year - years + 1, 12, 31))
        births = [born for born in near if age_on(born, stated_on) == years]
    else:
        return "unknown"
    minors = {age_on(born, on) < 18 for born in births}
    return "unknown" if len(minors) > 1 else "minor" if minors.pop() else "adult"


def age_on(born: date, day: date) -> int:
    """Completed years; who is born on 29 February has a birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]
