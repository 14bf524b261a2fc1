"""Taiwan's nationals until the end of September 2022, entered by a remote liaison: there is no embassy.

Source: press report of late September 2022, from Taiwan's foreign ministry by its news agency: 246 sent home, 393
unable to return, 133 requests to return home from 26 August to 8 September and 51 from 8 to 23 September (A12, A13,
A15, A16); from its police of 24 September 2022: 60 of the 393 freed and waiting (A14). The task force was set up on
8 August.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from service.demo.material import Draw
from service.demo.records import deported, finding, home, nationality, rescued, wish
from service.demo.stories import Step, Story, Teller

TWN: Final = "TWN"
TASK_FORCE: Final = date(2022, 8, 8)
EARLY_CASES: Final = 40
EARLY_SIZE: Final = 10
"""People known before the published requests; invented, so that 246 and 393 people are in the register."""

FIRST_REQUEST: Final = date(2022, 8, 26)
REQUESTS: Final = (14, 12, 10, 8, 12, 11, 10, 9, 9, 8, 8, 7, 6, 9, 5, 4, 3, 2, 4, 3, 3, 3, 2, 2, 2, 3, 2, 2, 2)
"""Requests a day from 26 August on: 133 until 8 September, 51 from then to 23 September; 8 September is in both."""

WITH_TWO: Final = 64
"""The number of requests about two people; the others are about one."""

MODES: Final = {
    "embassy_assisted": 171,
    "self_arranged": 48,
    "assisted_voluntary": 18,
    "deported": 6,
    "deported_instead_of_jail": 3,
}
"""246 returns. The sum is published, the modes are invented."""

WAITING: Final = 60
LEFT_LATER: Final = 6
"""The number of those waiting on 24 September who flew on 26 September."""

FREED: Final = (*MODES, "left_later", "waiting")

VERIFIED: Final = 180
"""The number verified of the 333 neither freed nor home; the others are received. Only the sum is published."""

RESCUES: Final = tuple(date(2022, 9, day) for day in (2, 5, 7, 9, 12, 14, 17))
FLIGHTS: Final = tuple(date(2022, 9, day) for day in (3, 6, 8, 10, 13, 15, 19, 21, 23))
LATER_FLIGHT: Final = date(2022, 9, 26)
CHECKED: Final = date(2022, 8, 31)


@dataclass
class _Request:
    """One request: its day and what became of each person."""

    day: date
    fates: list[str]


def taiwan() -> list[Story]:
    """Return the requests, and what became of 639 people by 24 September 2022."""
    draw = Draw("Taiwan in September 2022")
    requests = _requests(draw)
    _deal_fates(draw, requests)
    return [_story(draw, request) for request in requests]


def _requests(draw: Draw) -> list[_Request]:
    early = [TASK_FORCE + timedelta(days=place % 18) for place in range(EARLY_CASES)]
    days = [FIRST_REQUEST + timedelta(days=place) for place, count in enumerate(REQUESTS) for _ in range(count)]
    sizes = draw.shuffled([2] * WITH_TWO + [1] * (len(days) - WITH_TWO))
    groups = [_Request(day, [""] * EARLY_SIZE) for day in early]
    return groups + [_Request(day, [""] * size) for day, size in zip(days, sizes, strict=True)]


def _deal_fates(draw: Draw, requests: Sequence[_Request]) -> None:
    """Set what became of people: those who were freed had asked before the last rescue."""
    freed = [mode for mode, count in MODES.items() for _ in range(count)]
    freed += ["left_later"] * LEFT_LATER + ["waiting"] * (WAITING - LEFT_LATER)
    places = [(request, place) for request in requests for place in range(len(request.fates))]
    in_time = draw.shuffled([found for found in places if found[0].day <= RESCUES[-2]])
    for (request, place), fate in zip(in_time, freed, strict=False):
        request.fates[place] = fate
    rest = draw.shuffled([(request, place) for request, place in places if not request.fates[place]])
    for number, (request, place) in enumerate(rest):
        request.fates[place] = "verified" if number < VERIFIED else "received"


def _story(draw: Draw, request: _Request) -> Story:
    persons = [draw.person(TWN) for _ in request.fates]
    body = draw.case(request.day, persons, kind="return", channel="foreign_authority", language="zh-Hant")
    body["reporter"] = {"relationship": "foreign_authority"}
    return Story(Teller.LIAISON_TWN, body, tuple(_steps(draw, request)))


def _steps(draw: Draw, request: _Request) -> list[Step]:
    checked = max(request.day, CHECKED)
    freed = _having(request, *FREED)
    known = _having(request, "verified", *FREED)
    steps = [finding(checked, "presumed_victim", *known)] if known else []
    if not freed:
        return steps
    rescue = draw.one([day for day in RESCUES if day >= checked][:4])
    if draw.chance(35):
        steps.append(nationality(Teller.LIAISON_TWN, rescue, TWN, "confirmed_by_state", *freed))
    steps.append(rescued(rescue, *freed, by=["cambodian_authority"]))
    if draw.chance(35):
        steps.append(wish(Teller.LIAISON_TWN, rescue, "return_home", "yes", *freed))
    return steps + _returns(draw, request, rescue)


def _returns(draw: Draw, request: _Request, rescue: date) -> list[Step]:
    flight = draw.one([day for day in FLIGHTS if day > rescue])
    steps = []
    for mode in MODES:
        going = _having(request, mode)
        if going and mode.startswith("deported"):
            steps.append(deported(flight, mode, TWN, *going))
        elif going:
            steps.append(home(Teller.LIAISON_TWN, flight, mode, TWN, *going))
    later = _having(request, "left_later")
    return [*steps, home(Teller.LIAISON_TWN, LATER_FLIGHT, "embassy_assisted", TWN, *later)] if later else steps


def _having(request: _Request, *fates: str) -> tuple[int, ...]:
    return tuple(place for place, fate in enumerate(request.fates) if fate in fates)
