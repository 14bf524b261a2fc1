"""What FastAPI read from the signatures of an operation: which calls it makes, with which parameters."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, get_args, get_origin

from fastapi.routing import APIRoute


class Parameter(Protocol):
    """One parameter of a request."""

    @property
    def alias(self) -> str:
        """Its name in the request."""


class Described(Protocol):
    """What is declared of a parameter."""

    @property
    def annotation(self) -> Any:
        """Its type."""


class QueryParameter(Parameter, Protocol):
    """One parameter of a query."""

    @property
    def field_info(self) -> Described:
        """What is declared of it."""


class Signature(Protocol):
    """The part of `APIRoute.dependant` that is used here."""

    @property
    def call(self) -> Callable[..., Any] | None:
        """The handler, or a dependency of it."""

    @property
    def dependencies(self) -> Sequence["Signature"]:
        """What it depends on directly."""

    @property
    def query_params(self) -> Sequence[QueryParameter]:
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


def takes_several(parameter: QueryParameter) -> bool:
    """Whether a parameter may be repeated, for alternatives."""
    annotation = parameter.field_info.annotation
    return any(get_origin(one) in (list, tuple, set) for one in (annotation, *get_args(annotation)))


def _flat(signature: Signature) -> Iterator[Signature]:
    yield signature
    for below in signature.dependencies:
        yield from _flat(below)
