"""Every error of ours has a status, a meaning, and a page that explains it."""

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Final

from service.access.rules import WeakPasswordError
from service.cases.queries.files import AbsentError
from service.db.failures import InsecureError, SilentError, UntimelyError
from service.errors import DatabaseFailure, OutcomeUnknownError, RetryableError, ServiceError
from service.http.pages import problem_types
from service.http.problems import STATUS, status_of
from service.story.errors import FutureDayError
from tests.architecture.tree import sources

AS_THEIR_PARENT: Final = {
    AbsentError,
    DatabaseFailure,
    FutureDayError,
    OutcomeUnknownError,
    RetryableError,
    InsecureError,
    SilentError,
    UntimelyError,
    WeakPasswordError,
}
"""Told apart inside only. The caller gets the type of the error above: what is invalid is said by the faults."""


def errors() -> list[type[ServiceError]]:
    for source in sources():
        if not source.name.endswith("__main__"):
            importlib.import_module(source.name)
    ours = {found for found in below(ServiceError) if found.__module__.startswith("service.")}
    return sorted(ours, key=lambda found: found.__name__)


def below(kind: type[ServiceError]) -> Iterator[type[ServiceError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from below(child)


def test_every_error_resolves_to_a_status() -> None:
    statuses = {found.__name__: status_of(found.__new__(found)) for found in errors()}
    assert len(statuses) > 20
    assert {name for name, status in statuses.items() if status == 500} == {"ServiceError", "DatabaseFailure"}


def test_the_table_of_statuses_has_no_error_twice_and_none_too_many() -> None:
    assert len(set(STATUS.values())) == len(STATUS)
    assert set(STATUS) <= set(errors())


def test_every_error_says_what_it_is_and_what_to_do() -> None:
    wordless = [found.__name__ for found in errors() if len(inspect.cleandoc(found.__dict__["__doc__"] or "")) < 10]
    assert wordless == []


def test_every_error_has_its_own_code_and_title() -> None:
    silent = {found for found in errors() if "code" not in vars(found) or "title" not in vars(found)}
    assert silent == AS_THEIR_PARENT


def test_codes_are_unique_and_can_stand_in_an_address() -> None:
    speaking = [found for found in errors() if "code" in vars(found)]
    codes = [found.code for found in speaking]
    assert len(set(codes)) == len(codes)
    assert [code for code in codes if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)] == []


def test_the_page_of_a_code_is_that_of_the_error_that_has_it() -> None:
    types = problem_types()
    assert {code for code, found in types.items() if found.__module__.startswith("service.")} == {
        found.code for found in errors()
    }
    assert all("code" in vars(found) for found in types.values())


def test_errors_are_named_for_what_happened() -> None:
    names = {found.__name__ for found in errors() if found is not ServiceError}
    assert {name for name in names if not name.endswith("Error")} == {"DatabaseFailure"}
