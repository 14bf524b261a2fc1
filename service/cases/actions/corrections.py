"""From corrections of a case, a person or an offender to what is recorded of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from service.cases.actions.born import BornTold
from service.cases.actions.sealed_fields import NOWHERE, OF_LOCATION, OF_OFFENDER
from service.cases.actions.telling import tells_any
from service.cases.schemas.amending import CasePatch, LocationPatch, OffenderPatch, PersonPatch, ReporterPatch
from service.codes import CaseKind, Sex, Urgency
from service.people.rules import SealedKind
from service.story.fact import Cleared
from service.story.kinds.case_described import CaseDescribed
from service.story.kinds.described import Described
from service.story.kinds.offender_described import OffenderDescribed

NOBODY: Final = ReporterPatch(relationship=None, name=None, contacts=None, wants_updates=None)
"""What null stands for as a correction of the reporter: everything about it is cleared."""

_DESCRIBING: Final = {name: OF_OFFENDER[name] for name in ("names", "description")}


def case_fact(given: CasePatch, sealed: frozenset[SealedKind]) -> CaseDescribed:
    """Return what a correction of a case says.

    Args:
        given: the correction.
        sealed: kinds of the records sealed of the case before.
    """
    named = given.model_fields_set
    fact = CaseDescribed(
        kind=given.kind or (CaseKind.RESCUE if "kind" in named else None),
        urgency=given.urgency or (Urgency.NORMAL if "urgency" in named else None),
        language=given.language,
        offender_unknown=bool(given.offender_unknown) if "offender_unknown" in named else None,
        withheld_from=tuple(sorted(set(given.withheld_from or ()))) if "withheld_from" in named else None,
        cleared=_cleared(named, given, (Cleared.LANGUAGE,)),
    )
    if "location" in named:
        fact = _with_location(fact, given.location or NOWHERE, sealed)
    if "reporter" in named:
        fact = _with_reporter(fact, given.reporter or NOBODY)
    return fact


def _with_location(fact: CaseDescribed, given: LocationPatch, sealed: frozenset[SealedKind]) -> CaseDescribed:
    named = given.model_fields_set
    place_given = fact.place_given
    if named & OF_LOCATION.keys():
        place_given = _still_there(given, OF_LOCATION, sealed)
    return replace(
        fact,
        province=given.province,
        precision=given.precision,
        place_given=place_given,
        cleared=fact.cleared + _cleared(named, given, (Cleared.PROVINCE, Cleared.PRECISION)),
    )


def _with_reporter(fact: CaseDescribed, given: ReporterPatch) -> CaseDescribed:
    named = given.model_fields_set
    return replace(
        fact,
        relationship=given.relationship,
        contact_given=tells_any(*given.contacts or ()) if "contacts" in named else fact.contact_given,
        cleared=fact.cleared + _cleared(named, given, (Cleared.RELATIONSHIP,)),
    )


def person_fact(given: PersonPatch, born: BornTold) -> Described:
    """Return what a correction of a person says."""
    named = given.model_fields_set
    return Described(
        sex=given.sex or (Sex.UNKNOWN if "sex" in named else None),
        birth_year=born.birth_year,
        age=born.age,
        fears_own_state=bool(given.fears_own_state) if "fears_own_state" in named else None,
        named=tells_any(*given.names or ()) if "names" in named else None,
        contact_given=tells_any(*given.contacts or ()) if "contacts" in named else None,
        guardian_known=given.guardian is not None if "guardian" in named else None,
        cleared=born.cleared,
    )


def offender_fact(given: OffenderPatch, sealed: frozenset[SealedKind]) -> OffenderDescribed:
    """Return what a correction of an offender says.

    Args:
        given: the correction.
        sealed: kinds of the records sealed of the offender before.
    """
    named = given.model_fields_set
    described = _still_there(given, _DESCRIBING, sealed) if named & _DESCRIBING.keys() else None
    return OffenderDescribed(
        roles=(given.roles or ()) if "roles" in named else None,
        nationality=given.nationality,
        described=described,
        cleared=_cleared(named, given, (Cleared.NATIONALITY,)),
    )


def _still_there(given: Any, fields: Mapping[str, SealedKind], sealed: frozenset[SealedKind]) -> bool:
    """Whether one of the sealed fields holds something after the patch."""
    named = given.model_fields_set
    return any(_tells(getattr(given, name)) if name in named else kind in sealed for name, kind in fields.items())


def _tells(value: Any) -> bool:
    return tells_any(*value) if isinstance(value, tuple) else tells_any(value)


def _cleared(named: set[str], given: Any, fields: tuple[Cleared, ...]) -> tuple[Cleared, ...]:
    return tuple(field for field in fields if field.value in named and getattr(given, field.value) is None)
