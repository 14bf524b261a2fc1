"""Stages of the law. Pure."""

from service.codes import SuspectStage
from service.story.drafts import Situation
from service.story.errors import MoveNotAllowedError, OutOfOrderError
from service.story.kinds.names import Kind
from service.story.kinds.stage_reached import StageReached
from service.story.offender import Offender
from service.story.proceedings import JUDGMENTS, RANK, comes_again, contradicted


def check_stage(situation: Situation, fact: StageReached) -> None:
    """Accept a stage. Stages may be skipped, and learned of in any order; their days stand in order.

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


def _refused(offender: Offender, words: str) -> MoveNotAllowedError:
    present = offender.stage
    onward = [stage.value for stage in SuspectStage if RANK[stage] > RANK[present]]
    return MoveNotAllowedError(present=present.value, wanted=Kind.STAGE_REACHED.value, allowed=onward, detail=words)
