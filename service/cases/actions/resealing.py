"""What is sealed anew when somebody or something is corrected. What was sealed before is retired, not erased."""

from service.acting import Acting
from service.cases.actions import sealing
from service.cases.actions.corrections import NOBODY, NOWHERE, PLACES
from service.cases.schemas.amending import CasePatch, OffenderPatch, PersonPatch, ReporterPatch
from service.db.database import WriteConnection
from service.people import actions as people
from service.people.queries import open_records
from service.people.rules import SealedKind, Subject
from service.sealing import RegisterKeys


async def reseal_case(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, under: Subject, given: CasePatch
) -> list[str]:
    """Stage what a patch says anew of a case, and answer the names of the sealed fields."""
    fields: list[str] = []
    if "narrative" in given.model_fields_set:
        fields += await _replace_text(db, acting, under, SealedKind.NARRATIVE, given.narrative)
    if "original_label" in given.model_fields_set:
        fields += await _replace_text(db, acting, under, SealedKind.LABEL, given.original_label)
    if "location" in given.model_fields_set:
        location = given.location or NOWHERE
        for name in location.model_fields_set & PLACES.keys():
            fields += await _replace_text(db, acting, under, PLACES[name], getattr(location, name))
    if "reporter" in given.model_fields_set:
        fields += await _reseal_reporter(db, keys, acting, under, given.reporter or NOBODY)
    return fields


async def reseal_person(db: WriteConnection, acting: Acting, under: Subject, given: PersonPatch) -> list[str]:
    """Stage what a patch says anew of a person, and answer the names of the sealed fields."""
    fields: list[str] = []
    if "names" in given.model_fields_set:
        fields += await _replace(db, acting, under, SealedKind.NAME)
        fields += sealing.seal_names(db, acting, under, given.names or ())
    if "documents" in given.model_fields_set:
        fields += await _replace(db, acting, under, SealedKind.DOCUMENT)
        fields += sealing.seal_documents(db, acting, under, given.documents or ())
    if "contacts" in given.model_fields_set:
        fields += await _replace(db, acting, under, SealedKind.CONTACT)
        fields += sealing.seal_contacts(db, acting, under, given.contacts or ())
    if "guardian" in given.model_fields_set:
        fields += await _replace(db, acting, under, SealedKind.GUARDIAN)
        fields += sealing.seal_guardian(db, acting, under, given.guardian)
    return fields


async def reseal_offender(db: WriteConnection, acting: Acting, under: Subject, given: OffenderPatch) -> list[str]:
    """Stage what a patch says anew of an offender, and answer the names of the sealed fields."""
    fields: list[str] = []
    if "names" in given.model_fields_set:
        fields += await _replace(db, acting, under, SealedKind.NAME)
        fields += sealing.seal_names(db, acting, under, given.names or ())
    if "contacts" in given.model_fields_set:
        fields += await _replace(db, acting, under, SealedKind.CONTACT)
        fields += sealing.seal_contacts(db, acting, under, given.contacts or ())
    if "description" in given.model_fields_set:
        fields += await _replace_text(db, acting, under, SealedKind.DESCRIPTION, given.description)
    return fields


async def _reseal_reporter(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, under: Subject, given: ReporterPatch
) -> list[str]:
    """Merge what is sealed of the reporter with what was sent; what was not sent stays."""
    changes = given.model_dump(mode="json", exclude_unset=True, exclude={"relationship"})
    if not changes:
        return []
    present = await open_records(db, keys, [(under.case_id, under.id)], [SealedKind.REPORTER])
    merged = {**present[-1].content, **changes} if present else changes
    fields = await _replace(db, acting, under, SealedKind.REPORTER)
    content = {name: value for name, value in merged.items() if value is not None}
    if content:
        people.put(db, acting, under, SealedKind.REPORTER, content)
    return fields


async def _replace(db: WriteConnection, acting: Acting, under: Subject, kind: SealedKind) -> list[str]:
    await people.retire(db, acting, under, [kind])
    return [kind.value]


async def _replace_text(
    db: WriteConnection, acting: Acting, under: Subject, kind: SealedKind, text: str | None
) -> list[str]:
    await people.retire(db, acting, under, [kind])
    if text is not None:
        people.put(db, acting, under, kind, {"text": text})
    return [kind.value]
