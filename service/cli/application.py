"""The application of all commands, and how each of them exits."""

import os
import sys
from typing import Annotated, Final, NoReturn

import typer

from service.cli import agencies, audit, contract, keys, reference, serving, upkeep, users
from service.cli.failures import Status, explain
from service.cli.printing import say, warn

app: Final = typer.Typer(
    name="safe-return",
    help="The register of requests to rescue people. Settings are environment variables that begin with SAFE_RETURN_.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - as typer calls it
    if wanted:
        from importlib.metadata import version

        say(f"safe-return {version('safe-return')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None: ...


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
app.add_typer(audit.app, name="audit")
app.add_typer(reference.app, name="reference")


def run_and_end() -> NoReturn:
    """Run the command on the command line and exit with its status."""
    status = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        status = _unheard()
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: the command line without the program's name.

    Returns:
        The exit status, one of `Status`. An expected error is printed on standard error in one sentence.
    """
    try:
        _refuse_unknown_variables(arguments)
        outcome = app(arguments, prog_name="safe-return", standalone_mode=False)
    except KeyboardInterrupt:
        return Status.INTERRUPTED
    except BrokenPipeError:
        return _unheard()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # typer makes status 1 of it, which is a refusal
            return _unheard()
        raise
    except Exception as error:  # noqa: BLE001 - an unexpected error is raised again
        return _explained(error)
    return outcome if isinstance(outcome, int) else Status.DONE


def _refuse_unknown_variables(arguments: list[str]) -> None:
    """Raise CommandError for a misspelt setting, before a command does anything; help is given all the same."""
    if arguments and "--help" not in arguments:
        from service.cli.variables import refuse_unknown_variables

        refuse_unknown_variables()


def _explained(error: Exception) -> int:
    show = getattr(error, "show", None)
    if show is not None:
        show()
        return Status.USAGE
    if isinstance(error, typer.Abort):
        warn("Cancelled: no input was given.")
        return Status.USAGE
    found = explain(error)
    if found is None:
        raise error
    status, sentence = found
    warn(sentence)
    return status


def _unheard() -> int:
    """Return the status for a closed standard output, and let nothing more be written to it, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Status.UNHEARD
