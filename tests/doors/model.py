"""Who may know of what, in plain words: written from design/domain.md section 8 and ADR 0011, before any code was read.

It shares nothing with the service: neither its tables nor its conditions. The matrix compares the two cell by cell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.access.role_model import MAY, MAY_RECORD, SHUT_OUT

EVERY_CASE: Final = frozenset({"verifier", "officer", "supervisor"})
"""Roles that read all cases."""


@dataclass(frozen=True)
class Seer:
    """Somebody who knocks.

    Attributes:
        kind: the role, or what the role model calls a key or a spoiled credential.
        agency: id of the body they work for.
        states: for a liaison, whose nationals its agency serves.
    """

    name: str
    kind: str
    agency: str = ""
    states: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Somebody:
    """A person or offender of a case.

    Attributes:
        state: of which the person is a national as far as a state may be told; None where nobody knows.
        held: the person fears that state.
        told: the word that stands in everything that was told of them, and by which they are found.
    """

    id: str
    reference: str
    state: str | None = None
    held: bool = False
    told: str = ""


@dataclass
class Record:
    """A case as the model knows it.

    Attributes:
        agency: id of the agency that filed it.
        withheld: ids of agencies that must not know of it.
        there: False for what was never filed.
        told: by what and by which word the case itself is found; by those of the town a liaison finds it too.
    """

    name: str
    id: str
    reference: str
    agency: str = ""
    persons: list[Somebody] = field(default_factory=list)
    offenders: list[Somebody] = field(default_factory=list)
    withheld: frozenset[str] = frozenset()
    there: bool = True
    closed: bool = False
    told: frozenset[tuple[str, str]] = frozenset()
    told_of_town: frozenset[tuple[str, str]] = frozenset()


def knows_of_person(seer: Seer, record: Record, person: Somebody) -> bool:
    """A liaison knows of its own nationals who do not fear their state; everybody else of those in cases they know."""
    if seer.kind != "liaison":
        return knows_of_case(seer, record)
    return _told(seer, record) and person.state in seer.states and not person.held


def knows_of_offenders(seer: Seer, record: Record) -> bool:
    """A liaison knows of no offender."""
    return seer.kind != "liaison" and knows_of_case(seer, record)


def knows_of_case(seer: Seer, record: Record) -> bool:
    """The whole rule, in one place."""
    if not _told(seer, record):
        return False
    if seer.kind in EVERY_CASE:
        return True
    if seer.kind == "operator":
        return record.agency == seer.agency
    if seer.kind == "liaison":
        nationals = any(person.state in seer.states and not person.held for person in record.persons)
        return nationals or record.agency == seer.agency
    return False


def _told(seer: Seer, record: Record) -> bool:
    return record.there and (seer.kind == "supervisor" or seer.agency not in record.withheld)


def shown_in(seer: Seer, record: Record) -> Iterator[Somebody]:
    """Whom a reading of a case shows."""
    yield from (person for person in record.persons if knows_of_person(seer, record, person))
    if knows_of_offenders(seer, record):
        yield from record.offenders


def status_of(seer: Seer, operation: str, known: bool, *, done: int, kind: str | None = None) -> int:
    """Return the expected status: first authentication, then the role, then existence, then the rest.

    Args:
        seer: who calls.
        operation: by its name in the contract.
        known: whether the record is one the seer may know of.
        done: the status where nothing stands in the way.
        kind: of event, where one is recorded.
    """
    if seer.kind in SHUT_OUT:
        return 401
    if seer.kind not in MAY[operation] or (kind is not None and seer.kind not in MAY_RECORD[kind]):
        return 403
    return done if known else 404


PERSON: Final = frozenset(
    {"id", "reference", "case", "status", "awaiting_return", "in_custody", "sex", "age_group", "nationality",
     "received_on", "version", "guardian_known", "wishes", "findings", "return_tasks"}
)  # fmt: skip
PERSON_PERHAPS: Final = frozenset(
    {
        "outcome",
        "custody",
        "missing_documents",
        "birth_year",
        "birth_years",
        "stated_age",
        "nationality_source",
        "nationalities",
        "verified_on",
        "rescued_on",
        "repatriated_on",
        "ended_on",
    }
)
OFFENDER: Final = frozenset({"id", "reference", "case", "roles", "stage", "stages", "version"})
CASE: Final = frozenset({"id", "reference", "channel", "kind", "urgency", "received_on"})
"""Of every case, to everybody who knows of it."""
CASE_PERHAPS: Final = frozenset({"language", "province", "precision"})
WHOLE_CASE: Final = frozenset(
    {"status", "tally", "allegations", "completeness", "next_questions", "version", "findings", "withheld_from"}
)
"""What tells of a case as a whole, and so of other people in it: no liaison is shown it."""
WHOLE_CASE_PERHAPS: Final = frozenset({"relationship", "closure", "head_count", "assigned_to"})
FINDING: Final = frozenset({"authority", "outcome", "standard", "on", "leads"})
"""What a liaison is shown of a finding on its own person; what it rests on may lead to a source."""
EVENT: Final = frozenset({"id", "kind", "subject_kind", "subject", "occurred_on", "recorded_at", "data"})
NOT_IN_EVENTS_OF_A_LIAISON: Final = frozenset(
    {"relationship", "place_given", "contact_given", "offender_unknown", "fears_own_state", "withheld_from", "evidence",
     "no_evidence_reason", "low", "high", "bound", "types"}
)  # fmt: skip
"""Members of events that tell of the reporter, the site, a hold, a source, or of how many there are."""
SEALED: Final[Mapping[str, frozenset[str]]] = {
    "person": frozenset({"names", "documents", "contacts", "stories"}),
    "offender": frozenset({"names", "descriptions", "contacts"}),
    "case": frozenset({"narratives", "notes"}),
}
SEALED_PERHAPS: Final[Mapping[str, frozenset[str]]] = {
    "person": frozenset({"guardian", "date_of_birth"}),
    "offender": frozenset(),
    "case": frozenset({"town", "place", "original_label", "reporter", "allegation_texts"}),
}
SITE_OF_A_LIAISON: Final = frozenset({"town"})
"""Of where it is, a liaison is shown province and town."""


def members_of(seer: Seer, what: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the members that a record always shows, and those that it may show."""
    whole = seer.kind != "liaison"
    required, perhaps = {
        "person": (PERSON | ({"fears_own_state", "assertions"} if whole else set()), PERSON_PERHAPS),
        "offender": (OFFENDER, frozenset({"nationality"})),
        "case": (CASE | (WHOLE_CASE if whole else set()), CASE_PERHAPS | (WHOLE_CASE_PERHAPS if whole else set())),
        "finding": (FINDING | ({"evidence"} if whole else set()), frozenset({"confinement", "extortion"})),
        "event": (
            EVENT | ({"recorded_by", "agency_id"} if whole else set()),
            frozenset({"voided_by", "group_id"}),
        ),
        "note": (EVENT | {"author"}, frozenset()),
    }[what]
    return frozenset(required), frozenset(required | perhaps)


def sealed_members_of(seer: Seer, what: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the same for what is opened for a purpose."""
    perhaps = SEALED_PERHAPS[what]
    if what == "case" and seer.kind == "liaison":
        perhaps = SITE_OF_A_LIAISON
    return SEALED[what], SEALED[what] | perhaps
