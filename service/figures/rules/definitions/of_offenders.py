"""Figures of people and companies alleged responsible. Pure."""

from typing import Final

from service.figures.rules.definitions.definition import Definition, FigureKind, Unit, named
from service.figures.rules.definitions.dimensions import OF_OFFENDERS, ROLE, STAGE
from service.ledger.rules import Measure

DEFINED: Final = (
    Definition(
        name="offenders_at_stage",
        version=1,
        title="Alleged offenders by stage of the law",
        unit=Unit.OFFENDER,
        kind=FigureKind.FLOW,
        counts="People and companies alleged responsible about whom any stage beyond being named is on record. By "
        "`stage` each counts once at every stage reached, on the first day it was reached. The total and the other "
        "breakdowns count each once, on the day of the first stage. No stage before a conviction says guilty.",
        dated_by="The day the stage was first reached; in the total, that of the first stage.",
        measure=Measure.OFFENDERS_PURSUED,
        dimensions=named(*OF_OFFENDERS, ROLE, STAGE),
    ),
    Definition(
        name="arrests",
        version=1,
        title="Arrests",
        unit=Unit.EVENT,
        kind=FigureKind.FLOW,
        counts="Every arrest on record. Somebody who was arrested twice makes two: these are not persons.",
        dated_by="The day of each arrest.",
        measure=Measure.ARRESTS,
        dimensions=named(*OF_OFFENDERS),
    ),
)
