"""Figures of human beings. Pure."""

from dataclasses import replace
from typing import Final

from service.figures.rules.definitions.definition import Closure, Definition, FigureKind, Unit, named
from service.figures.rules.definitions.dimensions import (
    ATTRIBUTION,
    CUSTODY,
    DOCUMENT,
    FOUND_ABOUT,
    MODE,
    OF_HUMANS,
    OPERATION,
    OUTCOME,
    RESCUED,
    STATUS,
    STAY,
)
from service.figures.rules.values import Form
from service.ledger.rules import Measure

_CLOSED_BEFORE: Final = Closure(
    name="C3",
    words="Humans ever rescued are repatriated, awaiting return, or ended after the rescue.",
    left=Measure.PERSONS_RESCUED,
    right=Measure.RESCUED_STANDING,
    right_details=("awaiting_return", "repatriated", "ended"),
    cumulative=True,
)
"""Before rules 4, which know Cambodians at home."""

_RESCUED_CLOSES: Final = replace(
    _CLOSED_BEFORE,
    words="Humans ever rescued are repatriated, awaiting return, Cambodians at home, or ended after the rescue.",
    right_details=("awaiting_return", "at_home", "repatriated", "ended"),
)

_RESCUED: Final = Definition(
    name="persons_rescued",
    version=1,
    title="People rescued",
    unit=Unit.HUMAN,
    kind=FigureKind.FLOW,
    counts="Humans brought out, each once, whatever was found and wherever they went afterwards. By `finding`: "
    "what each authority last found about the human. By `operation`: that of the first rescue.",
    dated_by="The day of the human's first rescue.",
    measure=Measure.PERSONS_RESCUED,
    dimensions=named(*OF_HUMANS, ATTRIBUTION, FOUND_ABOUT, OPERATION),
    closure=_CLOSED_BEFORE,
)

_AWAITING: Final = Definition(
    name="persons_awaiting_return",
    version=1,
    title="People rescued and not home yet",
    unit=Unit.HUMAN,
    kind=FigureKind.STOCK,
    counts="Humans rescued, not repatriated, and not ended otherwise.",
    dated_by="As it stood at the end of the day `at`.",
    measure=Measure.STATUS,
    dimensions=named(*OF_HUMANS),
    detail="rescued",
    closure=_CLOSED_BEFORE,
)

DEFINED: Final = (
    Definition(
        name="persons_received",
        version=1,
        title="People who became known",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans in the register, each once. An unnamed person is a person; a head-count claim is not.",
        dated_by="The day the person became known.",
        measure=Measure.PERSONS_RECEIVED,
        dimensions=named(*OF_HUMANS),
    ),
    Definition(
        name="persons_verified",
        version=1,
        title="People whose report was verified",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans about whom the facts were checked and the category is known. It does not mean trafficked.",
        dated_by="The day of the verifying finding.",
        measure=Measure.PERSONS_VERIFIED,
        dimensions=named(*OF_HUMANS),
    ),
    _RESCUED,
    replace(_RESCUED, version=2, closure=_RESCUED_CLOSES, from_rules=4),
    Definition(
        name="persons_detained",
        version=1,
        title="People detained",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans in the hands of an authority that holds people: police custody, immigration depot, kept before "
        "deportation, prison; each once. Who was held by the site is a victim of it, not detained; a shelter, an "
        "embassy, a hospital or a private lodging is no detention. By `custody` a human counts once in each kind, on "
        "the first day in it. `rescued` says whether the human was ever rescued, before or after.",
        dated_by="The day of the human's first detention.",
        measure=Measure.PERSONS_DETAINED,
        dimensions=named(*OF_HUMANS, CUSTODY, RESCUED),
    ),
    Definition(
        name="persons_undocumented",
        version=1,
        title="People with papers missing",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans whose papers somebody looked at and found any missing, each once. Papers nobody looked at are "
        "not missing. By `document` a human counts once for each paper, on the first day it was missing. `rescued` "
        "says whether the human was ever rescued, before or after.",
        dated_by="The day papers of the human were first found missing.",
        measure=Measure.PERSONS_UNDOCUMENTED,
        dimensions=named(*OF_HUMANS, DOCUMENT, RESCUED),
    ),
    Definition(
        name="persons_repatriated",
        version=1,
        title="People who went home",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans who left Cambodia towards home, each once. Deportations are a mode of their own, never hidden.",
        dated_by="The day of the human's first departure.",
        measure=Measure.PERSONS_REPATRIATED,
        dimensions=named(*OF_HUMANS, MODE),
    ),
    Definition(
        name="journeys_home",
        version=1,
        title="Journeys home",
        unit=Unit.JOURNEY,
        kind=FigureKind.FLOW,
        counts="Every departure towards home; a human who went home twice made two.",
        dated_by="The day of each departure.",
        measure=Measure.JOURNEYS_HOME,
        dimensions=named(*OF_HUMANS, MODE),
    ),
    Definition(
        name="persons_ended",
        version=1,
        title="People whose story ended otherwise",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans whose story in the register ended otherwise than by a return, by outcome.",
        dated_by="The day it ended.",
        measure=Measure.PERSONS_ENDED,
        dimensions=named(*OF_HUMANS, OUTCOME),
        default_by=("outcome",),
    ),
    _AWAITING,
    replace(
        _AWAITING,
        version=2,
        counts="Humans rescued, not repatriated, and not ended otherwise. Cambodians are at home and await no return.",
        measure=Measure.RESCUED_STANDING,
        detail="awaiting_return",
        closure=_RESCUED_CLOSES,
        from_rules=4,
    ),
    Definition(
        name="persons_by_status",
        version=1,
        title="People by status",
        unit=Unit.HUMAN,
        kind=FigureKind.STOCK,
        counts="Every human in the register, in exactly one status.",
        dated_by="As it stood at the end of the day `at`.",
        measure=Measure.STATUS,
        dimensions=named(*OF_HUMANS, STATUS),
        default_by=("status",),
        closure=Closure(
            name="C2",
            words="Humans known are the sum over statuses.",
            left=Measure.PERSONS_RECEIVED,
            right=Measure.STATUS,
            cumulative=True,
        ),
    ),
    Definition(
        name="days_in_status",
        version=1,
        title="Days in each status",
        unit=Unit.DAYS,
        kind=FigureKind.DISTRIBUTION,
        counts="Completed stays of humans in a status: how many, their median and their ninetieth percentile in days, "
        "by nearest rank. Entered and left on the same day is 0 days. Who is still in a status is not counted in it.",
        dated_by="The day the status was left.",
        measure=Measure.DAYS_IN_STATUS,
        dimensions=named(*OF_HUMANS, STAY),
        default_by=("status",),
        form=Form.SPREAD,
    ),
)
