"""Values that follow from a state: computed once, forgotten when it changes. Pure.

What they rest on changes in `fold.apply` alone, which forgets afterwards. An effect is at work on the state as it was:
it must not ask for a value that it has changed itself.
"""

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar, overload


class Remembering(Protocol):
    """A state that keeps what was computed from it."""

    known: dict[str, Any]


State = TypeVar("State", bound=Remembering)
Value = TypeVar("Value")


def recall(state: State, name: str, compute: Callable[[State], Value]) -> Value:
    """Return what was computed from a state under a name before, or compute it."""
    known = state.known
    if name not in known:
        known[name] = compute(state)
    value: Value = known[name]
    return value


class remembered(Generic[State, Value]):  # noqa: N801 - used like `property`
    """A property whose value is kept in `known` until that is cleared."""

    def __init__(self, compute: Callable[[State], Value]) -> None:
        """Take the function that computes the value."""
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, state: None, owner: type[State]) -> "remembered[State, Value]": ...

    @overload
    def __get__(self, state: State, owner: type[State]) -> Value: ...

    def __get__(self, state: State | None, owner: type[State]) -> "Value | remembered[State, Value]":
        """Return the value."""
        if state is None:
            return self
        return recall(state, self._name, self._compute)
