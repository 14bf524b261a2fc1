"""Query parameters of more than one feature."""

from typing import Annotated

from fastapi import Query

from service.codes import ReadPurpose

Purpose = Annotated[
    ReadPurpose | None,
    Query(description="Why sealed fields are opened. Without it they stay sealed. It is written to the audit log."),
]

Flag = Annotated[bool | None, Query(description="true or false; both where absent.")]
