"""What a caller sends about an operation."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from service.cases.schemas.filing import PersonTold
from service.codes import (
    Attribution,
    CustodyKind,
    DocumentType,
    EvidenceKind,
    FindingOutcome,
    Freely,
    NationalitySource,
    OperationKind,
    OperationOutcomePerson,
    ProofStandard,
)
from service.operations.rules.outcomes import ABSENT, contradiction
from service.operations.rules.standing import MOST_PEOPLE
from service.wire import Day, Given, Instant, Line, Prose, ProvinceCode, Reference

LARGEST_RESULTS: Final = 512 * 1024
"""Bytes of one report: 500 people told one by one, with names and papers, take 200 KiB."""


class OperationCreate(Given):
    """An operation of your own agency."""

    kind: OperationKind
    started_on: Day | None = None
    """Today where absent."""
    ended_on: Day | None = None
    """Absent while it goes on."""
    province: ProvinceCode | None = None
    case: Reference | None = None
    """The case it was made for, also where it met nobody."""
    embargo_until: Instant | None = None
    """Until then only officers and liaisons of your agency and supervisors may know of it, and cases it opens say no
    more of where than the province. The people it met, and how many, are known to whoever may know of them. It lies
    in the future."""
    site: Prose | None = None
    """Compound, building, floor. Sealed."""
    grounds: Line | None = None
    """The document that orders or permits it; a raid needs one. Sealed."""


class OperationPatch(Given):
    """Changes to an operation; null clears."""

    ended_on: Day | None = None
    embargo_until: Instant | None = None
    """A new one lies in the future; null makes the operation known at once."""
    province: ProvinceCode | None = None
    case: Reference | None = None


class OperationNote(Given):
    """A note to an operation, sealed."""

    text: Prose


class VerificationGiven(Given):
    """What the operation concluded of people it met."""

    outcome: FindingOutcome = FindingOutcome.PRESUMED_VICTIM
    standard: ProofStandard = ProofStandard.REASONABLE_GROUNDS
    evidence: Annotated[tuple[EvidenceKind, ...], Field(min_length=1, max_length=7)] = (EvidenceKind.SITE_VISIT,)
    confinement: bool | None = None
    extortion: bool | None = None


OutcomesGiven = Annotated[tuple[OperationOutcomePerson, ...], Field(min_length=1, max_length=4)]
Papers = Annotated[tuple[DocumentType, ...], Field(max_length=8)]


class MetGiven(Given):
    """What the operation meant for somebody it met or looked for."""

    outcomes: OutcomesGiven
    freely: Freely | None = None
    """Of a refusal: whether it was stated freely."""
    custody: CustodyKind | None = None
    """Of whoever was taken into custody: whose."""
    missing_documents: Papers | None = None
    """Absent: nobody looked. Empty: all were there."""
    occurred_on: Day | None = None
    """Within the operation; its first day where absent."""
    finding: VerificationGiven | None = None
    """What was concluded; of whoever was rescued unverified, the report's own where absent."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (words := contradiction(self)) is not None:
            raise ValueError(words)
        return self


class ResultGiven(MetGiven):
    """What the operation meant for somebody who is in the register."""

    person: Reference


class FoundGiven(MetGiven, PersonTold):
    """People found whom nobody had asked for: one, or several of whom the same is known."""

    count: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] = 1
    nationality_source: Literal[
        NationalitySource.DOCUMENT_SEEN,
        NationalitySource.DOCUMENT_COPY,
        NationalitySource.CLAIMED_SELF,
        NationalitySource.LANGUAGE_INFERRED,
    ] = NationalitySource.CLAIMED_SELF

    @model_validator(mode="after")
    def _there_and_each_their_own(self) -> Self:
        if ABSENT & set(self.outcomes):
            raise ValueError(
                "The outcome is one of somebody who was not there: under `found` report people who were found"
            )
        sealed = (self.names, self.documents, self.contacts, self.guardian, self.story, self.date_of_birth)
        if self.count > 1 and any(sealed):
            raise ValueError(
                "Names, documents, contacts, guardian, story and date of birth need a `count` of 1: "
                "give each person a line"
            )
        return self


class ResultsGiven(Given):
    """What an operation did for everybody it met or looked for. All or nothing, up to 500 people."""

    persons: Annotated[tuple[ResultGiven, ...], Field(max_length=MOST_PEOPLE)] = ()
    """Who is in the register."""
    found: Annotated[tuple[FoundGiven, ...], Field(max_length=MOST_PEOPLE)] = ()
    """Who was not: a case is opened for each nationality."""
    finding: VerificationGiven = VerificationGiven()
    """What was concluded of whoever was rescued and not verified before, where their line says nothing else."""
    by: Annotated[tuple[Attribution, ...], Field(max_length=3)] = ()
    """Who brought people out; your own body where absent."""

    @model_validator(mode="after")
    def _some_and_not_too_many(self) -> Self:
        people = len(self.persons) + sum(line.count for line in self.found)
        if not 1 <= people <= MOST_PEOPLE:
            raise ValueError(f"One report takes 1 to {MOST_PEOPLE} people, each counted: send several reports for more")
        return self
