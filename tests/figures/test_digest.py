"""A digest can be computed by whoever got the answer. It changes with every number and code, and with no word."""

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.figures.schemas.digest import digest_of
from tests.figures.conftest import WHOLE, Office

Document = dict[str, Any]

NOT_SIGNED: Final = ("digest", "generated_at", "settled", "title", "counts", "dated_by")
NUMBERS: Final = ("value", "low", "high", "open_ended", "count", "median", "p90")


@pytest.fixture(scope="module", params=["persons_by_status", "persons_alleged", "completeness", "days_in_status"])
def answered(office: Office, request: pytest.FixtureRequest) -> Document:
    """An answer of each form of cell."""
    period = {} if request.param == "persons_by_status" else WHOLE
    by = {"by": "province"} if request.param == "persons_alleged" else {}
    document: Document = office.job.get(f"/v1/figures/{request.param}", **period, **by).json()
    return document


def test_the_digest_is_that_of_the_codes_numbers_and_question_as_sorted_json(answered: Document) -> None:
    signed = {key: value for key, value in copy.deepcopy(answered).items() if key not in NOT_SIGNED}
    for part in (*signed["cells"], signed.get("total", {"labels": {}})):
        del part["labels"]
    for check in signed["checks"]:
        del check["words"]
    names = [dimension["name"] for dimension in signed["by"]]
    counted = [cell for cell in signed["cells"] if any(cell.get(number, 0) for number in NUMBERS)]
    signed["cells"] = sorted(counted, key=lambda cell: [cell["codes"][name] for name in names])
    text = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert signed["cells"]
    assert answered["digest"] == hashlib.sha256(text.encode("utf-8")).hexdigest() == digest_of(answered)


def reworded(document: Document, words: str) -> None:
    """Say everything in other words."""
    document |= dict.fromkeys(("title", "counts", "dated_by"), words)
    for check in document["checks"]:
        check["words"] = words
    for cell in (*document["cells"], *([document["total"]] if "total" in document else [])):
        cell["labels"] = dict.fromkeys(cell["labels"], words)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(words=st.text(), order=st.randoms(use_true_random=False))
def test_no_word_and_no_order_of_a_list_changes_it(answered: Document, words: str, order: Any) -> None:
    other = copy.deepcopy(answered)
    reworded(other, words)
    order.shuffle(other["cells"])
    other["cells"].append({"codes": dict.fromkeys(other["cells"][0]["codes"], "new_code"), "labels": {}, "value": 0})
    assert digest_of(other) == answered["digest"]


CHANGES: Final[dict[str, Callable[[Document], object]]] = {
    "figure": lambda found: found.update(figure="other"),
    "version": lambda found: found.update(definition_version=9),
    "unit": lambda found: found.update(unit="event"),
    "day": lambda found: found.update(period={"from": "2022-01-02", "to": "2022-12-31"}),
    "known_at": lambda found: found.update(known_at="2022-09-30T16:59:59Z"),
    "filters": lambda found: found.update(filters={"province": ["KH-18"]}),
    "parts": lambda found: found["by"][0].update(parts="other"),
    "code": lambda found: _counted(found)["codes"].update(dict.fromkeys(_counted(found)["codes"], "other")),
    "check": lambda found: found["checks"].append({"name": "C4", "holds": True, "left": 1, "right": 1, "words": ""}),
    "total": lambda found: found.update(total={"codes": {}, "labels": {}, "value": 77}),
    "rule": lambda found: found.update(nationality_rule_version=9),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_asked_or_answered_changes_it(answered: Document, change: str) -> None:
    other = copy.deepcopy(answered)
    CHANGES[change](other)
    assert digest_of(other) != answered["digest"]


def test_every_number_of_a_cell_changes_it(answered: Document) -> None:
    numbers = [name for name, value in _counted(answered).items() if isinstance(value, int)]
    assert numbers
    for name in numbers:
        other = copy.deepcopy(answered)
        _counted(other)[name] += 1
        assert digest_of(other) != answered["digest"], name


def _counted(document: Document) -> Document:
    """The first cell that counts something."""
    found: Document = next(cell for cell in document["cells"] if any(cell.get(number) for number in NUMBERS))
    return found
