"""The facts that a service prints once it has started."""

from dataclasses import dataclass
from typing import Final

from service.cli.printing import say, show_facts
from service.cli.registers import State
from service.cli.surroundings import Surroundings
from service.db.address import place_of

_SOURCES: Final = {
    "machine": "of this machine",
    "wheel": "of the Python package",
    "configured": "of SAFE_RETURN_POSTGRES_BIN",
}


@dataclass(frozen=True)
class Facts:
    """What is known once the service responds.

    Attributes:
        around: the database and the settings.
        state: the state of the register.
        host: the address listened on.
        port: the port listened on.
        accounts: new accounts as (who, user name or key name, password or token).
    """

    around: Surroundings
    state: State
    host: str
    port: int
    accounts: list[tuple[str, str, str]]


def print_facts(facts: Facts) -> None:
    """Print the facts, aligned, and how to stop."""
    from service.health.router import installed_version

    address = address_of(facts.host, facts.port)
    settings = facts.around.settings
    say(f"Safe Return {installed_version()}")
    say()
    show_facts(
        [
            ("Database", _database(facts)),
            ("Schema", f"revision {facts.state.revision}"),
            ("Cases", str(facts.state.cases)),
            ("Key file", "from SAFE_RETURN_KEYS" if settings.keys else f"{settings.key_path} (keep a copy elsewhere)"),
            ("Address", address),
            ("Contract", f"{address}/docs"),
        ]
    )
    say()
    _print_accounts(facts)
    say()
    say("Stop with Ctrl-C.")


def address_of(host: str, port: int) -> str:
    """Return the URL to open in a browser on this machine."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - see above
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _database(facts: Facts) -> str:
    cluster = facts.around.cluster
    version = f"PostgreSQL {facts.state.version}"
    if cluster is None:
        return f"{version}, {place_of(facts.around.api_url)}"
    return f"{version} {_SOURCES[cluster.source]}, in {cluster.folder}"


def _print_accounts(facts: Facts) -> None:
    if facts.accounts:
        say("Accounts, with passwords and tokens, which are not shown again:")
        who, names = (max(len(line[part]) for line in facts.accounts) for part in (0, 1))
        for line in facts.accounts:
            say(f"  {line[0]:{who}}  {line[1]:{names}}  {line[2]}")
    elif facts.state.empty:
        say("There are no accounts yet: see safe-return agency add --help, then safe-return user add --help.")
    else:
        say("Accounts are unchanged. For a new password: ./dev user password NAME, or safe-return user password NAME")
