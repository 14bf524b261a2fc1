"""One call about many people, with an answer or a fault on every line: what a line says, and where it stands. Pure.

Source: RFC 6901 section 6 (JSON Pointer as a URI fragment).
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from service.errors import Fault, InvalidError, ServiceError

Told_co = TypeVar("Told_co", covariant=True)
Other = TypeVar("Other")


@dataclass(frozen=True)
class Line(Generic[Told_co]):
    """One line of a call, or a member of one.

    Attributes:
        place: where it stands in what was sent, as a JSON Pointer such as `#/persons/19`.
        told: what it says.
    """

    place: str
    told: Told_co

    def member(self, name: str, told: Other) -> "Line[Other]":
        """Return a member of this line as a line of its own."""
        return Line(f"{self.place}/{name}", told)

    def fault(self, code: str, detail: str) -> Fault:
        """Return a fault that lies in this line."""
        return Fault("pointer", self.place, code, detail)

    @contextmanager
    def locating_errors(self) -> Iterator[None]:
        """Add this line's place to the faults of any error raised within; an error without faults becomes one.

        Raises:
            ServiceError: the same error. Pointers of its faults are taken to start at this line.
        """
        try:
            yield
        except ServiceError as error:
            within = (replace(fault, name=self.place + fault.name.removeprefix("#")) for fault in error.faults)
            error.faults = tuple(within) or (self.fault(error.code.replace("-", "_"), error.detail),)
            raise


def numbered(name: str, told: Sequence[Other]) -> list[Line[Other]]:
    """Return the elements of a member of the body as lines, in the order in which they were sent."""
    return [Line(f"#/{name}/{number}", one) for number, one in enumerate(told)]


def refuse_repeated(lines: Iterable[tuple[Line[object], Hashable]]) -> None:
    """Raise if several lines are about the same subject.

    Args:
        lines: each with what it is about.

    Raises:
        InvalidError: with a fault for every such line but the first, which it names.
    """
    first: dict[Hashable, str] = {}
    faults = tuple(
        line.fault("repeated", f"The same subject as in {first[about]}. Put everything about it into one line")
        for line, about in lines
        if first.setdefault(about, line.place) != line.place
    )
    if faults:
        raise InvalidError(faults=faults)
