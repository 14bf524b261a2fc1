"""Every kind of event, by name. The union of the wire, the tables and the disclosure are made from it."""

from collections.abc import Mapping
from typing import Any, Final

from service.story.kinds import (
    added,
    alleged,
    case_described,
    closed,
    custody_ended,
    custody_started,
    described,
    documents_checked,
    ended,
    finding_made,
    headcount_claimed,
    located,
    named,
    nationality_asserted,
    offender_described,
    operation_made,
    received,
    reopened,
    repatriated,
    rescue_refused,
    rescued,
    return_step,
    stage_reached,
    voided,
    wish_stated,
)
from service.story.kinds.kind import EventKind
from service.story.kinds.names import Kind

_MODULES: Final = (
    received,
    case_described,
    headcount_claimed,
    alleged,
    finding_made,
    closed,
    reopened,
    operation_made,
    added,
    described,
    nationality_asserted,
    located,
    wish_stated,
    documents_checked,
    custody_started,
    custody_ended,
    rescued,
    rescue_refused,
    return_step,
    repatriated,
    ended,
    named,
    offender_described,
    stage_reached,
    voided,
)

KINDS: Final[Mapping[Kind, EventKind[Any]]] = {module.KIND.name: module.KIND for module in _MODULES}
"""In the order in which they are listed in the contract."""
