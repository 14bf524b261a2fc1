"""Events as those who record them would send them."""

from datetime import date
from typing import Any

from service.demo.stories import Step, Teller


def finding(on: date, outcome: str, *persons: int, **more: Any) -> Step:
    """A verifier records what an authority concluded about the case, or about some of its persons."""
    data = {"outcome": outcome, "authority": "police", "standard": "reasonable_grounds", "evidence": ["site_visit"]}
    return Step(Teller.VERIFIER, "finding_made", on, data | more, persons=persons)


def rescued(on: date, *persons: int, teller: Teller = Teller.OFFICER, **data: Any) -> Step:
    """Persons were brought out."""
    return Step(teller, "rescued", on, data, persons=persons)


def home(teller: Teller, on: date, mode: str, country: str, *persons: int) -> Step:
    """Persons left towards home; an officer records deportations, a liaison everything else."""
    return Step(teller, "repatriated", on, {"mode": mode, "to_country": country}, persons=persons)


def deported(on: date, mode: str, country: str, *persons: int) -> Step:
    """Persons were deported."""
    return home(Teller.OFFICER, on, mode, country, *persons)


def wish(teller: Teller, on: date, purpose: str, value: str, *persons: int, freely: str = "yes") -> Step:
    """Persons said what they want."""
    return Step(teller, "wish_stated", on, {"purpose": purpose, "value": value, "freely": freely}, persons=persons)


def nationality(teller: Teller, on: date, code: str, source: str, *persons: int) -> Step:
    """Somebody said or showed which nationality persons have."""
    return Step(teller, "nationality_asserted", on, {"nationality": code, "source": source}, persons=persons)


def ended(teller: Teller, on: date, outcome: str, *persons: int) -> Step:
    """Persons' stories ended otherwise than by a return."""
    return Step(teller, "ended", on, {"outcome": outcome}, persons=persons)


def located(on: date, result: str, *persons: int) -> Step:
    """An effort was made to find persons."""
    return Step(Teller.VERIFIER, "located", on, {"result": result}, persons=persons)


def refused(on: date, freely: str, *persons: int) -> Step:
    """Persons refused to be brought out."""
    return Step(Teller.OFFICER, "rescue_refused", on, {"freely": freely}, persons=persons)


def detained(on: date, *offenders: int) -> Step:
    """Offenders were detained."""
    return Step(Teller.OFFICER, "stage_reached", on, {"stage": "detained"}, offenders=offenders)


def closed(on: date, reason: str) -> Step:
    """The supervisor closes the case."""
    return Step(Teller.SUPERVISOR, "closed", on, {"reason": reason})
