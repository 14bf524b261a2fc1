"""Health, metrics and the links at the root."""

from importlib.metadata import PackageNotFoundError, version
from typing import Final

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from service.access.gate import Anybody, CanReadMetrics
from service.errors import DatabaseFailure, UnavailableError
from service.health.queries import ready_state
from service.health.schemas import Alive, Links, Ready
from service.http.answers import answer
from service.http.metrics import Metrics
from service.http.proxies import prefix_of
from service.http.routing import Route
from service.http.services import services_of

router: Final = APIRouter(route_class=Route, tags=["health"])

_LINKS: Final = (
    '</openapi.json>; rel="service-desc"; type="application/vnd.oai.openapi+json;version=3.1", '
    '</docs>; rel="service-doc"; type="text/html", </health/ready>; rel="status"'
)


def installed_version() -> str:
    """Return the installed version of this service."""
    try:
        return version("safe-return")
    except PackageNotFoundError:
        return "0.1.0"


@router.get("/", response_model=Links)
async def front_door(request: Request, _: Anybody) -> Response:
    """Return the name and version of the service, and the addresses of its documentation."""
    prefix = prefix_of(request)
    links = Links(
        name="Safe Return",
        version=installed_version(),
        documentation=f"{prefix}/docs",
        contract=f"{prefix}/openapi.json",
        ready=f"{prefix}/health/ready",
    )
    return answer(links).having(link=_LINKS).response()


@router.get("/health/live", response_model=Alive)
async def live(_: Anybody) -> Response:
    """Return that the process is alive."""
    return answer(Alive(status="alive")).response()


@router.get("/health/ready", response_model=Ready)
async def ready(request: Request, _: Anybody) -> Response:
    """Return that the register is ready and its schema revision; 503 where it is not ready, or a clock is wrong."""
    services = services_of(request)
    asked_at = services.clock()
    try:
        state = await ready_state(services.database)
    except DatabaseFailure:
        state = None
    if state is None:
        raise UnavailableError("The database is not migrated. Run: safe-return migrate", retry_after=5)
    here = asked_at + (services.clock() - asked_at) / 2
    offset = (here - state["now"]).total_seconds()
    if not -state["behind_s"] <= offset <= state["ahead_s"]:
        raise UnavailableError(_wrong_clock(offset), retry_after=5)
    told = Ready(
        status="ready",
        revision=state["revision"],
        clock_offset_s=round(offset, 3),
        fold_lag_s=state["fold_lag_s"],
    )
    return answer(told).response()


def _wrong_clock(offset: float) -> str:
    """Return what is wrong with a clock that is so many seconds ahead of the database's."""
    where = "ahead of" if offset > 0 else "behind"
    told = f"The clock of the service is {abs(offset):.0f} seconds {where} that of the database"
    return f"{told}: nothing can be recorded. Set both clocks (NTP)."


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request, _: CanReadMetrics) -> Response:
    """Return counts of requests and refusals, and the state of all workers, for Prometheus.

    A key needs the scope `metrics`. It is answered while the database is down too, without what only that knows.
    """
    counted: Metrics = request.app.state.metrics
    pool = services_of(request).database.pool
    counted.measure(pool_size=pool.size, pool_in_use=pool.in_use)
    return Response(await counted.written(), media_type=CONTENT_TYPE_LATEST)
