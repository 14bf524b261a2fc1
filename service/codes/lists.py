"""Every code list by name, as the reference calls of the API return it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from service.codes.cases import CaseClosure, CaseStatus
from service.codes.code import Code
from service.codes.countries import COUNTRIES, EFFECTIVE_NATIONALITIES, NATIONALITIES
from service.codes.findings import (
    AuthorityKind,
    EvidenceKind,
    FindingOutcome,
    NationalitySource,
    ProofStandard,
)
from service.codes.intake import (
    AllegationType,
    CaseKind,
    IntakeChannel,
    ReporterRelationship,
    StatementBound,
    Urgency,
)
from service.codes.offenders import OffenderRole, SuspectStage
from service.codes.operations import OperationKind, OperationOutcomePerson
from service.codes.people import (
    AgeGroup,
    ContactKind,
    CustodyKind,
    DocumentStatus,
    DocumentType,
    EndOutcome,
    Freely,
    NameKind,
    PersonStatus,
    Sex,
    WishPurpose,
    WishValue,
)
from service.codes.places import PROVINCES, PlacePrecision
from service.codes.recording import (
    Attribution,
    LocatingResult,
    NoEvidenceReason,
    ReadPurpose,
    ReopenReason,
    ReturnDecision,
    VoidReason,
)
from service.codes.returns import ReturnFunding, ReturnMode, ReturnStep, ReturnStepReason, ReturnStepState

VERSION: Final = "2026-11"
"""Version of all lists together; it changes with any code or label."""

_OWN: Final = "Safe Return code lists"
_APPEAL: Final = "Safe Return code lists, from the NCCT appeal of 26 August 2022"
_CLARIFICATION: Final = "Safe Return code lists, from the foreign ministry clarification of 9 September 2022"
_PRESS: Final = "Safe Return code lists, from official statements and press reports of 2022 and 2024"
_RETURN: Final = "Safe Return code lists, from repatriation practice"
_PROOF: Final = "Safe Return code lists, after the UK National Referral Mechanism"
_CHILD: Final = "Convention on the Rights of the Child, article 1; Palermo Protocol, article 3 (d)"
_ISO: Final = "ISO 3166-1"
_ICAO: Final = "ISO 3166-1; ICAO Doc 9303-3"
_COUNTED: Final = "ISO 3166-1; ICAO Doc 9303-3; Safe Return code lists for unknown and disputed"


@dataclass(frozen=True)
class Entry:
    """One code of a list, with its English label and other spellings that a look-up accepts."""

    code: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes.

    Attributes:
        name: Kebab-case name in the address of the list.
        title: What the list holds, for people.
        source: Where its codes come from.
        entries: The codes, in the order in which they are offered.

    """

    name: str
    title: str
    source: str
    entries: tuple[Entry, ...]


def _codes(codes: type[Code], name: str, title: str, source: str) -> CodeList:
    return CodeList(name, title, source, tuple(Entry(code.value, code.label) for code in codes))


def _labels(labels: Mapping[str, str], name: str, title: str, source: str) -> CodeList:
    return CodeList(name, title, source, tuple(Entry(code, label) for code, label in labels.items()))


def _provinces() -> CodeList:
    entries = tuple(Entry(province.code, province.name, province.aliases) for province in PROVINCES.values())
    return CodeList("provinces", "Provinces of Cambodia", "ISO 3166-2:KH", entries)


def _by_name(lists: Iterable[CodeList]) -> Mapping[str, CodeList]:
    return MappingProxyType({each.name: each for each in lists})


LISTS: Final = _by_name(
    (
        _codes(IntakeChannel, "channels", "Intake channels", _APPEAL),
        _codes(CaseKind, "case-kinds", "Kinds of request", _CLARIFICATION),
        _codes(ReporterRelationship, "reporter-relationships", "Relationship of the reporter", _CLARIFICATION),
        _codes(AllegationType, "allegation-types", "Types of allegation", _PRESS),
        _codes(StatementBound, "head-count-bounds", "Bounds of a stated number", _PRESS),
        _codes(Urgency, "urgencies", "Urgency", _OWN),
        _codes(PlacePrecision, "place-precisions", "Precision of a place", _CLARIFICATION),
        _codes(CaseStatus, "case-statuses", "Status of a case", _OWN),
        _codes(CaseClosure, "case-closures", "Reasons to close a case", _CLARIFICATION),
        _codes(FindingOutcome, "finding-outcomes", "Outcomes of a finding", _CLARIFICATION),
        _codes(ProofStandard, "proof-standards", "Standards of proof", _PROOF),
        _codes(AuthorityKind, "authority-kinds", "Kinds of authority and agency", _CLARIFICATION),
        _codes(EvidenceKind, "evidence-kinds", "Kinds of evidence", _PRESS),
        _codes(NationalitySource, "nationality-sources", "Sources of a nationality", _RETURN),
        _codes(PersonStatus, "person-statuses", "Status of a person", _OWN),
        _codes(EndOutcome, "end-outcomes", "Outcomes other than repatriation", _CLARIFICATION),
        _codes(Sex, "sexes", "Sex", _OWN),
        _codes(AgeGroup, "age-groups", "Age groups", _CHILD),
        _codes(NameKind, "name-kinds", "Kinds of name", _OWN),
        _codes(ContactKind, "contact-kinds", "Kinds of contact point", _OWN),
        _codes(DocumentType, "document-types", "Types of document", _PRESS),
        _codes(DocumentStatus, "document-statuses", "Status of a document", _PRESS),
        _codes(CustodyKind, "custody-kinds", "Kinds of custody", _PRESS),
        _codes(WishPurpose, "wish-purposes", "Purposes of a wish", _CLARIFICATION),
        _codes(WishValue, "wish-values", "Answers to a wish", _CLARIFICATION),
        _codes(Freely, "wish-freedoms", "Whether a wish was stated freely", _OWN),
        _codes(OffenderRole, "offender-roles", "Roles of an offender", _PRESS),
        _codes(SuspectStage, "suspect-stages", "Stages of proceedings", _PRESS),
        _codes(OperationKind, "operation-kinds", "Kinds of operation", _PRESS),
        _codes(OperationOutcomePerson, "operation-outcomes", "Outcomes of an operation for a person", _PRESS),
        _codes(ReturnMode, "return-modes", "Modes of return", _PRESS),
        _codes(ReturnFunding, "return-fundings", "Funding of a return", _RETURN),
        _codes(ReturnStep, "return-steps", "Steps of a return", _RETURN),
        _codes(ReturnStepState, "return-step-states", "States of a step of a return", _RETURN),
        _codes(ReturnStepReason, "return-step-reasons", "Reasons of a step of a return", _RETURN),
        _codes(VoidReason, "void-reasons", "Reasons to void an event", _OWN),
        _codes(ReopenReason, "reopen-reasons", "Reasons to reopen a case", _OWN),
        _codes(NoEvidenceReason, "no-evidence-reasons", "Reasons for a finding without evidence", _OWN),
        _codes(Attribution, "attributions", "Who brought a person out", _PRESS),
        _codes(LocatingResult, "locating-results", "Results of an effort to find a person", _PRESS),
        _codes(ReturnDecision, "return-decisions", "Who decided a return", _OWN),
        _codes(ReadPurpose, "read-purposes", "Purposes of opening sealed fields", _OWN),
        _provinces(),
        _labels(COUNTRIES, "countries", "Countries", _ISO),
        _labels(NATIONALITIES, "nationalities", "Nationalities that may be asserted", _ICAO),
        _labels(EFFECTIVE_NATIONALITIES, "effective-nationalities", "Nationalities that are counted", _COUNTED),
    )
)
"""All lists by name."""
