"""What a correction changes, and what it clears. Pure."""

from dataclasses import fields
from typing import Any

from service.story.kinds.case_described import CaseDescribed
from service.story.kinds.described import Described
from service.story.kinds.offender_described import OffenderDescribed


def changes_of(fact: CaseDescribed | Described | OffenderDescribed) -> dict[str, Any]:
    """Answer what a correction changes: members that are not None, and None for those it clears."""
    members = {member.name: getattr(fact, member.name) for member in fields(fact) if member.name != "cleared"}
    given = {name: value for name, value in members.items() if value is not None}
    return given | dict.fromkeys((name.value for name in fact.cleared), None)
