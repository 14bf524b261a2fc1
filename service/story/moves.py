"""Who may record which kind of event, and from which status it can happen. Tables; `decide` looks up. Pure.

Source: design/domain.md sections 4 and 8; ADR 0011 for returns recorded by officers and supervisors.
"""

from collections.abc import Mapping
from typing import Final

from service.acting import Role
from service.codes import NationalitySource, PersonStatus, ReturnMode
from service.story.kinds.names import Kind

RECORDERS: Final[Mapping[Kind, frozenset[Role]]] = {
    Kind.HEADCOUNT_CLAIMED: frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    Kind.ALLEGED: frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    Kind.FINDING_MADE: frozenset({Role.VERIFIER, Role.SUPERVISOR}),
    Kind.CLOSED: frozenset({Role.SUPERVISOR}),
    Kind.REOPENED: frozenset({Role.SUPERVISOR}),
    Kind.NATIONALITY_ASSERTED: frozenset({Role.OPERATOR, Role.VERIFIER, Role.LIAISON, Role.SUPERVISOR}),
    Kind.LOCATED: frozenset({Role.VERIFIER}),
    Kind.WISH_STATED: frozenset({Role.OPERATOR, Role.LIAISON}),
    Kind.DOCUMENTS_CHECKED: frozenset({Role.OFFICER, Role.LIAISON}),
    Kind.CUSTODY_STARTED: frozenset({Role.OFFICER, Role.LIAISON}),
    Kind.CUSTODY_ENDED: frozenset({Role.OFFICER, Role.LIAISON}),
    Kind.RESCUED: frozenset({Role.OFFICER, Role.LIAISON}),
    Kind.RESCUE_REFUSED: frozenset({Role.OFFICER, Role.LIAISON}),
    Kind.RETURN_STEP: frozenset({Role.LIAISON, Role.OFFICER}),
    Kind.REPATRIATED: frozenset({Role.LIAISON, Role.OFFICER, Role.SUPERVISOR}),
    Kind.ENDED: frozenset({Role.LIAISON, Role.SUPERVISOR}),
    Kind.STAGE_REACHED: frozenset({Role.OFFICER}),
}
"""For the kinds that come by `POST /v1/events`; the others are written by calls of their own."""

_IN_OPERATION: Final[Mapping[Kind, frozenset[Role]]] = {
    Kind.FINDING_MADE: frozenset({Role.OFFICER, Role.LIAISON}),
    Kind.LOCATED: frozenset({Role.OFFICER, Role.LIAISON}),
}
"""Where the operation itself records it: it is a verification (ADR 0017), and an effort to find whom it looks for."""

FROM: Final[Mapping[Kind, frozenset[PersonStatus]]] = {
    Kind.RESCUED: frozenset({PersonStatus.VERIFIED, PersonStatus.REPATRIATED, PersonStatus.ENDED}),
    Kind.REPATRIATED: frozenset({PersonStatus.RESCUED}),
    Kind.ENDED: frozenset({PersonStatus.RECEIVED, PersonStatus.VERIFIED, PersonStatus.RESCUED}),
    Kind.RESCUE_REFUSED: frozenset({PersonStatus.RECEIVED, PersonStatus.VERIFIED}),
}
"""Statuses from which a person's event can happen; a kind not listed can always."""

MOVES: Final = (Kind.FINDING_MADE, Kind.LOCATED, Kind.RESCUED, Kind.RESCUE_REFUSED, Kind.REPATRIATED, Kind.ENDED)

DEPORTATIONS: Final = frozenset({ReturnMode.DEPORTED, ReturnMode.DEPORTED_INSTEAD_OF_JAIL})

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
"""On whose word a role may assert a nationality: a state is spoken for by its liaison."""


def recorders_of(kind: Kind, *, in_operation: bool = False) -> frozenset[Role]:
    """Answer the roles that record a kind, by itself or as part of an operation."""
    by_itself = RECORDERS.get(kind, frozenset())
    return _IN_OPERATION.get(kind, by_itself) if in_operation else by_itself


def possible_from(status: PersonStatus) -> list[str]:
    """Answer the kinds of move that exist from a status."""
    return sorted(kind.value for kind in MOVES if status in FROM.get(kind, frozenset(PersonStatus)))
