"""Who may know of an operation, and what they are shown of it: from the words of design/domain.md section 8 and of the
contract, which says of an embargo "until then only officers and liaisons of your agency and supervisors may know of
it".

It shares nothing with the service.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from tests.access.role_model import MAY, SHUT_OUT
from tests.doors.model import Record, Seer, Somebody, knows_of_person

CONSULAR: Final = frozenset({"consular_visit", "handover_foreign"})
"""What a liaison carries out."""
KINDS: Final = ("welfare_check", "inspection", "raid", "negotiated_release", *sorted(CONSULAR))


@dataclass(frozen=True)
class Met:
    """Somebody an operation met or looked for, and what it said of them."""

    record: Record
    person: Somebody
    outcomes: frozenset[str]
    papers_missing: bool = False


@dataclass
class Operation:
    """An operation as the model knows it.

    Attributes:
        agency: id of the agency that carries it out.
        embargoed: nobody else may know of it yet.
        sealed: whether its site and grounds were told.
        notes: ids of the agencies that wrote one, each time.
        there: False for what was never recorded.
        formless: the name is too short or too long for any operation.
    """

    name: str
    id: str
    reference: str
    kind: str = ""
    agency: str = ""
    province: str | None = None
    started_on: str = ""
    embargoed: bool = False
    sealed: bool = False
    version: int = 1
    there: bool = True
    formless: bool = False
    notes: list[str] = field(default_factory=list)
    met: list[Met] = field(default_factory=list)


def knows_of_operation(seer: Seer, operation: Operation) -> bool:
    """The whole rule: a liaison knows of its own agency's only, an embargo hides it from everybody else."""
    if not operation.there:
        return False
    own = operation.agency == seer.agency
    known = {
        "supervisor": True,
        "officer": own or not operation.embargoed,
        "verifier": not operation.embargoed,
        "liaison": own,
    }
    return known.get(seer.kind, False)


def may_change(seer: Seer, operation: Operation) -> bool:
    """Whoever carries it out says what it was, or a supervisor."""
    return seer.kind == "supervisor" or seer.agency == operation.agency


def status_of_new(seer: Seer, kind: str, *, done: int) -> int:
    """Return the status of recording an operation of a kind."""
    if seer.kind in SHUT_OUT:
        return 401
    allowed = seer.kind in MAY["record_operation"] and (seer.kind != "liaison" or kind in CONSULAR)
    return done if allowed else 403


def results_of(seer: Seer, operation: Operation) -> dict[str, Any]:
    """Count what it did, as somebody with a pencil would, for those the seer may know of."""
    met = [one for one in operation.met if knows_of_person(seer, one.record, one.person)]
    said = {(one.person.id, outcome) for one in met for outcome in one.outcomes}
    people = {one.person.id: one.record.reference for one in met}
    tally = {
        "people": len(people),
        "outcomes": dict(Counter(outcome for _, outcome in said)),
        "papers_missing": len({one.person.id for one in met if one.papers_missing}),
    }
    return {"operation": operation.reference, "tally": tally, "cases": dict(Counter(people.values()))}


def cases_of(seer: Seer, operation: Operation) -> set[str]:
    """Return the cases with somebody it met whom the caller may see: they are named, and so recorded."""
    return {one.record.id for one in operation.met if knows_of_person(seer, one.record, one.person)}


def notes_for(seer: Seer, operation: Operation) -> int:
    """Return how many notes are opened: those of the own agency, or all for a supervisor."""
    return len([agency for agency in operation.notes if seer.kind == "supervisor" or agency == seer.agency])


SHOWN: Final = frozenset(
    {"id", "reference", "kind", "agency_id", "authority", "started_on", "recorded_at", "version"}
)  # fmt: skip
SHOWN_PERHAPS: Final = frozenset({"ended_on", "province", "case", "embargo_until"})
