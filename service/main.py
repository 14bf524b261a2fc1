"""The composition root: everything is put together here, and nowhere else."""

import gc
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import APIRouter, FastAPI

from service.access import router as access
from service.access.actions import MetricsReaders, forget_sign_ins, warn_of_ending_keys
from service.access.gate import Gate, Public, on_forbidden
from service.acting import Acting
from service.audit.actions import make_months
from service.cases import router as cases
from service.clock import Clock, utc_now
from service.db.database import Database
from service.errors import ForbiddenError
from service.figures.router import router as figures
from service.health.router import installed_version
from service.health.router import router as health
from service.http import admission, middleware, openapi, pages, problems, proxies
from service.http.idempotency import forget_answers
from service.http.metrics import Metrics
from service.http.queries import count_answers
from service.http.services import Services
from service.http.shares import Shares
from service.http.signatures import dependencies_of
from service.http.traces import traces_to
from service.jobs.runner import Job, running
from service.ledger.actions import FoldState, MarkKeeper, fold_some, unfolded, warn_if_behind
from service.operations.actions.naming import log_due
from service.operations.router import router as operations
from service.oversight.router import router as oversight
from service.people.actions.opening import KeyOpener
from service.people.actions.rekeying import rekey_outdated
from service.people.queries.indexing import count_outdated
from service.reference.router import router as reference
from service.sealing import KeyRing, read_key_file, read_keys
from service.settings import Counting, Settings

ROUTERS: Final[tuple[APIRouter, ...]] = (
    health,
    cases.cases,
    cases.events,
    cases.parts,
    cases.searches,
    cases.returns,
    cases.assignments,
    access.sessions,
    operations,
    figures,
    reference,
    oversight,
    access.administration,
)
"""In the order in which routes are tried: the cheapest first, then those called most often. They are added flat, for
FastAPI matches the routes of an included router twice (ADR 27)."""

MEASURED_EVERY_S: Final = 1.0
"""How old the state of another worker may be in the metrics, seconds."""

MARKED_EVERY_S: Final = 15.0
"""How old the high-water mark beside the key file may be, seconds."""

MONTHS_EVERY_S: Final = 21_600.0
"""How often it is seen to that the audit log has a part for the months to come, seconds."""

SWITCHED_EVERY_S: Final = 0.0005
"""How long a thread may keep the interpreter from the loop, seconds; by default it is 5 ms (ADR 63)."""

LOGGED_EVERY_S: Final = 60.0
"""How soon after its embargo has passed the log of its case says that an operation was made for it, seconds."""

REKEYED_EVERY_S: Final = 600.0
"""How soon search keys are made anew that a worker of the release before wrote meanwhile, seconds."""

READERS_EVERY_S: Final = 15.0
"""How old a key may have to be to read the metrics while the database is down, seconds."""

DESCRIPTION: Final = (
    "The register of requests to rescue people held in scam compounds: from received through verified and rescued to "
    "repatriated. Sign in at `/v1/sessions`, or use a service key; send the token as `Authorization: Bearer`. "
    "What is not visible to the caller is reported as 404, exactly like what does not exist."
)


def create_app(settings: Settings, database: Database, keys: KeyRing, clock: Clock = utc_now) -> FastAPI:
    """Return the application, with every operation, check and page.

    Args:
        settings: of this process.
        database: connected to when first used.
        keys: open what is sealed.
        clock: the only source of the present.

    Raises:
        UngatedRouteError: an operation has not exactly one gate.
        TracesError: traces are configured, and OpenTelemetry is not installed.
    """
    app = FastAPI(
        title="Safe Return",
        version=installed_version(),
        summary="Who asked for help, what happened to every person, and counts nobody can dispute.",
        description=DESCRIPTION,
        contact={"name": "The administrator of the register"},
        license_info={"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    opener = KeyOpener(database, keys, clock)
    app.state.readers = MetricsReaders(database, clock)
    app.state.services = Services(
        settings=settings,
        database=database,
        clock=clock,
        keys=keys,
        open_keys=opener.open_keys,
        known_reader=app.state.readers.find,
        shares=Shares(
            places=settings.share_of_one, refusals=settings.refused_limit, kept_bytes=settings.kept_limit_bytes
        ),
    )
    app.state.metrics = Metrics(partial(_known, app.state.services), Counting().multiproc_dir)
    app.state.traces = traces_to(settings.traces_url, version=installed_version())
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    problems.install(app)
    app.add_exception_handler(ForbiddenError, on_forbidden)
    check_gates(app)
    pages.install(app)
    app.add_middleware(admission.Admission, most=settings.most_at_once)
    app.add_middleware(middleware.Envelope, clock=clock, metrics=app.state.metrics, traces=app.state.traces)
    app.add_middleware(proxies.Proxies, trusted=settings.trusted_proxies, prefix=settings.path_prefix)
    return app


def app_from_environment() -> FastAPI:
    """Return the application set up from the environment, for the server's workers.

    Raises:
        RuntimeError: `SAFE_RETURN_DATABASE_URL` is not set.
        SealingError: the keys are missing or unusable.
    """
    settings = Settings()
    if settings.database_url is None:
        raise RuntimeError("SAFE_RETURN_DATABASE_URL is not set")
    return create_app(settings, database_of(settings, settings.database_url.get_secret_value()), keys_of(settings))


def database_of(settings: Settings, url: str) -> Database:
    """Return the run-time database, not connected to yet."""
    return Database.at(
        url,
        pool_size=settings.pool_size,
        statement_cache_size=settings.statement_cache_size,
        write_timeout_s=settings.write_timeout_s,
    )


def keys_of(settings: Settings) -> KeyRing:
    """Return the key-encryption keys, from the setting or else from the key file.

    Raises:
        SealingError: they are missing or unusable.
    """
    return read_keys(settings.keys.get_secret_value()) if settings.keys else read_key_file(settings.key_path)


class UngatedRouteError(Exception):
    """An operation has no gate, or more than one: the service does not start."""


def check_gates(app: FastAPI) -> int:
    """Return the number of operations, each of which has exactly one gate.

    Raises:
        UngatedRouteError: an operation has no gate, or more than one; names the operation.
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
    keeper = MarkKeeper(services.database, services.settings.mark_path, services.clock)
    jobs = (
        Job("fold", services.settings.fold_every_s, partial(_fold, services)),
        Job("tidy", services.settings.tidy_every_s, partial(_tidy, services)),
        Job("months", MONTHS_EVERY_S, partial(make_months, services.database)),
        Job("mark", MARKED_EVERY_S, keeper.keep),
        Job("keys", services.settings.tidy_every_s, partial(_warn, services)),
        Job("measure", MEASURED_EVERY_S, partial(_measure, app.state.metrics, services)),
        Job("rekey", REKEYED_EVERY_S, partial(_rekey, services)),
        Job("operations", LOGGED_EVERY_S, partial(_log_operations, services)),
        Job("readers", READERS_EVERY_S, app.state.readers.refresh),
    )
    _set_interpreter()
    try:
        async with running(jobs):
            yield
    finally:
        await services.database.close()
        app.state.traces.end()


def _set_interpreter() -> None:
    """Exempt from garbage collection what lives as long as the process, and collect the rest seldom.

    A large figure is written in a thread (`slices.done_aside`), which yields the interpreter to the loop sooner than by
    default: a request asks for it some ten times.

    Requests leave few cycles behind; a collection in the middle of one is what the slowest wait for. Source of the
    numbers: measured, see background: performance 3.3 (the 99th percentile fell from 90 to 27 ms).
    """
    sys.setswitchinterval(SWITCHED_EVERY_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _fold(services: Services) -> None:
    """Fold the settled days of the ledger that are due. Figures are right without it; it keeps them fast."""
    state = FoldState.MORE
    while state in {FoldState.MORE, FoldState.DONE}:
        async with services.database.write() as db:
            _, state = await fold_some(db, now=services.clock())


async def _warn(services: Services) -> None:
    """Warn of keys that end soon, and of days that are not folded though they could be."""
    await warn_of_ending_keys(services.database, now=services.clock())
    async with services.database.read() as db:
        await warn_if_behind(db, now=services.clock())


async def _tidy(services: Services) -> None:
    """Delete kept answers, sign-in failures and sessions whose time is over, some at a time."""
    for forget in (forget_answers, forget_sign_ins):
        more = True
        while more:
            async with services.database.write() as db:
                more = await forget(db, now=services.clock())


async def _rekey(services: Services) -> None:
    """Make search keys anew that were made by earlier rules. Until then searches find by those."""
    await rekey_outdated(services.database, services.open_keys, lambda: Acting(None, None, services.clock()))


async def _log_operations(services: Services) -> None:
    """Bring into the logs for which cases operations were made whose embargo has passed, or that are of before."""
    await log_due(services.database, services.open_keys, services.clock)


async def _measure(metrics: Metrics, services: Services) -> None:
    """Note the state of this worker for the metrics, which another worker may be asked for."""
    pool = services.database.pool
    metrics.measure(pool_size=pool.size, pool_in_use=pool.in_use)


async def _known(services: Services) -> Mapping[str, float]:
    """Return what the metrics show of the database, by the names of `metrics.KNOWN`."""
    async with services.database.read() as db:
        rest = await unfolded(db, now=services.clock())
        kept = await count_answers(db)
        outdated = await count_outdated(db)
    known = {
        "safe_return_kept_answers": float(kept),
        "safe_return_outdated_search_records": float(outdated),
        "safe_return_fold_lag_seconds": 0.0,
    }
    if rest is not None:
        known["safe_return_oldest_unfolded_day_timestamp_seconds"] = rest.since.timestamp()
        known["safe_return_fold_lag_seconds"] = rest.lag.total_seconds()
    return known
