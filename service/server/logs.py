"""The log of a running service: one JSON object per line on standard error, without personal data."""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any, Final

_LEVELS: Final = ("debug", "info", "warning", "error")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON.

    The members of a message that is a JSON object become members of the line. Of an exception only its type and its
    traceback are written: its message may repeat what a client sent.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        head = f'{{"at": "{at}", "level": "{record.levelname.lower()}", "logger": "{record.name}"'
        message = record.getMessage()
        if message.startswith('{"') and message.endswith("}"):
            return f"{head}, {message[1:]}"
        return f"{head}, {json.dumps(_members(record, message))[1:]}"


def skip_unused_fields() -> None:
    """Turn off the look-up of a record's source line, thread and process, which no line contains.

    Source: Python documentation, Logging HOWTO, "Optimization". It halves the cost of a line.
    """
    logging._srcfile = None  # noqa: SLF001 - as documented there
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def logging_settings(level: str) -> dict[str, Any]:
    """Return the settings for `logging.config.dictConfig`.

    Args:
        level: the level of the service's own loggers; all others log warnings and errors.
    """
    chosen = level.upper() if level.lower() in _LEVELS else "INFO"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "service.server.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "loggers": {"service": {"level": chosen}, "_granian": {"level": "WARNING"}, "asyncio": {"level": "WARNING"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
    }


def _members(record: logging.LogRecord, message: str) -> dict[str, Any]:
    members: dict[str, Any] = {"message": message}
    if record.exc_info and record.exc_info[0] is not None:
        kind, _, places = record.exc_info
        members["error"] = kind.__name__
        members["places"] = "".join(traceback.format_tb(places))
    return members
