"""What FastAPI read from the signatures of an operation: which calls it makes, with which parameters."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from fastapi.routing import APIRoute


class Parameter(Protocol):
    """One parameter of a request."""

    @property
    def alias(self) -> str:
        """Its name in the request."""


class Signature(Protocol):
    """The part of `APIRoute.dependant` that is used here."""

    @property
    def call(self) -> Callable[..., Any] | None:
        """The handler, or a dependency of it."""

    @property
    def dependencies(self) -> Sequence["Signature"]:
        """What it depends on directly."""

    @property
    def query_params(self) -> Sequence[Parameter]:
        """Its own query parameters."""

    @property
    def header_params(self) -> Sequence[Parameter]:
        """Its own header parameters."""


def signatures_of(route: APIRoute) -> Iterator[Signature]:
    """Return the signatures of an operation's handler and of everything it depends on, the handler's first."""
    return _flat(route.dependant)


def dependencies_of(route: APIRoute) -> list[Callable[..., Any] | None]:
    """Return what an operation's handler depends on directly."""
    return [below.call for below in route.dependant.dependencies]


def _flat(signature: Signature) -> Iterator[Signature]:
    yield signature
    for below in signature.dependencies:
        yield from _flat(below)
