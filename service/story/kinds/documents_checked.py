"""Somebody checked a person's documents."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.acting import Role
from service.codes import DocumentType
from service.errors import InvalidError
from service.story.case import Case
from service.story.drafts import Situation
from service.story.fact import Fact
from service.story.kinds.kind import PERSON, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.standing import DocumentCheck


@dataclass(frozen=True, kw_only=True)
class DocumentsChecked(Fact):
    """Somebody checked a person's documents; an empty list means that none was missing."""

    event_kind = Kind.DOCUMENTS_CHECKED

    missing: Annotated[tuple[DocumentType, ...], MaxLen(8)] = ()


def check(_: Situation, fact: DocumentsChecked) -> None:
    """Raise unless each missing document is named once.

    Raises:
        InvalidError: a document is named twice.
    """
    if len(set(fact.missing)) < len(fact.missing):
        raise InvalidError("Name each missing document once.")


def apply(case: Case, event: Event, fact: DocumentsChecked) -> None:
    """Add the check."""
    if (person := case.persons.get(event.subject.id)) is not None:
        person.document_checks.append(DocumentCheck(event.occurred, fact.missing))


KIND = EventKind(
    fact=DocumentsChecked,
    about=PERSON,
    summary="Somebody checked a person's documents.",
    recorders=frozenset({Role.OFFICER, Role.LIAISON}),
    in_operation=frozenset({Role.OFFICER, Role.LIAISON}),
    may_precede_request=True,
    told_to_liaison=frozenset({"missing"}),
    check=check,
    apply=apply,
)
