"""Routes of the case file."""

from service.cases.router.assignments import router as assignments
from service.cases.router.cases import router as cases
from service.cases.router.events import router as events
from service.cases.router.parts import router as parts
from service.cases.router.returns import router as returns
from service.cases.router.searches import router as searches

__all__ = ["assignments", "cases", "events", "parts", "returns", "searches"]
