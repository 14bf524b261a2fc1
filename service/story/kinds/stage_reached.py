"""An offender reached a stage of the law."""

from dataclasses import dataclass

from service.acting import Role
from service.codes import SuspectStage
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import MoveNotAllowedError, OutOfOrderError
from service.story.fact import Fact
from service.story.kinds.kind import OFFENDER, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.offender import Offender
from service.story.proceedings import JUDGMENTS, RANK, Stage, comes_again, contradicted


@dataclass(frozen=True, kw_only=True)
class StageReached(Fact):
    """A stage of the law was reached."""

    event_kind = Kind.STAGE_REACHED

    stage: SuspectStage


def check(situation: Situation, fact: StageReached) -> None:
    """Raise unless a stage can be reached on this day.

    Stages may be skipped, and learned of in any order; their days stand in order.

    Raises:
        MoveNotAllowedError: it was reached already, or there was a judgment.
        OutOfOrderError: its day lies on the wrong side of another stage's.
    """
    offender, moment = situation.offender, situation.draft.occurred
    if offender is None:
        return
    judged = any(one.stage in JUDGMENTS for one in offender.stages)
    if fact.stage is SuspectStage.NAMED or comes_again(offender.stages, fact.stage, moment):
        raise _refused(offender, "This stage was reached already. Detention and arrest come again after a release.")
    if judged and fact.stage in JUDGMENTS:
        raise _refused(offender, "There is a judgment already. Void it first, if it is wrong.")
    wrong = contradicted(offender.stages, fact.stage, moment)
    if wrong is not None:
        raise OutOfOrderError(wrong.stage.value, wrong.moment, after=moment.on > wrong.moment.on)


def apply(case: Case, event: Event, fact: StageReached) -> None:
    """Add the stage."""
    if (offender := case.offenders.get(event.subject.id)) is not None:
        offender.stages.append(Stage(event.occurred, fact.stage))


def _refused(offender: Offender, words: str) -> MoveNotAllowedError:
    present = offender.stage
    onward = [stage.value for stage in SuspectStage if RANK[stage] > RANK[present]]
    return MoveNotAllowedError(present=present.value, wanted=Kind.STAGE_REACHED.value, allowed=onward, detail=words)


KIND = EventKind(
    fact=StageReached,
    about=OFFENDER,
    summary="Offenders reached a stage of the law.",
    recorders=frozenset({Role.OFFICER}),
    check=check,
    apply=apply,
)
