"""Starting the service on a database, and printing its facts."""

import os
import socket

from service.cli.counting import begin_at_zero
from service.cli.facts import Facts, print_facts
from service.cli.failures import CommandError
from service.cli.keeping import kept_running
from service.cli.marking import require_mark
from service.cli.preparing import load_demonstration, prepare_keys, prepare_schema, prepare_sums, searches_due
from service.cli.printing import warn
from service.cli.registers import State, state_of
from service.cli.surroundings import Surroundings
from service.cli.trying import try_worker
from service.credentials import end_hashing
from service.server.processes import may_fork, serve
from service.server.supervisor import tell_ready


def start(around: Surroundings, bound: socket.socket, *, demo: bool, accept_loss: bool) -> None:
    """Prepare the register and serve it until a signal.

    Args:
        around: the database and the settings.
        bound: the socket that holds the address.
        demo: migrate any database, and load invented cases into an empty register.
        accept_loss: serve a register that lacks what its high-water mark knows of.

    Raises:
        CommandError, SealingError, ServiceError, ServingError: the register cannot be prepared or served.
        EmbeddedError: the embedded PostgreSQL died and cannot be restarted.
    """
    settings = around.settings
    may_migrate = demo or around.cluster is not None
    revision = prepare_schema(around, may_migrate=may_migrate, accept_loss=accept_loss)
    require_mark(settings, around.api_url, accept_loss=accept_loss)
    state = state_of(settings, around.api_url, revision)
    try:
        prepare_sums(around, state, may_recount=may_migrate)
    except CommandError as refused:
        warn(str(refused))
    _warn_of_searches(around)
    _warn_of_owner(state)
    keys = prepare_keys(settings, state)
    accounts: list[tuple[str, str, str]] = []
    if demo and state.empty:
        accounts = load_demonstration(around, keys)
        end_hashing()
        state = state_of(settings, around.api_url, revision)
    facts = Facts(around, state, settings.host, bound.getsockname()[1], accounts)
    fork = may_fork()
    begin_at_zero()
    with kept_running(around.cluster):
        os.environ["SAFE_RETURN_DATABASE_URL"] = around.api_url  # for the workers; a command line would be public
        serve(settings.workers, bound, settings.log_level, lambda: _ready(facts), try_worker, fork=fork)


def _ready(facts: Facts) -> None:
    tell_ready()
    print_facts(facts)


def _warn_of_searches(around: Surroundings) -> None:
    due = searches_due(around.settings, around.api_url)
    if due:
        warn(due)


def _warn_of_owner(state: State) -> None:
    if state.owner:
        warn(
            "The service runs as the owner of its tables: set SAFE_RETURN_DATABASE_URL to the role safe_return_api, "
            "so that the database refuses changes to append-only tables."
        )
