"""Which fields are sealed: all that hold words, of filing and of correcting alike."""

from typing import Any, Final

import pytest

from service.cases.actions.sealed_fields import (
    OF_CASE,
    OF_LOCATION,
    OF_OFFENDER,
    OF_PERSON,
    corrected,
    corrected_of_case,
    told,
    told_of_case,
)
from service.cases.schemas.amending import CasePatch, LocationPatch, OffenderPatch, PersonPatch
from service.cases.schemas.filing import CaseCreate, LocationGiven, OffenderCreate, PersonCreate
from service.people.rules import SealedKind
from service.wire import Given

SAID: Final[dict[str, Any]] = {
    "names": [{"text": "One Example"}, {"text": "Two Example"}],
    "documents": [{"type": "passport", "number": "X1"}],
    "contacts": [{"kind": "phone", "value": "012"}],
    "guardian": {"names": [{"text": "Three Example"}]},
    "story": "Words.", "description": "Words.", "town": "Words.", "place": "Words.", "narrative": "Words.",
    "original_label": "Words.",
}  # fmt: skip
"""Something for every field that holds words."""


@pytest.mark.parametrize(
    ("shape", "fields"),
    [
        (PersonCreate, OF_PERSON), (PersonPatch, OF_PERSON), (OffenderCreate, OF_OFFENDER),
        (OffenderPatch, OF_OFFENDER), (LocationGiven, OF_LOCATION), (LocationPatch, OF_LOCATION), (CasePatch, OF_CASE),
    ],
)  # fmt: skip
def test_everything_in_words_is_sealed(shape: type[Given], fields: dict[str, SealedKind]) -> None:
    said = {name: value for name, value in SAID.items() if name in shape.model_fields}
    assert said.keys() <= fields.keys()
    contents = corrected(shape.model_validate(said), fields)
    assert {kind: len(several) for kind, several in contents.items()} == {
        fields[name]: len(value) if isinstance(value, list) else 1 for name, value in said.items()
    }


def test_of_a_correction_what_was_not_sent_stays_and_what_is_null_or_empty_goes() -> None:
    patch = PersonPatch.model_validate({"names": [], "guardian": None, "contacts": SAID["contacts"]})
    assert corrected(patch, OF_PERSON) == {
        SealedKind.NAME: [],
        SealedKind.CONTACT: [{"kind": "phone", "value": "012"}],
        SealedKind.GUARDIAN: [],
    }


def test_of_what_is_told_first_everything_is_asked_for() -> None:
    contents = told(OffenderCreate.model_validate({"description": "Tall."}), OF_OFFENDER)
    assert contents == {SealedKind.NAME: [], SealedKind.CONTACT: [], SealedKind.DESCRIPTION: [{"text": "Tall."}]}


def test_a_location_that_is_null_is_cleared_as_a_whole_and_one_that_was_not_sent_stays() -> None:
    assert corrected_of_case(CasePatch.model_validate({"location": None})) == {
        SealedKind.TOWN: [],
        SealedKind.PLACE: [],
    }
    assert corrected_of_case(CasePatch.model_validate({"location": {"town": None}})) == {SealedKind.TOWN: []}
    assert corrected_of_case(CasePatch.model_validate({"urgency": "high"})) == {}


def test_of_a_case_the_reporter_and_each_allegation_in_words_are_sealed_too() -> None:
    contents = told_of_case(
        CaseCreate.model_validate(
            {
                "channel": "hotline_117",
                "reporter": {"relationship": "parent", "name": "One Example", "wants_updates": False},
                "allegations": [
                    {"types": ["fraud_recruitment"]},
                    {"types": ["fraud_recruitment"], "text": "One."},
                    {"types": ["fraud_recruitment"], "text": "Two."},
                ],
            }
        )
    )
    assert contents[SealedKind.REPORTER] == [{"name": "One Example", "wants_updates": False}]
    assert contents[SealedKind.ALLEGATION] == [{"text": "One."}, {"text": "Two."}]
    assert told_of_case(CaseCreate.model_validate({"channel": "hotline_117"}))[SealedKind.REPORTER] == []
