"""Events as their tellers send them."""

from datetime import date
from typing import Any

from service.demo.stories import Step, Teller


def finding(on: date, outcome: str, *persons: int, **more: Any) -> Step:
    """Return a finding of an authority about the case, or about some of its persons."""
    data = {"outcome": outcome, "authority": "police", "standard": "reasonable_grounds", "evidence": ["site_visit"]}
    return Step(Teller.VERIFIER, "finding_made", on, data | more, persons=persons)


def rescued(on: date, *persons: int, teller: Teller = Teller.OFFICER, **data: Any) -> Step:
    """Return a rescue of persons."""
    return Step(teller, "rescued", on, data, persons=persons)


def home(teller: Teller, on: date, mode: str, country: str, *persons: int) -> Step:
    """Return a departure towards home; an officer records deportations, a liaison everything else."""
    return Step(teller, "repatriated", on, {"mode": mode, "to_country": country}, persons=persons)


def deported(on: date, mode: str, country: str, *persons: int) -> Step:
    """Return a deportation of persons."""
    return home(Teller.OFFICER, on, mode, country, *persons)


def wish(teller: Teller, on: date, purpose: str, value: str, *persons: int, freely: str = "yes") -> Step:
    """Return a wish of persons."""
    return Step(teller, "wish_stated", on, {"purpose": purpose, "value": value, "freely": freely}, persons=persons)


def nationality(teller: Teller, on: date, code: str, source: str, *persons: int) -> Step:
    """Return an assertion of the nationality of persons."""
    return Step(teller, "nationality_asserted", on, {"nationality": code, "source": source}, persons=persons)


def ended(teller: Teller, on: date, outcome: str, *persons: int) -> Step:
    """Return an end of persons other than by a return."""
    return Step(teller, "ended", on, {"outcome": outcome}, persons=persons)


def located(on: date, result: str, *persons: int) -> Step:
    """Return an effort to find persons."""
    return Step(Teller.VERIFIER, "located", on, {"result": result}, persons=persons)


def refused(on: date, freely: str, *persons: int) -> Step:
    """Return a refusal of persons to be rescued."""
    return Step(Teller.OFFICER, "rescue_refused", on, {"freely": freely}, persons=persons)


def detained(on: date, *offenders: int) -> Step:
    """Return a detention of offenders."""
    return Step(Teller.OFFICER, "stage_reached", on, {"stage": "detained"}, offenders=offenders)


def closed(on: date, reason: str) -> Step:
    """Return the closing of the case by the supervisor."""
    return Step(Teller.SUPERVISOR, "closed", on, {"reason": reason})
