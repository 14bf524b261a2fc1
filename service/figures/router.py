"""Figures: their definitions and their answers."""

from datetime import date, datetime, time
from inspect import Parameter, Signature
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from service.access.gate import CanReadFigures, acting_of
from service.acting import Principal, Scope
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.days import PHNOM_PENH, day_in_phnom_penh
from service.errors import Fault, ForbiddenError, InvalidError, NotFoundError
from service.figures import actions
from service.figures.rules.answering import Question, check_question
from service.figures.rules.definitions import DEFINITIONS, FILTERS, Definition, FigureKind
from service.figures.schemas.shapes import Definitions, FigureShown
from service.figures.schemas.views import definition_shown, figure_shown, figure_table
from service.http.answers import Answer, answer
from service.http.conditional import content_tag, tagged, unless_unchanged
from service.http.routing import Route
from service.http.services import services_of, wait_for_turn
from service.http.tables import ALSO_AS_CSV, Format, FormatNamed, format_wanted, table_answer
from service.ledger.actions import settled_at
from service.slices import done_aside, stopped_in_time
from service.wire import Day

router: Final = APIRouter(prefix="/v1", route_class=Route, tags=["figures"])

FEW_CELLS: Final = 200
"""A figure of more cells is written beside the loop: 200 take some 8 ms."""

_CACHED: Final = "private, max-age=60"
_KNOWN_AT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
)


Name = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[a-z_]+$")]
Word = Annotated[str, Field(max_length=60)]
Codes = Annotated[list[Word], Query(max_length=300)]


class Period:
    """The parameters that place a figure in time."""

    def __init__(
        self,
        first: Annotated[
            Day | None, Query(alias="from", description="First day of a flow or distribution, included.")
        ] = None,
        last: Annotated[
            Day | None, Query(alias="to", description="Last day of a flow or distribution, included.")
        ] = None,
        at: Annotated[Day | None, Query(description="Day of a stock, at its end; today where absent.")] = None,
        known_at: Annotated[
            str | None,
            Query(
                pattern=_KNOWN_AT,
                max_length=40,
                description="For keys with figures:exact, on record. Nothing recorded later counts: an instant "
                "(RFC 3339) or the end of a day in "
                "Asia/Phnom_Penh. Now where absent. In an address write + as %2B.",
            ),
        ] = None,
    ) -> None:
        """Keep what was asked."""
        self.first, self.last, self.at, self.known_at = first, last, at, known_at

    def of(self, definition: Definition, now: datetime) -> tuple[date, date]:
        """Return the first and last day.

        Raises:
            InvalidError: a flow without both days, a stock with them, days out of order, or a day in the future; of a
                flow, no day that has come.
        """
        if definition.kind is FigureKind.STOCK:
            if self.first or self.last:
                raise _wrong("at", "This figure is a stock. Give `at` instead of `from` and `to`")
            day = self.at or day_in_phnom_penh(now)
            if day > day_in_phnom_penh(now):
                raise _wrong("at", "This day is in the future. Give a day up to today in Asia/Phnom_Penh")
            return day, day
        if self.at or not (self.first and self.last):
            raise _wrong("from", f"This figure is a {definition.kind.value}. Give both `from` and `to`, not `at`")
        if self.first > self.last:
            raise _wrong("to", "`to` is before `from`. Give the first day as `from`")
        if self.first > day_in_phnom_penh(now):
            raise _wrong("from", "No day of this period has come. Give a first day up to today in Asia/Phnom_Penh")
        return self.first, self.last

    def instant(self, now: datetime) -> datetime:
        """Return the instant after which nothing recorded counts, UTC.

        Raises:
            InvalidError: it is in the future, or is no valid date or time.
        """
        if self.known_at is None:
            return now
        try:
            if "T" in self.known_at:
                instant = datetime.fromisoformat(self.known_at).astimezone(now.tzinfo)
            else:
                day = date.fromisoformat(self.known_at)
                instant = datetime.combine(day, time.max, PHNOM_PENH).astimezone(now.tzinfo)
        except (ValueError, OverflowError):
            raise _wrong("known_at", "No such date or time. Give an instant (RFC 3339) or a day (YYYY-MM-DD)") from None
        if instant > now:
            raise _wrong("known_at", "This is in the future. Give an instant up to now, or a day that is over")
        return instant


class Filters:
    """The parameters that narrow a figure: one for each dimension there is; repeat one for alternatives."""

    def __init__(self) -> None:
        """Take the parameters from the table of figures."""
        parameters = [Parameter(name, Parameter.KEYWORD_ONLY, default=[], annotation=Codes) for name in FILTERS]
        self.__signature__ = Signature(parameters)

    async def __call__(self, **asked: list[str]) -> dict[str, tuple[str, ...]]:
        """Return the codes of the filters that were given, each once and sorted."""
        return {name: tuple(sorted(set(codes))) for name, codes in asked.items() if codes}


FiltersDep = Annotated[dict[str, tuple[str, ...]], Depends(Filters())]


@router.get("/figures", response_model=Definitions)
async def list_figures(request: Request, _: CanReadFigures) -> Response:
    """List the figures and what each of them means."""
    return unless_unchanged(request, tagged(Definitions(items=tuple(map(definition_shown, DEFINITIONS.values())))))


@router.get(
    "/figures/{name}",
    response_model=FigureShown,
    responses=ALSO_AS_CSV,
)
async def read_figure(
    request: Request,
    principal: CanReadFigures,
    name: Name,
    period: Annotated[Period, Depends()],
    filters: FiltersDep,
    by: Annotated[list[Word], Query(max_length=3, description="Break down by; repeat for more.")] = [],  # noqa: B006
    named: FormatNamed = None,
) -> Response:
    """Compute a figure, now or as known at a past instant, with its closure checks."""
    services = services_of(request)
    now = services.clock()
    wanted = format_wanted(request, named)
    question = _question(name, period, by, filters, now)
    if period.known_at is not None:
        await _look_back(request, principal, question)
    if len(question.by) > 1:
        await wait_for_turn(request)
    async with stopped_in_time(), services.database.read() as db:
        settled = question.known_at <= await settled_at(db, now=now)
        answered = await actions.answer_figure(db, question, principal, now)

    def made() -> Answer:
        shown = figure_shown(answered, settled=settled, generated_at=now)
        return _written(shown, wanted, pinned=period.known_at is not None)

    return unless_unchanged(request, await done_aside(made) if len(answered.cells) > FEW_CELLS else made())


def _written(shown: FigureShown, wanted: Format, *, pinned: bool) -> Answer:
    """Return a figure in the format wanted. Its tag changes only with what is shown, so an hourly job gets 304."""
    moving = {"generated_at", "digest"} if pinned else {"generated_at", "digest", "known_at", "settled"}
    tag = content_tag(wanted.value.encode() + shown.model_dump_json(exclude=moving).encode())
    as_json = wanted is Format.JSON
    made = answer(shown) if as_json else table_answer(shown.figure, *figure_table(shown), wanted)
    return made.having(etag=tag, cache_control=_CACHED, vary="Accept, Authorization")


def _question(name: str, period: Period, by: list[str], filters: dict[str, tuple[str, ...]], now: datetime) -> Question:
    """Return what is asked.

    Raises:
        NotFoundError: there is no such figure.
        InvalidError: it has no such breakdown, filter or period.
    """
    definition = DEFINITIONS.get(name)
    if definition is None:
        raise NotFoundError
    check_question(definition, by, filters)
    return Question(
        definition=definition,
        period=period.of(definition, now),
        known_at=period.instant(now),
        by=tuple(by) or definition.default_by,
        filters=filters,
    )


async def _look_back(request: Request, principal: Principal, question: Question) -> None:
    """Put on record that a figure is asked for as it was known at a moment.

    Raises:
        ForbiddenError: whoever asks may not.
    """
    _check_known_at(principal)
    async with services_of(request).database.write() as db:
        said = f"{question.definition.name} as known at {question.known_at.isoformat()}"
        record(db, acting_of(request, principal), AuditAction.FIGURE_AS_KNOWN, reason=said)


def _check_known_at(principal: Principal) -> None:
    """Raise unless somebody may ask for a figure as it was known at any moment: two of these tell what came between.

    Raises:
        ForbiddenError: it is no key for exact figures.
    """
    if Scope.FIGURES_EXACT not in (principal.scopes or ()):
        words = "Only a key with the scope figures:exact asks with known_at. Leave it out."
        raise ForbiddenError(words, required_scope=Scope.FIGURES_EXACT.value)


def _wrong(parameter: str, words: str) -> InvalidError:
    return InvalidError(faults=(Fault("parameter", parameter, "period", words),))
