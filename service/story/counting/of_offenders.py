"""What an offender contributes: stages of the law, never guilt. Pure."""

from collections.abc import Iterator
from datetime import date

from service.codes import UNKNOWN, OffenderRole, SuspectStage
from service.ledger.rules import NONE, Cell, Measure
from service.story.case import Case
from service.story.counting.days import first_days
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

    beyond = [
        (reached.moment.on, reached.stage) for reached in offender.stages if reached.stage is not SuspectStage.NAMED
    ]
    if not beyond:
        return
    firsts = first_days(((stage.value, day) for day, stage in beyond))
    began = min(firsts.values())
    yield cell(Measure.OFFENDERS_PURSUED, began), 1
    for role in set(offender.roles) or {OffenderRole.UNKNOWN}:
        yield cell(Measure.PURSUED_IN_ROLE, began, role.value), 1
    for stage, day in firsts.items():
        yield cell(Measure.STAGES_REACHED, day, stage), 1
    for day, reached in beyond:
        if reached is SuspectStage.ARRESTED:
            yield cell(Measure.ARRESTS, day), 1
