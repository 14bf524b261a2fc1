"""A calendar day is one in Phnom Penh."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from service.clock import utc_now
from service.days import PHNOM_PENH, day_in_phnom_penh


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2022-09-20T16:59:59.999999+00:00", "2022-09-20"),
        ("2022-09-20T17:00:00+00:00", "2022-09-21"),
        ("2022-12-31T17:00:00+00:00", "2023-01-01"),
        ("2024-02-28T17:00:00+00:00", "2024-02-29"),
        ("2022-09-20T23:30:00+07:00", "2022-09-20"),
        ("2022-09-20T23:30:00-05:00", "2022-09-21"),
    ],
)
def test_the_day_begins_seven_hours_before_that_of_utc(instant: str, day: str) -> None:
    assert day_in_phnom_penh(datetime.fromisoformat(instant)) == date.fromisoformat(day)


def test_it_is_the_day_of_a_clock_seven_hours_ahead_all_year_round() -> None:
    ahead = timezone(timedelta(hours=7))
    for hour in range(0, 24 * 366, 5):
        instant = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        assert day_in_phnom_penh(instant) == instant.astimezone(ahead).date()


def test_the_present_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= utc_now() <= datetime.now(UTC)
    assert utc_now().utcoffset() == timedelta(0)
    assert PHNOM_PENH.key == "Asia/Phnom_Penh"
