"""`safe-return user`: user accounts."""

import sys
from typing import Annotated, Final

import typer

from service.acting import Role
from service.cli.printing import FormatOption, show_row, show_rows

app: Final = typer.Typer(help="User accounts.", no_args_is_help=True)

COLUMNS: Final = ("id", "username", "role", "agency_id", "created_at", "disabled_at", "version")
WITH_PASSWORD: Final = ("id", "username", "role", "password")

User = Annotated[str, typer.Argument(help="User name or id.")]


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="User name for sign-in.")],
    role: Annotated[Role, typer.Option(help="Role of the user.")],
    agency: Annotated[str, typer.Option(help="Name or id of the agency the user works for.")],
    output: FormatOption = None,
) -> None:
    """Add a user. The password is generated, printed, and not shown again."""
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
        bool, typer.Option("--choose", help="Choose the password: at a prompt, or as one line of standard input.")
    ] = False,
    output: FormatOption = None,
) -> None:
    """Set a new password, generated and printed once. All sessions of the user end."""
    from service.cli.principals import replace_password

    chosen = _asked() if choose else None
    row = replace_password(user, chosen)
    show_row(row, WITH_PASSWORD if chosen is None else WITH_PASSWORD[:-1], output)


@app.command()
def disable(user: User, output: FormatOption = None) -> None:
    """Disable a user. All their sessions end."""
    from service.cli.principals import disable_user

    show_row(disable_user(user), COLUMNS, output)


@app.command()
def enable(user: User, output: FormatOption = None) -> None:
    """Enable a disabled user, with the password they had. Sessions that ended stay ended."""
    from service.cli.principals import enable_user

    show_row(enable_user(user), COLUMNS, output)


def _asked() -> str:
    if sys.stdin.isatty():
        asked: str = typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise typer.BadParameter("Standard input is empty: write the password as one line.")
    return line
