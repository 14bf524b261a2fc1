"""All commands, put together; and how every one of them ends."""

import os
import sys
from typing import Final, NoReturn

import typer

from service.cli import agencies, contract, keys, reference, serving, upkeep, users
from service.cli.failures import Status, explain
from service.cli.printing import warn

app: Final = typer.Typer(
    name="safe-return",
    help="The register of people to be brought home. Settings: variables that begin with SAFE_RETURN_.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(serving.serve)
app.command()(upkeep.migrate)
app.command()(upkeep.recount)
app.command()(upkeep.demo)
app.command()(upkeep.check)
app.command()(upkeep.index)
app.command()(contract.openapi)
app.add_typer(agencies.app, name="agency")
app.add_typer(users.app, name="user")
app.add_typer(keys.app, name="key")
app.add_typer(reference.app, name="reference")


def run_and_end() -> NoReturn:
    """Run the command that was asked for and end with its status."""
    status = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        status = _unheard()
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: without the program's name.

    Returns:
        A status of `Status`. What went wrong, if it was to be expected, stands on standard error in one sentence.
    """
    try:
        outcome = app(arguments, prog_name="safe-return", standalone_mode=False)
    except KeyboardInterrupt:
        return Status.INTERRUPTED
    except BrokenPipeError:
        return _unheard()
    except Exception as error:  # noqa: BLE001 - what is not known here is raised again
        return _explained(error)
    return outcome if isinstance(outcome, int) else Status.DONE


def _explained(error: Exception) -> int:
    show = getattr(error, "show", None)
    if show is not None:
        show()
        return Status.USAGE
    if isinstance(error, typer.Abort):
        warn("Stopped: nothing was given.")
        return Status.USAGE
    found = explain(error)
    if found is None:
        raise error
    status, sentence = found
    warn(sentence)
    return status


def _unheard() -> int:
    """Whoever read our output has gone: say no more, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Status.UNHEARD
