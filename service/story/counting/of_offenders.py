"""What an offender contributes: stages of the law, never guilt. Pure."""

from collections.abc import Iterator
from datetime import date

from service.codes import UNKNOWN, OffenderRole, SuspectStage
from service.ledger.rules import NONE, Cell, Measure
from service.story.case import Case
from service.story.counting.days import earliest, first_moments, placed
from service.story.counting.of_cases import province_of
from service.story.offender import Offender


def of_offender(case: Case, offender: Offender) -> Iterator[tuple[Cell, int]]:
    """Return the cells of an offender; none before a stage beyond being named."""

    def cell(measure: Measure, on: date, detail: str = NONE) -> Cell:
        return Cell(
            measure=measure,
            occurred_on=on,
            nationality=offender.nationality or UNKNOWN,
            province=province_of(case),
            detail=detail,
        )

    beyond = [(reached.moment, reached.stage) for reached in offender.stages if reached.stage is not SuspectStage.NAMED]
    if not beyond:
        return
    firsts = first_moments((stage.value, moment) for moment, stage in beyond)
    began = earliest(firsts.values())
    yield from placed(cell(Measure.OFFENDERS_PURSUED, began.on), fitted=began.is_fitted)
    for role in set(offender.roles) or {OffenderRole.UNKNOWN}:
        yield from placed(cell(Measure.PURSUED_IN_ROLE, began.on, role.value), fitted=began.is_fitted)
    for stage, moment in firsts.items():
        yield from placed(cell(Measure.STAGES_REACHED, moment.on, stage), fitted=moment.is_fitted)
    for moment, reached in beyond:
        if reached is SuspectStage.ARRESTED:
            yield from placed(cell(Measure.ARRESTS, moment.on), fitted=moment.is_fitted)
