"""Routes of the case file."""

from service.cases.router.cases import router as cases
from service.cases.router.events import router as events
from service.cases.router.parts import router as parts
from service.cases.router.searches import router as searches

__all__ = ["cases", "events", "parts", "searches"]
