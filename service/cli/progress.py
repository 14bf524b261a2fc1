"""Progress of long work on standard error, if that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service.cli.printing import warn


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
        yield lambda _done, _total, _words: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as shown:
        task = shown.add_task(words, total=None)

        def advance(done: int, total: int, step: str) -> None:
            shown.update(task, completed=done, total=total, description=f"{words}: {step}" if step else words)

        yield advance
