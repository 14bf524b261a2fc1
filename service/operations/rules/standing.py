"""Who may carry out, change and report on an operation. Pure.

Source: design/domain.md section 8 (officers; liaisons for consular operations), background/domain-model.md section 3.4.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from service.acting import Principal, Role
from service.codes import NationalitySource, OperationKind
from service.errors import Fault, InvalidError
from service.story.errors import MayNotRecordError

CONSULAR: Final = frozenset({OperationKind.CONSULAR_VISIT, OperationKind.HANDOVER_FOREIGN})
"""What an embassy does by itself: it visits, and takes over whom another state hands over."""

MOST_PEOPLE: Final = 500
"""In one report: the largest published operation freed 469 (foreign ministry, September 2022)."""


def check_kind(kind: OperationKind, principal: Principal) -> None:
    """Raise unless a principal may record operations of a kind.

    Raises:
        MayNotRecordError: a liaison records an operation that is not consular.
    """
    if principal.role is Role.LIAISON and kind not in CONSULAR:
        kinds = ", ".join(sorted(found.value for found in CONSULAR))
        raise MayNotRecordError(f"A liaison cannot record an operation of this kind. Kinds a liaison records: {kinds}.")


def check_grounds(kind: OperationKind, grounds: str | None) -> None:
    """Raise if a raid has no grounds.

    Raises:
        InvalidError: with the member to give.
    """
    if kind is OperationKind.RAID and grounds is None:
        words = "A raid needs grounds: name the document that orders or permits it"
        raise InvalidError(faults=(Fault("pointer", "#/grounds", "required", words),))


def check_days(started_on: date, ended_on: date | None, *, today: date) -> None:
    """Raise unless the days of an operation are possible.

    Raises:
        InvalidError: a day is later than today in Asia/Phnom_Penh, or the last is earlier than the first.
    """
    faults = []
    future = f"This day is later than today, {today} in Phnom Penh. Give an earlier one"
    if started_on > today:
        faults.append(Fault("pointer", "#/started_on", "future_day", future))
    if ended_on is not None and ended_on > today:
        faults.append(Fault("pointer", "#/ended_on", "future_day", future))
    if ended_on is not None and ended_on < started_on:
        faults.append(
            Fault("pointer", "#/ended_on", "out_of_order", "ended_on is earlier than started_on. Correct one of them")
        )
    if faults:
        raise InvalidError(faults=tuple(faults))


def check_embargo(until: datetime | None, *, now: datetime) -> None:
    """Raise if an embargo, until which nobody else may know of an operation, has passed already.

    Raises:
        InvalidError: it has: an embargo that never was would look like one that held.
    """
    if until is not None and until <= now:
        words = "This instant has passed: name a later one, or leave the embargo out"
        fault = Fault("pointer", "#/embargo_until", "past_instant", words)
        raise InvalidError(faults=(fault,))


def is_under_embargo(until: datetime | None, *, now: datetime) -> bool:
    """Whether an embargo lasts, so that nobody else may know of the operation."""
    return until is not None and until > now


def check_own(agency_id: UUID, principal: Principal) -> None:
    """Raise unless a principal may change an operation it may know of.

    Raises:
        MayNotRecordError: it is another agency's, and the principal is no supervisor.
    """
    if principal.agency_id != agency_id and principal.role is not Role.SUPERVISOR:
        raise MayNotRecordError(
            "Only the agency that carries out the operation, or a supervisor, may change it or report on it."
        )


def check_found(principal: Principal, nationality: str | None, source: NationalitySource, *, held: bool) -> None:
    """Raise unless a principal may report somebody found whom nobody had asked for.

    Args:
        principal: who reports.
        nationality: of the person, as found out.
        source: on what.
        held: whether the person fears their own state.

    Raises:
        MayNotRecordError: a liaison reports somebody it may not know of, or says what only others may say.
    """
    if principal.role is not Role.LIAISON:
        return
    if nationality not in principal.nationalities:
        raise MayNotRecordError("A liaison may report only people of the nationalities its agency serves.")
    if held:
        raise MayNotRecordError(
            "A liaison may not record whether somebody fears their own state. Leave fears_own_state out."
        )
    if source is NationalitySource.DOCUMENT_SEEN:
        raise MayNotRecordError(
            "A liaison may not give the source document_seen. Record afterwards that your state confirms its national."
        )
