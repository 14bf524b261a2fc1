"""Progress of long work on standard error: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from service.cli.printing import warn

_LINE_EVERY_S: Final = 30.0
"""How often a log is told how far the work is, seconds."""


@contextmanager
def progress_bar(words: str) -> Iterator[Callable[[int, int, str], None]]:
    """Draw a progress bar for the duration of a block.

    Args:
        words: what is being done.

    Yields:
        A function to call with the number of steps done, the total, and a name of the current step.
    """
    if not sys.stderr.isatty():
        warn(words)
        yield _in_lines(words)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as shown:
        task = shown.add_task(words, total=None)

        def advance(done: int, total: int, step: str) -> None:
            shown.update(task, completed=done, total=total, description=f"{words}: {step}" if step else words)

        yield advance


def _in_lines(words: str) -> Callable[[int, int, str], None]:
    """Return a function that says how far the work is, if it has not said so lately."""
    said = time.monotonic()

    def advance(done: int, total: int, step: str) -> None:
        nonlocal said
        if time.monotonic() - said >= _LINE_EVERY_S:
            said = time.monotonic()
            warn(f"{words}: {done} of {total} {step}".rstrip())

    return advance
