"""The 104 cases intervened in from 1 January to 30 August 2022.

Source: foreign ministry clarification of 9 September 2022, section 1 A, from the interior ministry's spokesman of
4 September 2022: 104 complaint cases, 968 people rescued, 82 suspects detained, 19 cases with extortion and
confinement, the others of seven kinds (A17, A18, A19, A20). Earlier cut-off of the same series, public press: from
1 January to 20 August 87 cases, 865 people, 60 suspects.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from service.demo.material import NATIONALITIES, Body, Draw
from service.demo.records import deported, detained, ended, finding, home, refused, rescued
from service.demo.stories import Step, Story, Teller

SERIES: Final = (
    (date(2022, 1, 1), date(2022, 8, 20), 87, 865, 60),
    (date(2022, 8, 21), date(2022, 8, 30), 17, 103, 22),
)
"""First day, last day, cases, people rescued, suspects detained. The second part is the difference of two cut-offs."""

LAST_RECEIVED: Final = date(2022, 8, 17)
"""None of them is among the requests of 18 August to 7 September, which are a scenario of their own."""

CONFINED_AND_EXTORTED: Final = 19
OTHER_KINDS: Final = (
    "labour_dispute",
    "contract_dispute",
    "restriction_of_freedom",
    "job_switch_without_consent",
    "debt_settlement",
    "discontent_conditions",
    "missing_relative_only",
)
"""The seven kinds of the other 85 cases; how many of each is not published."""

AUTHORITIES: Final = ("police", "provincial_authority", "immigration")
AROUND: Final = ((date(2021, 12, 31), 3), (date(2022, 8, 31), 5))
"""Cases found and people freed on the day before and the day after."""


@dataclass(frozen=True)
class _Intervention:
    """One case intervened in: its days, people rescued, suspects detained, and outcome."""

    found: date
    freed: date
    rescued: int
    detained: int
    confined: bool
    outcome: str


def interventions() -> list[Story]:
    """Return the 104 cases, and one on either side of the period."""
    draw = Draw("interventions of 2022")
    kinds = draw.shuffled([True] * CONFINED_AND_EXTORTED + [False] * (104 - CONFINED_AND_EXTORTED))
    stories = [_story(draw, case, number) for number, case in enumerate(_cases(draw, kinds))]
    for day, people in AROUND:
        stories.append(_story(draw, _Intervention(day, day, people, 0, confined=True, outcome="other_crime"), 0))
    return stories


def _cases(draw: Draw, kinds: list[bool]) -> Iterator[_Intervention]:
    remaining = iter(kinds)
    for first, last, count, people, suspects in SERIES:
        sizes = draw.split(people, count)
        caught = [0] * count
        for place in draw.random.choices(range(count), sizes, k=suspects):
            caught[place] += 1
        span = (last - first).days
        for place in range(count):
            found = first + timedelta(days=round(place * span / (count - 1)))
            freed = draw.later(found, by=5, until=last)
            confined = next(remaining)
            outcome = draw.one(
                ("confinement_extortion_confirmed", "trafficking_confirmed") if confined else OTHER_KINDS
            )
            yield _Intervention(found, freed, sizes[place], caught[place], confined, outcome)


def _story(draw: Draw, case: _Intervention, number: int) -> Story:
    received = min(case.found - timedelta(days=draw.random.randint(0, 9)), LAST_RECEIVED)
    nationality = draw.of(NATIONALITIES)
    left_behind = 2 if number % 10 == 3 else 0
    persons = [draw.person(nationality) for _ in range(case.rescued + left_behind)]
    claim = {"low": len(persons) + draw.random.randint(-1, 2), "bound": "about"} if len(persons) > 1 else {"low": 1}
    body = draw.case(received, persons, kind="rescue", head_count=claim)
    body["offenders"] = [draw.offender() for _ in range(case.detained)] or body.get("offenders", [])
    return Story(Teller.OPERATOR, body, tuple(_steps(draw, case, number, body)))


def _steps(draw: Draw, case: _Intervention, number: int, body: Body) -> Iterator[Step]:
    yield from _findings(case, number)
    freed = tuple(range(case.rescued))
    yield rescued(case.freed, *freed)
    if case.detained:
        yield detained(case.freed, *range(case.detained))
    left = tuple(range(case.rescued, len(body["persons"])))
    if left:
        yield refused(case.freed, "yes", *left)
        yield ended(Teller.SUPERVISOR, case.freed, "refused_rescue", *left[1:])
    yield from _afterwards(draw, case, body["persons"][0].get("nationality"), freed)


def _findings(case: _Intervention, number: int) -> Iterator[Step]:
    """Yield the findings: some cases have those of two authorities, which may differ, and one was corrected."""
    authority = AUTHORITIES[number % len(AUTHORITIES)]
    if case.confined:
        yield finding(case.found, case.outcome, authority=authority, confinement=True, extortion=True)
        return
    if number == 50:
        yield finding(case.found, "trafficking_confirmed", authority=authority, confinement=True, extortion=True)
    half = {"restriction_of_freedom": {"confinement": True}, "debt_settlement": {"extortion": True}}
    booleans = {"confinement": False, "extortion": False} | half.get(case.outcome, {})
    yield finding(case.found, case.outcome, authority=authority, **booleans)
    if number % 7 == 5:
        yield finding(case.freed, OTHER_KINDS[number % len(OTHER_KINDS)], authority="ncct")


def _afterwards(draw: Draw, case: _Intervention, nationality: str | None, freed: tuple[int, ...]) -> Iterator[Step]:
    """Yield what happened after the rescue: some went home, some were deported, some stayed; the others wait."""
    day = case.freed + timedelta(days=draw.random.randint(6, 20))
    going = freed[: len(freed) * 3 // 4]
    match nationality:
        case "MYS" if going:
            yield home(Teller.LIAISON_MYS, day, "embassy_assisted", "MYS", *going)
        case "VNM" | "CHN" | "THA" if going and draw.chance(60):
            yield deported(day, "deported", nationality, *going)
        case _ if len(freed) > 3 and draw.chance(25):
            yield ended(Teller.SUPERVISOR, day, "remains_by_choice", freed[-1])
