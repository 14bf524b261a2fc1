"""What every reading handler needs to know of its caller."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request

from service.access.gate import acting_of
from service.acting import Principal
from service.cases.actions.reading import Reader
from service.codes import ReadPurpose
from service.http.deps import services_of

Purpose = Annotated[
    ReadPurpose | None,
    Query(description="Why sealed fields are opened. Without it they stay sealed. It is written to the audit log."),
]

Flag = Annotated[bool | None, Query(description="true or false; both where absent.")]


def reader_of(request: Request, principal: Principal, purpose: ReadPurpose | None = None) -> Reader:
    """Answer who reads, in this request, and why."""
    acting = acting_of(request, principal)
    return Reader(acting=acting, keys=services_of(request).keys, purpose=purpose)
