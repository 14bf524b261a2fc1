"""The base class of code lists."""

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code with the label that people read.

    Members are written ``NAME = "code", "Label"``. A member is the plain string ``"code"`` to JSON, to the
    database and to comparisons, and ``Subclass("code")`` finds it. Codes are lower_snake, never reused, and
    retired rather than deleted.

    Attributes:
        label: English label, unique within its list.

    """

    _value_: str
    label: str

    __hash__ = str.__hash__
    """A member equals its string and must hash like it; the hash of `Enum` is many times slower."""

    def __new__(cls, code: str, label: str = "") -> Self:
        """Return the member whose value is the code alone.

        The label has a default only so that a type checker accepts the look-up ``Subclass("code")``.

        Raises:
            TypeError: A member is declared without a label.

        """
        if not label:
            raise TypeError(f"{cls.__name__} code {code!r} has no label")
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member
