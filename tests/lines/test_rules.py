"""Lines by themselves: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import ConflictError, Fault, InvalidError, NotFoundError, ServiceError
from service.lines import Line, numbered, refuse_repeated

SECOND = numbered("persons", ["first", "second"])[1]


class ContraryError(ConflictError):
    """An error whose code is of several words."""

    code = "quite-contrary"


def raised_in(line: Line[object], error: ServiceError) -> tuple[Fault, ...]:
    """The faults of an error that was raised while a line was looked at."""
    with pytest.raises(ServiceError) as caught, line.locating_errors():
        raise error
    assert caught.value is error
    return caught.value.faults


def test_lines_keep_their_order_and_say_where_they_stand() -> None:
    lines = numbered("persons", ["a", "b", "a"])
    assert [(line.place, line.told) for line in lines] == [
        ("#/persons/0", "a"),
        ("#/persons/1", "b"),
        ("#/persons/2", "a"),
    ]
    assert lines[2].member("person", 7) == Line("#/persons/2/person", 7)


def test_an_error_without_a_place_lies_in_the_line() -> None:
    faults = raised_in(SECOND, ContraryError("Correct it."))
    assert faults == (Fault("pointer", "#/persons/1", "quite_contrary", "Correct it."),)


def test_an_error_that_knows_its_places_keeps_them_within_the_line() -> None:
    known = (Fault("pointer", "#", "whole", "All."), Fault("pointer", "#/age", "contradiction", "The age."))
    faults = raised_in(SECOND, InvalidError("Correct them.", faults=known))
    assert [(fault.name, fault.code) for fault in faults] == [
        ("#/persons/1", "whole"), ("#/persons/1/age", "contradiction"),
    ]  # fmt: skip


def test_a_line_within_a_line_is_found_by_both() -> None:
    error = NotFoundError()
    with pytest.raises(NotFoundError), SECOND.locating_errors(), Line("#/tasks/4", None).locating_errors():
        raise error
    assert [fault.name for fault in error.faults] == ["#/persons/1/tasks/4"]


def test_an_error_of_ours_is_nobodys_line() -> None:
    with pytest.raises(ZeroDivisionError), SECOND.locating_errors():
        raise ZeroDivisionError


@given(st.lists(st.integers(0, 5), max_size=12))
def test_every_line_but_the_first_about_a_subject_is_refused(subjects: list[int]) -> None:
    lines = numbered("persons", subjects)
    again = [line for number, line in enumerate(lines) if line.told in subjects[:number]]
    if not again:
        refuse_repeated((line, line.told) for line in lines)
        return
    with pytest.raises(InvalidError) as refused:
        refuse_repeated((line, line.told) for line in lines)
    assert [(fault.name, fault.code) for fault in refused.value.faults] == [(line.place, "repeated") for line in again]
    for line, fault in zip(again, refused.value.faults, strict=True):
        assert f"#/persons/{subjects.index(line.told)}." in fault.detail
