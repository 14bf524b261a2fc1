"""Figures of cases, and of what their reporters said. Pure."""

from typing import Final

from service.figures.rules.definitions.definition import Closure, Definition, FigureKind, Unit, named
from service.figures.rules.definitions.dimensions import ESSENTIAL, FINDING, OF_CASES
from service.figures.rules.values import Form
from service.ledger.rules import Measure

DEFINED: Final = (
    Definition(
        name="cases_received",
        version=1,
        title="Requests for intervention received",
        unit=Unit.CASE,
        kind=FigureKind.FLOW,
        counts="Every case, whatever was found later. Two requests for the same person are two cases.",
        dated_by="The day of first contact.",
        measure=Measure.CASES_RECEIVED,
        dimensions=named(*OF_CASES),
        closure=Closure(
            name="C1",
            words="Cases received are those open and those closed, by reason.",
            left=Measure.CASES_RECEIVED,
            right=Measure.CASES_STANDING,
        ),
    ),
    Definition(
        name="persons_alleged",
        version=1,
        title="People said to be concerned",
        unit=Unit.HEAD_COUNT,
        kind=FigureKind.FLOW,
        counts="The sum of what reporters said about how many people are concerned, lower and upper bound; not "
        "verified, not compared with each other, never added to persons. `open_ended` claims have no upper bound.",
        dated_by="The day of first contact of the case.",
        measure=Measure.ALLEGED_LOW,
        dimensions=named(*OF_CASES),
        form=Form.BOUNDS,
        bounds=(Measure.ALLEGED_HIGH, Measure.ALLEGED_OPEN),
    ),
    Definition(
        name="cases_intervened",
        version=1,
        title="Cases intervened in",
        unit=Unit.CASE,
        kind=FigureKind.FLOW,
        counts="Cases in which something was found or somebody was rescued.",
        dated_by="The day of the first finding or rescue.",
        measure=Measure.CASES_INTERVENED,
        dimensions=named(*OF_CASES),
    ),
    Definition(
        name="cases_intervened",
        version=2,
        title="Cases intervened in",
        unit=Unit.CASE,
        kind=FigureKind.FLOW,
        counts="Cases in which something was found, somebody was rescued, or an operation recorded something.",
        dated_by="The day of the first finding, rescue or operation.",
        measure=Measure.CASES_INTERVENED,
        dimensions=named(*OF_CASES),
        from_rules=2,
    ),
    Definition(
        name="cases_intervened",
        version=3,
        title="Cases intervened in",
        unit=Unit.CASE,
        kind=FigureKind.FLOW,
        counts="Cases in which something was found, somebody was rescued, or an operation recorded something. That "
        "nothing could be verified is no intervention.",
        dated_by="The day of the first finding, rescue or operation.",
        measure=Measure.CASES_INTERVENED,
        dimensions=named(*OF_CASES),
        from_rules=4,
    ),
    Definition(
        name="cases_intervened",
        version=4,
        title="Cases intervened in",
        unit=Unit.CASE,
        kind=FigureKind.FLOW,
        counts="Cases for which an operation was made, whoever it met, or in which an operation recorded something, "
        "something was found, or somebody was rescued. That nothing could be verified is no intervention. An operation "
        "under embargo counts once its embargo has passed.",
        dated_by="The day of the first finding, rescue or operation.",
        measure=Measure.CASES_INTERVENED,
        dimensions=named(*OF_CASES),
        from_rules=7,
    ),
    Definition(
        name="cases_by_finding",
        version=1,
        title="Cases by what was found",
        unit=Unit.CASE,
        kind=FigureKind.FLOW,
        counts="Cases with a finding in force of each category. A case can have several; extortion together with "
        "confinement is a category of its own.",
        dated_by="The day the category was first found.",
        measure=Measure.CASES_BY_FINDING,
        dimensions=named(*OF_CASES, FINDING),
        default_by=("finding",),
    ),
    Definition(
        name="completeness",
        version=1,
        title="What is known of the cases",
        unit=Unit.CASE,
        kind=FigureKind.FLOW,
        counts="Cases in which an essential is there for everybody concerned (`value`), of all cases received "
        "(`base`). A case can have several. It says what was asked and answered, not what happened.",
        dated_by="The day of first contact of the case.",
        measure=Measure.CASES_COMPLETE,
        dimensions=named(*OF_CASES, ESSENTIAL),
        default_by=("essential",),
        form=Form.SHARE,
        closure=Closure(
            name="C7",
            words="Every case received was looked at for its essentials.",
            left=Measure.CASES_RECEIVED,
            right=Measure.CASES_COMPLETE,
        ),
    ),
)
