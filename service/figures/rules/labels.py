"""Codes of each dimension and what they are called, and which codes are shown even at zero. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from service.codes import (
    DISPUTED,
    EFFECTIVE_NATIONALITIES,
    PROVINCES,
    UNKNOWN,
    AgeGroup,
    Attribution,
    CaseKind,
    EndOutcome,
    FindingOutcome,
    IntakeChannel,
    PersonStatus,
    ReturnMode,
    Sex,
)
from service.codes.code import Code

STATELESS: Final = "XXA"


def _labels(codes: type[Code]) -> dict[str, str]:
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
}

_LONG: Final = {"nationality": (UNKNOWN, DISPUTED, STATELESS)}
"""Lists too long to show whole: these codes are shown always, the others when counted or asked for."""


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
