"""Which told things are sealed, for a case, a person and an offender."""

from collections.abc import Sequence

from service.acting import Acting
from service.cases.schemas.filing import (
    CaseCreate,
    ContactGiven,
    DocumentGiven,
    GuardianGiven,
    NameGiven,
    OffenderCreate,
    PersonTold,
)
from service.db.database import WriteConnection
from service.people.actions import put
from service.people.rules import SealedKind, Subject
from service.wire import Given


def seal_case(db: WriteConnection, acting: Acting, subject: Subject, given: CaseCreate) -> list[str]:
    """Stage what was told about a case, and answer the names of the sealed fields."""
    texts = {
        SealedKind.TOWN: given.location.town,
        SealedKind.PLACE: given.location.place,
        SealedKind.NARRATIVE: given.narrative,
        SealedKind.LABEL: given.original_label,
    }
    sealed = [kind for kind, text in texts.items() if text is not None]
    for kind in sealed:
        put(db, acting, subject, kind, {"text": texts[kind]})
    for allegation in given.allegations:
        if allegation.text is not None:
            put(db, acting, subject, SealedKind.ALLEGATION, {"text": allegation.text})
            sealed.append(SealedKind.ALLEGATION)
    reporter = given.reporter.model_dump(mode="json", exclude_defaults=True, exclude={"relationship"})
    if reporter:
        put(db, acting, subject, SealedKind.REPORTER, reporter)
        sealed.append(SealedKind.REPORTER)
    return [kind.value for kind in sealed]


def seal_person(db: WriteConnection, acting: Acting, subject: Subject, given: PersonTold) -> list[str]:
    """Stage what was told about a person, and answer the names of the sealed fields."""
    sealed = seal_names(db, acting, subject, given.names)
    sealed += seal_documents(db, acting, subject, given.documents)
    sealed += seal_contacts(db, acting, subject, given.contacts)
    sealed += seal_guardian(db, acting, subject, given.guardian)
    if given.story is not None:
        put(db, acting, subject, SealedKind.NARRATIVE, {"text": given.story})
        sealed.append(SealedKind.NARRATIVE.value)
    return sealed


def seal_offender(db: WriteConnection, acting: Acting, subject: Subject, given: OffenderCreate) -> list[str]:
    """Stage what was told about an offender, and answer the names of the sealed fields."""
    sealed = seal_names(db, acting, subject, given.names)
    sealed += seal_contacts(db, acting, subject, given.contacts)
    if given.description is not None:
        put(db, acting, subject, SealedKind.DESCRIPTION, {"text": given.description})
        sealed.append(SealedKind.DESCRIPTION.value)
    return sealed


def seal_names(db: WriteConnection, acting: Acting, subject: Subject, names: tuple[NameGiven, ...]) -> list[str]:
    """Stage names, in the script and spelling they were written in."""
    return _each(db, acting, subject, SealedKind.NAME, names)


def seal_documents(
    db: WriteConnection, acting: Acting, subject: Subject, documents: tuple[DocumentGiven, ...]
) -> list[str]:
    """Stage documents."""
    return _each(db, acting, subject, SealedKind.DOCUMENT, documents)


def seal_contacts(
    db: WriteConnection, acting: Acting, subject: Subject, contacts: tuple[ContactGiven, ...]
) -> list[str]:
    """Stage ways to reach somebody."""
    return _each(db, acting, subject, SealedKind.CONTACT, contacts)


def seal_guardian(db: WriteConnection, acting: Acting, subject: Subject, guardian: GuardianGiven | None) -> list[str]:
    """Stage a guardian, where there is one."""
    return _each(db, acting, subject, SealedKind.GUARDIAN, () if guardian is None else (guardian,))


def _each(
    db: WriteConnection,
    acting: Acting,
    subject: Subject,
    kind: SealedKind,
    given: Sequence[Given],
) -> list[str]:
    for one in given:
        put(db, acting, subject, kind, one.model_dump(mode="json", exclude_none=True))
    return [kind.value] if given else []
