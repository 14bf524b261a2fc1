"""Codes of each dimension and what they are called, and which codes are shown even at zero. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from service.codes import (
    DETENTIONS,
    DISPUTED,
    EFFECTIVE_NATIONALITIES,
    PROVINCES,
    UNKNOWN,
    AgeGroup,
    Attribution,
    CaseKind,
    DocumentType,
    EndOutcome,
    FindingOutcome,
    IntakeChannel,
    OffenderRole,
    PersonStatus,
    ReturnMode,
    Sex,
    SuspectStage,
)
from service.codes.code import Code

STATELESS: Final = "XXA"
NO_OPERATION: Final = "none"
EMBARGOED: Final = "under_embargo"
"""All operations together of which whoever asks must not know yet."""


def _labels(codes: Iterable[Code]) -> dict[str, str]:
    return {code.value: code.label for code in codes}


LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "nationality": EFFECTIVE_NATIONALITIES,
    "sex": _labels(Sex),
    "age_group": _labels(AgeGroup),
    "province": {**{province.code: province.name for province in PROVINCES.values()}, "unknown": "Not known"},
    "channel": _labels(IntakeChannel),
    "kind": _labels(CaseKind),
    "mode": _labels(ReturnMode),
    "status": _labels(PersonStatus),
    "outcome": _labels(EndOutcome),
    "finding": {**_labels(FindingOutcome), "confinement_and_extortion": "Confinement together with extortion"},
    "attribution": _labels(Attribution),
    "rescued": {"yes": "Rescued, before or after", "no": "Never rescued"},
    "detention": _labels(DETENTIONS),
    "document": _labels(DocumentType),
    "stage": _labels(stage for stage in SuspectStage if stage is not SuspectStage.NAMED),
    "role": _labels(OffenderRole),
    "essential": {
        "location": "Where exactly they are",
        "names": "Names of everybody",
        "nationality": "Nationality of everybody",
        "crime": "What is being done to them",
        "offender": "Who is responsible, or that it is unknown",
        "contact": "A safe way to reach somebody",
    },
    "operation": {NO_OPERATION: "Not in an operation on record", EMBARGOED: "In operations under embargo"},
}

_OPEN: Final = {"operation": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")}
"""Lists that grow: besides the codes above, anything of this form may be asked for."""

_LONG: Final = {"nationality": (UNKNOWN, DISPUTED, STATELESS)}
"""Lists too long to show whole: these codes are shown always, the others when counted or asked for."""


def is_code(codes: str, code: str) -> bool:
    """Tell whether a code may be asked for.

    Args:
        codes: the dimension's code list.
        code: as it was sent.
    """
    return code in LABELS[codes] or (codes in _OPEN and _OPEN[codes].fullmatch(code) is not None)


def shown_codes(codes: str, counted: Iterable[str], filtered: Iterable[str]) -> list[str]:
    """Answer the codes of a breakdown, in the list's order: nothing counted is dropped, zeros that matter are shown.

    Args:
        codes: the dimension's code list.
        counted: codes that have a value.
        filtered: codes the caller asked for; where there are any, only those.
    """
    wanted = set(filtered)
    always = _LONG.get(codes, LABELS[codes].keys())
    shown = wanted or set(always) | set(counted)
    return [code for code in LABELS[codes] if code in shown] + sorted(shown - LABELS[codes].keys())
