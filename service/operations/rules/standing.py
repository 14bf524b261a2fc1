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
    """Let a principal's agency carry out a kind of operation.

    Raises:
        MayNotRecordError: a liaison, and it is not a consular one.
    """
    if principal.role is Role.LIAISON and kind not in CONSULAR:
        kinds = ", ".join(sorted(found.value for found in CONSULAR))
        raise MayNotRecordError(f"A liaison records operations of these kinds: {kinds}.")


def check_grounds(kind: OperationKind, grounds: str | None) -> None:
    """Accept the grounds of an operation.

    Raises:
        InvalidError: a raid has none.
    """
    if kind is OperationKind.RAID and grounds is None:
        words = "Name the document that orders or permits the raid"
        raise InvalidError("1 field needs correcting", faults=(Fault("pointer", "#/grounds", "required", words),))


def check_days(started_on: date, ended_on: date | None, *, today: date) -> None:
    """Accept the days of an operation.

    Raises:
        InvalidError: one has not come yet in Asia/Phnom_Penh, or they are out of order.
    """
    faults = []
    if started_on > today:
        faults.append(Fault("pointer", "#/started_on", "future_day", "This day has not come yet in Phnom Penh"))
    if ended_on is not None and ended_on > today:
        faults.append(Fault("pointer", "#/ended_on", "future_day", "This day has not come yet in Phnom Penh"))
    if ended_on is not None and ended_on < started_on:
        faults.append(Fault("pointer", "#/ended_on", "out_of_order", "It ended on the day it began, or later"))
    if faults:
        raise InvalidError("The days need correcting", faults=tuple(faults))


def check_embargo(until: datetime | None, *, now: datetime) -> None:
    """Accept until when nobody else may know of an operation; without one it is known at once.

    Raises:
        InvalidError: that instant has passed: an embargo that never was would look like one that held.
    """
    if until is not None and until <= now:
        words = "This instant has passed: name a later one, or leave the embargo out"
        fault = Fault("pointer", "#/embargo_until", "past_instant", words)
        raise InvalidError("1 field needs correcting", faults=(fault,))


def check_own(agency_id: UUID, principal: Principal) -> None:
    """Let a principal change an operation it may know of.

    Raises:
        MayNotRecordError: another agency's, and the principal is no supervisor.
    """
    if principal.agency_id != agency_id and principal.role is not Role.SUPERVISOR:
        raise MayNotRecordError("The agency that carries out an operation records it, or a supervisor.")


def check_found(principal: Principal, nationality: str | None, source: NationalitySource, *, held: bool) -> None:
    """Let a principal report somebody found whom nobody had asked for.

    Args:
        principal: who reports.
        nationality: of the person, as found out.
        source: on what.
        held: whether the person fears their own state.

    Raises:
        MayNotRecordError: a liaison, and the person is not for its eyes, or it says what only others say.
    """
    if principal.role is not Role.LIAISON:
        return
    if nationality not in principal.nationalities:
        raise MayNotRecordError("You report people of the nationalities your agency serves only.")
    if held:
        raise MayNotRecordError("Whether somebody fears their own state is not recorded by that state's liaison.")
    if source is NationalitySource.DOCUMENT_SEEN:
        raise MayNotRecordError("An officer sees documents. Record afterwards that your state confirms its national.")
