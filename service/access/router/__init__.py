"""Routes of sessions, accounts, agencies and keys."""

from service.access.router.administration import router as administration
from service.access.router.sessions import router as sessions

__all__ = ["administration", "sessions"]
