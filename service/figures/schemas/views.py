"""From definitions and answers to what is shown: documents and tables."""

from dataclasses import asdict
from datetime import datetime
from typing import Final

from service.days import PHNOM_PENH
from service.figures.rules.answering import FigureAnswer, Key, Question
from service.figures.rules.definitions import DEFINITIONS, VERSIONS, Definition, Parts
from service.figures.rules.holding import HELD_BACK
from service.figures.rules.values import COLUMNS, VAGUE, Value
from service.figures.schemas.digest import digest_of
from service.figures.schemas.shapes import (
    CellShown,
    CheckShown,
    DefinitionShown,
    DimensionShown,
    EarlierVersion,
    FigureShown,
)

_HELD_LABEL: Final = "Not told apart"


def definition_shown(definition: Definition) -> DefinitionShown:
    """Return what a figure means, in words."""
    return DefinitionShown(
        name=definition.name,
        version=definition.version,
        title=definition.title,
        unit=definition.unit,
        kind=definition.kind,
        counts=definition.counts,
        dated_by=definition.dated_by,
        dimensions=_dimensions(definition, tuple(definition.dimensions)),
        earlier_versions=tuple(
            EarlierVersion(version=earlier.version, counts=earlier.counts, dated_by=earlier.dated_by)
            for earlier in VERSIONS[definition.name][:-1]
        ),
    )


def figure_shown(answered: FigureAnswer, *, settled: bool, generated_at: datetime) -> FigureShown:
    """Return an answered figure as it is shown, with its digest."""
    question = answered.question
    definition = question.definition
    first, last = question.period
    shown = FigureShown(
        figure=definition.name,
        definition_version=definition.version,
        title=definition.title,
        unit=definition.unit,
        kind=definition.kind,
        counts=definition.counts,
        dated_by=definition.dated_by,
        period=None if question.is_stock else {"from": first, "to": last},
        at=last if question.is_stock else None,
        time_zone=PHNOM_PENH.key,
        known_at=question.known_at,
        settled=settled,
        filters={name: tuple(codes) for name, codes in question.filters.items()},
        by=_dimensions(definition, question.by),
        cells=tuple(_cell(question, key, value) for key, value in answered.cells.items() if question.by),
        total=None if answered.total is None else CellShown(codes={}, labels={}, **asdict(answered.total)),
        **answered.vague,
        held_back=answered.held_back or None,
        checks=tuple(CheckShown(**asdict(check)) for check in answered.checks),
        nationality_rule_version=question.nationality_rule,
        generated_at=generated_at,
        digest="",
    )
    return shown.model_copy(update={"digest": digest_of(shown.model_dump(mode="json", exclude_none=True))})


def figure_table(shown: FigureShown) -> tuple[list[str], list[list[object]]]:
    """Return a figure as a tidy table, columns and rows: one row a cell; the total alone without a breakdown.

    Every row says what was asked, so that a row that is copied out still does.
    """
    names = [dimension.name for dimension in shown.by]
    period = shown.period or {}
    fixed: dict[str, object] = {
        "figure": shown.figure,
        "definition_version": shown.definition_version,
        "unit": shown.unit.value,
        "from": period.get("from"),
        "to": period.get("to"),
        "at": shown.at,
        "known_at": shown.model_dump(mode="json", include={"known_at"})["known_at"],
    }
    asked: dict[str, object] = {
        "filters": " ".join(f"{name}={code}" for name, codes in shown.filters.items() for code in codes),
        "overlapping": " ".join(dimension.name for dimension in shown.by if dimension.parts is Parts.OVERLAPPING),
        "failed_checks": " ".join(check.name for check in shown.checks if not check.holds),
        "settled": str(shown.settled).lower(),
        "digest": shown.digest,
    } | {name: getattr(shown, name) for name in VAGUE[DEFINITIONS[shown.figure].form]}
    asked["held_back"] = str(bool(shown.held_back)).lower()
    values = COLUMNS[DEFINITIONS[shown.figure].form]
    columns = [*fixed, *(column for name in names for column in (name, f"{name}_label")), *values, *asked]
    cells = shown.cells if names else tuple(cell for cell in (shown.total,) if cell)
    if shown.held_back and not cells:
        cells = (CellShown(codes=dict.fromkeys(names, HELD_BACK), labels=dict.fromkeys(names, _HELD_LABEL)),)
    rows = [
        [
            *fixed.values(),
            *(text for name in names for text in (cell.codes[name], cell.labels[name])),
            *(getattr(cell, value) for value in values),
            *asked.values(),
        ]
        for cell in cells
    ]
    return columns, rows


def _dimensions(definition: Definition, names: tuple[str, ...]) -> tuple[DimensionShown, ...]:
    return tuple(DimensionShown(name=name, parts=definition.dimensions[name].parts) for name in names)


def _cell(question: Question, key: Key, value: Value) -> CellShown:
    codes = dict(zip(question.by, key, strict=True))
    labels = {name: question.definition.dimensions[name].label_of(code) for name, code in codes.items()}
    if HELD_BACK in codes.values():
        labels = dict.fromkeys(question.by, _HELD_LABEL)
    return CellShown(codes=codes, labels=labels, **asdict(value))
