"""Requests of 18 August to 7 September 2022.

Source: press report of 9 September 2022, "137 complaints related to the request for intervention to rescue 274
foreigners ... received between Aug. 18 and Sept. 7" (A01, A02).
"""

from datetime import date, timedelta
from typing import Final

from service.demo.material import NATIONALITIES, Body, Draw
from service.demo.records import detained, ended, finding, located, rescued
from service.demo.stories import Step, Story, Teller

FIRST: Final = date(2022, 8, 18)
LAST: Final = date(2022, 9, 7)

PER_DAY: Final = (3, 2, 2, 4, 5, 4, 6, 5, 9, 8, 7, 9, 8, 9, 8, 7, 9, 8, 8, 9, 7)
"""137 requests over 21 days, more after the appeal of 26 August. The sum is published, the days are invented."""

SIZES: Final = (*[1] * 78, *[2] * 34, *[3] * 10, *[4] * 5, *[5] * 4, 7, 8, 9, 10, 12, 12)
"""274 people alleged in 137 requests. The sum is published, the sizes are invented."""

OUTSIDE: Final = {date(2022, 8, 17): 3, date(2022, 9, 8): 4}
"""Requests on the days before and after, which the published number must leave out."""

ACTED_FROM: Final = date(2022, 8, 31)
"""What was done about these requests came after the period of the 104 cases, which is counted apart."""

ACTED_UNTIL: Final = date(2022, 9, 17)


def requests_of_august() -> list[Story]:
    """Return the requests of the period, those around it, and searches for relatives, which are not such requests."""
    draw = Draw("requests of August 2022")
    days = [FIRST + timedelta(days=place) for place, count in enumerate(PER_DAY) for _ in range(count)]
    stories = [_request(draw, day, size) for day, size in zip(days, draw.shuffled(SIZES), strict=True)]
    stories += [_outside(draw, day) for day, count in OUTSIDE.items() for _ in range(count)]
    stories += [_search(draw, day) for day in days[5::27]]
    return stories


def _request(draw: Draw, day: date, size: int) -> Story:
    nationality = draw.of(NATIONALITIES)
    known = min(size, draw.of({0: 2, 1: 5, 2: 2, 3: 1}))
    bound = "about" if size > 6 and draw.chance(60) else "exact"
    persons = [draw.person(nationality) for _ in range(known)]
    body = draw.case(day, persons, kind="rescue", head_count={"low": size, "bound": bound})
    body["original_label"] = "the request for intervention"
    return Story(Teller.OPERATOR, body, _action(draw, day, body))


def _action(draw: Draw, day: date, body: Body) -> tuple[Step, ...]:
    """Return what was done by the middle of September: for most requests nothing yet."""
    checked = draw.later(max(day + timedelta(days=1), ACTED_FROM), by=8, until=ACTED_UNTIL)
    people = range(len(body["persons"]))
    match draw.of({"nothing": 50, "rescued": 22, "verified": 14, "not found": 6, "open": 5, "untrue": 3}):
        case "rescued" if people:
            freed = draw.later(checked, by=5, until=ACTED_UNTIL)
            caught = (detained(freed, 0),) if body.get("offenders") and draw.chance(30) else ()
            return (finding(checked, "presumed_victim"), rescued(freed, *people), *caught)
        case "verified" | "rescued":
            return (finding(checked, draw.one(("labour_dispute", "presumed_victim", "restriction_of_freedom"))),)
        case "not found" if people:
            again = checked + timedelta(days=4)
            efforts = (located(checked, "not_found", *people), located(again, "not_found", *people))
            return (*efforts, ended(Teller.SUPERVISOR, again, "not_located", *people))
        case "open":
            return (finding(checked, "inconclusive"),)
        case "untrue":
            return (finding(checked, "unfounded"),)
        case _:
            return ()


def _outside(draw: Draw, day: date) -> Story:
    claim = draw.one(
        ({"bound": "unquantified"}, {"low": 20, "bound": "at_least"}, {"low": 3, "high": 5, "bound": "range"})
    )
    return Story(Teller.OPERATOR, draw.case(day, [draw.person("THA")], kind="rescue", head_count=claim))


def _search(draw: Draw, day: date) -> Story:
    return Story(Teller.OPERATOR, draw.case(day, [draw.person("VNM")], kind="tracing", head_count={"low": 1}))
