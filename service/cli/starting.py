"""From a database to a service that answers, and the facts it prints."""

import os
import socket

from service.cli.facts import Facts, print_facts
from service.cli.keeping import kept_running
from service.cli.preparing import load_demonstration, prepare_keys, prepare_schema, prepare_sums
from service.cli.printing import warn
from service.cli.registers import State, state_of
from service.cli.surroundings import Surroundings
from service.credentials import end_hashing
from service.server.processes import may_fork, serve


def start(around: Surroundings, bound: socket.socket, *, demo: bool) -> None:
    """Make the register ready and serve it until told to stop.

    Args:
        around: the database and the settings.
        bound: where to listen.
        demo: migrate whatever the database is, and fill an empty register.

    Raises:
        CommandError, SealingError, ServiceError, ServingError: it cannot be made ready or served.
        EmbeddedError: its own PostgreSQL died, and cannot be started again.
    """
    settings = around.settings
    may_migrate = demo or around.cluster is not None
    revision = prepare_schema(around, may_migrate=may_migrate)
    state = state_of(settings, around.api_url, revision)
    prepare_sums(around, state, may_recount=may_migrate)
    _warn_of_owner(state)
    keys = prepare_keys(settings, state)
    accounts: list[tuple[str, str, str]] = []
    if demo and state.empty:
        accounts = load_demonstration(around, keys)
        end_hashing()
        state = state_of(settings, around.api_url, revision)
    facts = Facts(around, state, settings.host, bound.getsockname()[1], accounts)
    fork = may_fork()
    with kept_running(around.cluster):
        os.environ["SAFE_RETURN_DATABASE_URL"] = around.api_url  # where the workers find it; a command line is public
        serve(settings.workers, bound, settings.log_level, lambda: print_facts(facts), fork=fork)


def _warn_of_owner(state: State) -> None:
    if state.owner:
        warn(
            "The service runs as the owner of its tables: give it a role of its own, safe_return_api, "
            "so that the database itself refuses changes to what is only ever added to."
        )
