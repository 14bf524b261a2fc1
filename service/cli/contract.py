"""`safe-return openapi`: the contract. Needs no database."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.printing import say


def openapi(
    output: Annotated[Path | None, typer.Option(help="File to write to instead of standard output.")] = None,
) -> None:
    """Write the contract, an OpenAPI 3.1 document in JSON."""
    text = _contract()
    if output is None:
        say(text)
    else:
        output.write_text(f"{text}\n", encoding="utf-8")


def _contract() -> str:
    """Return the contract of an application that is built with a placeholder database and key."""
    import json

    from service.http.pages import contract_of
    from service.main import create_app, database_of
    from service.sealing import SecretKeyRing, new_data_key
    from service.settings import Settings

    settings = Settings.model_construct()
    database = database_of(settings, "postgresql://localhost/none")
    app = create_app(settings, database, SecretKeyRing({"1": new_data_key()}, "1"))
    return json.dumps(contract_of(app), ensure_ascii=False, indent=2, sort_keys=True)
