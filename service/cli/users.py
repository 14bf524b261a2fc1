"""`safe-return user`: accounts of human beings."""

import sys
from typing import Annotated, Final

import typer

from service.acting import Role
from service.cli.printing import FormatOption, show_row, show_rows

app: Final = typer.Typer(help="Accounts of human beings.", no_args_is_help=True)

COLUMNS: Final = ("id", "username", "role", "agency_id", "created_at", "disabled_at", "version")
WITH_PASSWORD: Final = ("id", "username", "role", "password")

User = Annotated[str, typer.Argument(help="User name or id.")]


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[Role, typer.Option(help="What the user is there for.")],
    agency: Annotated[str, typer.Option(help="Name or id of the agency the user works for.")],
    output: FormatOption = None,
) -> None:
    """Add a user. The password is drawn and printed this once."""
    from service.cli.principals import add_user

    show_row(add_user({"username": username, "role": role}, agency), WITH_PASSWORD, output)


@app.command("list")
def list_all(output: FormatOption = None) -> None:
    """List all users."""
    from service.cli.principals import list_users

    show_rows(list_users(), COLUMNS, output)


@app.command()
def password(
    user: User,
    *,
    choose: Annotated[
        bool, typer.Option("--choose", help="Ask for it, or read it as one line of standard input.")
    ] = False,
    output: FormatOption = None,
) -> None:
    """Draw a new password. It is printed this once; all sessions of the user end."""
    from service.cli.principals import replace_password

    chosen = _asked() if choose else None
    row = replace_password(user, chosen)
    show_row(row, WITH_PASSWORD if chosen is None else WITH_PASSWORD[:-1], output)


@app.command()
def disable(user: User, output: FormatOption = None) -> None:
    """Keep a user out. All their sessions end."""
    from service.cli.principals import disable_user

    show_row(disable_user(user), COLUMNS, output)


def _asked() -> str:
    if sys.stdin.isatty():
        asked: str = typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise typer.BadParameter("Standard input holds no password.")
    return line
