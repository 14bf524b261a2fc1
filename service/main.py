"""The composition root: everything is put together here, and nowhere else."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from fastapi import APIRouter, FastAPI

from service.access import router as access
from service.access.actions import forget_failures
from service.access.gate import Gate, Public, on_forbidden
from service.cases import router as cases
from service.clock import Clock, utc_now
from service.db.database import Database
from service.errors import ForbiddenError
from service.figures.router import router as figures
from service.health.router import installed_version
from service.health.router import router as health
from service.http import admission, middleware, openapi, pages, problems
from service.http.deps import Services
from service.http.idempotency import forget_answers
from service.http.signatures import dependencies_of
from service.ledger.actions import fold_next_day
from service.operations.router import router as operations
from service.oversight.router import router as oversight
from service.people.actions.opening import KeyOpener
from service.reference.router import router as reference
from service.sealing import KeyRing, read_key_file, read_keys
from service.settings import Settings

LOG: Final = logging.getLogger("service")

ROUTERS: Final[tuple[APIRouter, ...]] = (
    cases.cases,
    cases.events,
    cases.parts,
    cases.searches,
    health,
    access.sessions,
    operations,
    figures,
    reference,
    oversight,
    access.administration,
)
"""In the order in which an address is looked for: what is asked most often stands first."""

DESCRIPTION: Final = (
    "The register of requests to rescue people held in scam compounds: from received through verified and rescued to "
    "repatriated. Sign in at `/v1/sessions`, or use a service key; send the token as `Authorization: Bearer`. "
    "Whatever you may not know of is answered like what does not exist."
)


def create_app(settings: Settings, database: Database, keys: KeyRing, clock: Clock = utc_now) -> FastAPI:
    """Put the service together.

    Args:
        settings: of this process.
        database: connected to when first used.
        keys: open what is sealed.
        clock: the only source of the present.

    Raises:
        UngatedRouteError: an operation has not exactly one gate.
    """
    app = FastAPI(
        title="Safe Return",
        version=installed_version(),
        summary="Who asked for help, what happened to every person, and counts nobody can dispute.",
        description=DESCRIPTION,
        license_info={"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    opener = KeyOpener(database, keys, clock)
    app.state.services = Services(
        settings=settings, database=database, clock=clock, keys=keys, open_keys=opener.open_keys
    )
    app.state.metrics = middleware.RequestMetrics()
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    problems.install(app)
    app.add_exception_handler(ForbiddenError, on_forbidden)
    check_gates(app)
    pages.install(app)
    operations = list(openapi.routes_of(app))
    templates = {id(route): path for path, route in operations}
    app.add_middleware(admission.Admission, most=settings.most_at_once)
    app.add_middleware(middleware.Envelope, clock=clock, metrics=app.state.metrics, templates=templates)
    return app


def app_from_environment() -> FastAPI:
    """Put the service together from the environment, for the server's workers."""
    settings = Settings()
    if settings.database_url is None:
        raise RuntimeError("SAFE_RETURN_DATABASE_URL is not set")
    return create_app(settings, database_of(settings, settings.database_url.get_secret_value()), keys_of(settings))


def database_of(settings: Settings, url: str) -> Database:
    """Describe the run-time database."""
    return Database.at(
        url,
        pool_size=settings.pool_size,
        statement_cache_size=settings.statement_cache_size,
        write_timeout_s=settings.write_timeout_s,
    )


def keys_of(settings: Settings) -> KeyRing:
    """Read the key-encryption keys.

    Raises:
        SealingError: they are missing or unusable.
    """
    return read_keys(settings.keys.get_secret_value()) if settings.keys else read_key_file(settings.key_path)


class UngatedRouteError(Exception):
    """An operation has no gate, or more than one: the service does not start."""


def check_gates(app: FastAPI) -> int:
    """Refuse an application with an operation that has not exactly one gate, and answer how many operations it has.

    Raises:
        UngatedRouteError: naming the operation.
    """
    seen = 0
    for path, route in openapi.routes_of(app):
        gates = [found for found in dependencies_of(route) if isinstance(found, Gate | Public)]
        if len(gates) != 1:
            raise UngatedRouteError(f"{sorted(openapi.methods_of(route))} {path} has {len(gates)} gates")
        seen += 1
    return seen


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    settings = services.settings
    jobs = [
        asyncio.create_task(_repeat("fold", settings.fold_every_s, lambda: _fold(services))),
        asyncio.create_task(_repeat("tidy", settings.tidy_every_s, lambda: _tidy(services))),
    ]
    _set_collector()
    try:
        yield
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await services.database.close()


def _set_collector() -> None:
    """Let the collector pass over what lives as long as the process, and come seldom for the rest.

    Requests leave few cycles behind; a collection in the middle of one is what the slowest wait for. Source of the
    numbers: measured, see background: performance 3.3 (the 99th percentile fell from 90 to 27 ms).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _repeat(name: str, every_s: float, job: Callable[[], Awaitable[None]]) -> None:
    """Do a job again and again. No answer depends on it: one that fails is tried again next time."""
    while True:
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - a job must go on; the message may hold data, its kind does not
            LOG.warning("job=%s failed=%s", name, getattr(error, "code", type(error).__name__))
        await asyncio.sleep(every_s)


async def _fold(services: Services) -> None:
    """Fold the settled days of the ledger that are due. Figures are right without it; with it they stay fast."""
    folded = True
    while folded:
        async with services.database.write() as db:
            folded = await fold_next_day(db, now=services.clock()) is not None


async def _tidy(services: Services) -> None:
    """Forget kept answers and sign-in failures whose time is over."""
    async with services.database.write() as db:
        await forget_answers(db, now=services.clock())
        await forget_failures(db, now=services.clock())
