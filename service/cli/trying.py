"""Trying whether a worker could serve now: what `serve` checks at its start, once more before it reloads."""

import sys


def try_worker() -> None:
    """Exit with the status and the sentence of what a new worker would fail on; return where there is nothing."""
    from service.cli.failures import explain
    from service.cli.printing import warn

    try:
        _prepare()
    except Exception as error:
        found = explain(error)
        if found is None:
            raise
        status, sentence = found
        warn(sentence)
        sys.exit(status)


def _prepare() -> None:
    from service.cli.marking import require_mark
    from service.cli.preparing import prepare_keys, prepare_schema
    from service.cli.registers import state_of
    from service.cli.surroundings import open_surroundings, read_settings
    from service.main import app_from_environment

    with open_surroundings(read_settings(), quiet=True) as around:
        revision = prepare_schema(around, may_migrate=False)
        require_mark(around.settings, around.api_url, accept_loss=False)
        prepare_keys(around.settings, state_of(around.settings, around.api_url, revision))
    app_from_environment()
