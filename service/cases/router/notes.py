"""What every reading handler needs to know of its caller."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request

from service.access.gate import acting_of
from service.acting import Principal
from service.audit.actions import note_of
from service.audit.rules import AuditAction
from service.codes import ReadPurpose
from service.db.readings import Note

Purpose = Annotated[
    ReadPurpose | None,
    Query(description="Why sealed fields are opened. Without it they stay sealed. It is written to the audit log."),
]

Flag = Annotated[bool | None, Query(description="true or false; both where absent.")]


def note_on(request: Request, principal: Principal, action: AuditAction, purpose: ReadPurpose | None = None) -> Note:
    """Return what a reading in this request is put on record with."""
    return note_of(acting_of(request, principal), action, purpose=None if purpose is None else purpose.value)
