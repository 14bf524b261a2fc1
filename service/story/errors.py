"""What the life of a case refuses. Each names what would be allowed instead. Pure."""

from collections.abc import Iterable

from service.errors import ConflictError, ForbiddenError, InvalidError
from service.story.moment import Moment


class MoveNotAllowedError(ConflictError):
    """The subject is not in a state from which this can happen."""

    code = "invalid-transition"
    title = "This cannot happen from here"

    def __init__(self, *, present: str, wanted: str, allowed: Iterable[str], detail: str) -> None:
        """Say where the subject stands and which kinds of event are possible."""
        super().__init__(detail)
        self.members = {"from": present, "to": wanted, "allowed": sorted(allowed)}


class RequirementMissingError(ConflictError):
    """The move exists, but a fact it rests on is missing. The member `missing` names it."""

    code = "requirement-missing"
    title = "Something has to be recorded first"


class OutOfOrderError(ConflictError):
    """The day lies before an earlier step, or after a later one. The members `step` and `step_on` say which."""

    code = "out-of-order"
    title = "The day does not fit another step's"

    def __init__(self, step: str, step_on: Moment, *, after: bool = False) -> None:
        """Name the step and its day.

        Args:
            step: the one on whose wrong side the day lies.
            step_on: its day.
            after: the day lies after a later step, not before an earlier one.
        """
        side = "after" if after else "before"
        words = f"The day lies {side} the step '{step}' of {step_on}. Correct the day, or void that step first."
        super().__init__(words, step=step, step_on=str(step_on))


class FutureDayError(InvalidError):
    """The day has not come yet in Asia/Phnom_Penh."""


class FilerVerifiesError(ForbiddenError):
    """The filer of a case may not verify it."""

    code = "filer-cannot-verify"
    title = "Whoever filed a case does not verify it"


class MayNotRecordError(ForbiddenError):
    """The role may not record this kind of event, or not with these values."""

    code = "may-not-record"
    title = "Your role does not record this"


class StandingEventsError(ConflictError):
    """Later events rest on the one that should be voided."""

    code = "standing-events"
    title = "Later events rest on this one"
