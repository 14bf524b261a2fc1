"""A day at the desk: invented cases of October 2022 in every state a case can be in.

Source: invented; the situations are those of the foreign ministry clarification of 9 September 2022, section 1 B
(refused rescue, stays by choice, deported instead of jail) and of the press reports of the same month.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from service.demo.material import Body, Draw
from service.demo.records import (
    closed,
    deported,
    detained,
    ended,
    finding,
    home,
    located,
    nationality,
    refused,
    rescued,
    wish,
)
from service.demo.stories import Step, Story, Teller, Voiding

OPERATOR: Final = Teller.OPERATOR
SUPERVISOR: Final = Teller.SUPERVISOR
TWN, MYS = Teller.LIAISON_TWN, Teller.LIAISON_MYS


def desk_of_october() -> list[Story]:
    """Return about twenty-five cases with about sixty persons."""
    draw = Draw("a day at the desk")
    return [*_new(draw), *_checked(draw), *_freed(draw), *_home(draw), *_ended(draw), *_corrected(draw)]


def _day(day: int) -> date:
    return date(2022, 10, day)


def _case(
    draw: Draw, day: int, codes: Iterable[str | None], *steps: Step | Voiding, by: Teller = OPERATOR, **more: Any
) -> Story:
    return Story(by, draw.case(_day(day), [draw.person(code) for code in codes], **more), steps)


def _bare(day: int, persons: list[Body], *steps: Step | Voiding, **more: Any) -> Story:
    return Story(
        OPERATOR, {"channel": "hotline_117", "received_on": _day(day).isoformat(), "persons": persons} | more, steps
    )


def _new(draw: Draw) -> list[Story]:
    """Return cases just received: a province alone, an unnamed person, a number alone, one filed by an embassy."""
    ten_said = {"low": 10, "high": 15, "bound": "range"}
    return [
        _bare(18, [], location={"province": "KH-18"}, head_count={"bound": "unquantified"}),
        _bare(18, [{}], location={"province": "KH-12", "place": "third floor, red sign"}),
        _bare(19, [{"nationality": "XXA", "sex": "female", "age": {"about": 24}}], language="my"),
        _bare(19, [draw.person("VNM") | {"fears_own_state": True}], urgency="high", language="vi"),
        _case(draw, 20, ["THA", "THA", "THA"], head_count=ten_said, urgency="immediate"),
        _case(draw, 20, ["CHN"], kind="tracing", channel="fb_minister"),
        _case(draw, 20, ["MYS", "MYS"], by=MYS, channel="diplomatic_note", language="ms"),
        _case(draw, 21, ["IDN", "PHL", None], channel="fb_police"),
    ]


def _checked(draw: Draw) -> list[Story]:
    """Return checked cases: found true, undecided, or found by two authorities that do not agree."""
    at_work = finding(_day(14), "labour_dispute", authority="provincial_authority", confinement=False)
    held = finding(_day(15), "confinement_extortion_confirmed", confinement=True, extortion=True)
    return [
        _case(draw, 12, ["VNM", "VNM", "VNM", "VNM"], at_work, held),
        _case(draw, 13, ["BGD", "BGD"], finding(_day(16), "presumed_victim")),
        _case(draw, 13, ["KHM"], finding(_day(15), "trafficking_confirmed")),
        _case(draw, 13, ["CHN", "CHN"], finding(_day(17), "inconclusive", evidence=["statement_reporter"])),
    ]


def _freed(draw: Draw) -> list[Story]:
    """Return cases with people rescued and waiting, some with others still held; suspects detained."""
    suspects = [{"role": "site_operator", "nationality": "CHN"}, {"role": "guard"}]
    checked = finding(_day(12), "presumed_victim")
    return [
        _case(
            draw,
            10,
            ["CHN"] * 6 + ["MYS"] * 3,
            checked,
            rescued(_day(13), *range(7)),
            detained(_day(13), 0, 1),
            offenders=suspects,
        ),
        _case(draw, 11, ["TWN", "TWN"], checked, rescued(_day(14), 0, 1), by=TWN, channel="foreign_authority"),
        _case(draw, 11, ["KHM", "KHM"], checked, rescued(_day(13), 0, 1)),
        _case(draw, 11, ["IDN"], checked, rescued(_day(15), 0), detained(_day(15), 0), offenders=[{"role": "broker"}]),
    ]


def _home(draw: Draw) -> list[Story]:
    """Return returns: by the embassy, alone, a minor by a court's decision, deported instead of jail."""
    checked, out = finding(_day(10), "trafficking_confirmed", confinement=True, extortion=True), rescued(_day(11), 0, 1)
    minor = draw.person("MYS") | {"age": 15, "guardian": {"relationship": "parent"}}
    flown = Step(
        MYS, "repatriated", _day(19), {"mode": "embassy_assisted", "to_country": "MYS", "decided_by": "court"}, (0,)
    )
    return [
        _case(draw, 10, ["MYS", "MYS"], checked, out, wish(MYS, _day(12), "return_home", "yes", 0, 1),
              home(MYS, _day(17), "embassy_assisted", "MYS", 0, 1)),
        _case(draw, 10, ["TWN", "TWN", "TWN"], checked, out, home(TWN, _day(18), "self_arranged", "TWN", 0, 1)),
        _bare(10, [minor], checked, rescued(_day(12), 0, by=["embassy", "cambodian_authority"]),
              wish(MYS, _day(13), "return_home", "no", 0), flown),
        _case(draw, 10, ["VNM", "VNM"], checked, out, deported(_day(16), "deported_instead_of_jail", "VNM", 0, 1)),
    ]  # fmt: skip


def _ended(draw: Draw) -> list[Story]:
    """Return cases that ended otherwise: refused, not found, stays by choice, found untrue, outside Cambodia."""
    searched = (located(_day(12), "not_found", 0), located(_day(15), "moved", 0))
    checked = finding(_day(11), "discontent_conditions")
    said_no = refused(_day(14), "yes", 0)
    return [
        _case(
            draw,
            10,
            ["MYS"],
            finding(_day(12), "missing_relative_only"),
            said_no,
            ended(MYS, _day(14), "refused_rescue", 0),
        ),
        _case(draw, 10, ["KOR"], *searched, ended(SUPERVISOR, _day(16), "not_located", 0)),
        _case(
            draw,
            10,
            ["PHL", "PHL"],
            checked,
            rescued(_day(12), 0, 1),
            ended(SUPERVISOR, _day(18), "remains_by_choice", 1),
        ),
        _case(draw, 11, [], finding(_day(13), "unfounded"), closed(_day(14), "unfounded"), head_count={"low": 2}),
        _case(draw, 12, ["IND"], closed(_day(13), "outside_cambodia")),
    ]


def _corrected(draw: Draw) -> list[Story]:
    """Return corrected cases: a rescue of somebody else voided, a nationality disputed, one confirmed by its state."""
    checked = finding(_day(12), "restriction_of_freedom", confinement=False)
    seen = (
        nationality(Teller.VERIFIER, _day(14), "THA", "document_seen", 0),
        nationality(SUPERVISOR, _day(15), "MMR", "document_seen", 0),
    )
    confirmed = nationality(TWN, _day(15), "TWN", "confirmed_by_state", 0)
    return [
        _case(draw, 11, ["CHN"], checked, rescued(_day(13), 0), Voiding(1, "wrong_subject")),
        _case(draw, 12, ["THA"], *seen),
        _case(draw, 12, ["TWN"], checked, confirmed),
    ]
