"""Somebody said or showed which nationality a person has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from service.acting import Role
from service.codes import NATIONALITIES, NationalitySource
from service.errors import InvalidError
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import MayNotRecordError
from service.story.fact import Fact, NationalityCode
from service.story.kinds.kind import PERSON, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.nationality import Assertion

SOURCES: Final[Mapping[Role, frozenset[NationalitySource]]] = {
    Role.OPERATOR: frozenset(
        {
            NationalitySource.CLAIMED_REPORTER,
            NationalitySource.CLAIMED_SELF,
            NationalitySource.LANGUAGE_INFERRED,
            NationalitySource.DOCUMENT_COPY,
        }
    ),
    Role.VERIFIER: frozenset(NationalitySource)
    - {NationalitySource.CONFIRMED_BY_STATE, NationalitySource.DENIED_BY_STATE},
    Role.LIAISON: frozenset({NationalitySource.CONFIRMED_BY_STATE, NationalitySource.DENIED_BY_STATE}),
    Role.SUPERVISOR: frozenset(NationalitySource),
}
"""From which sources a role asserts a nationality: only its liaison speaks for a state."""


@dataclass(frozen=True, kw_only=True)
class NationalityAsserted(Fact):
    """Somebody said or showed which nationality a person has; with `decision`, a supervisor settled a dispute."""

    event_kind = Kind.NATIONALITY_ASSERTED

    nationality: NationalityCode
    source: NationalitySource
    decision: bool = False


def check(situation: Situation, fact: NationalityAsserted) -> None:
    """Raise unless the recorder can assert this nationality from this source.

    Raises:
        InvalidError: there is no such nationality.
        MayNotRecordError: not from this source, for this state, or as a decision by this role.
    """
    recorder = situation.recorder
    if fact.nationality not in NATIONALITIES:
        raise InvalidError("Use a code of /v1/reference/nationalities, such as MYS, TWN or XXA.")
    sources = SOURCES.get(recorder.role, frozenset())
    if fact.source not in sources:
        allowed = ", ".join(source.value for source in NationalitySource if source in sources)
        raise MayNotRecordError(f"Your role asserts a nationality from: {allowed or 'no source'}.")
    if recorder.role is Role.LIAISON and fact.nationality not in recorder.nationalities:
        raise MayNotRecordError("A liaison speaks only for the states its agency serves.")
    if fact.decision and (recorder.role is not Role.SUPERVISOR or fact.source is NationalitySource.DENIED_BY_STATE):
        raise MayNotRecordError("A supervisor decides a disputed nationality, for one of the asserted values.")


def apply(case: Case, event: Event, fact: NationalityAsserted) -> None:
    """Add the assertion."""
    if (person := case.persons.get(event.subject.id)) is not None:
        said = Assertion(fact.nationality, fact.source, fact.decision, event.agency_id, event.recorded_at)
        person.assertions.append(said)


KIND = EventKind(
    fact=NationalityAsserted,
    about=PERSON,
    summary="Somebody said or showed which nationality a person has.",
    recorders=frozenset({Role.OPERATOR, Role.VERIFIER, Role.LIAISON, Role.SUPERVISOR}),
    told_to_liaison=frozenset({"nationality", "source", "decision"}),
    check=check,
    apply=apply,
)
