"""Somebody looked at a person's papers, and which of them were missing; none is an answer too."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.codes import (
    DocumentType,
)
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class DocumentsChecked(Fact):
    """Somebody looked at a person's papers, and which of them were missing; none is an answer too."""

    missing: Annotated[tuple[DocumentType, ...], MaxLen(8)] = ()
