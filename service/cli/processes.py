"""Checking the pieces of a register in several processes: what takes long is folding, which keeps a processor busy."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial

from service.cases.actions.checking import CaseRange, Piece, RegisterCheck, SomeCases, check_piece
from service.cli.failures import CommandError, Status, explain
from service.cli.registers import run_at
from service.settings import Settings


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes_for(pieces: Sequence[Piece]) -> int:
    """Return in how many processes to check: another one is worth its start where cases fill more than one piece."""
    return processors() if sum(isinstance(piece, CaseRange | SomeCases) for piece in pieces) > 1 else 1


@contextmanager
def checked(settings: Settings, url: str, pieces: Sequence[Piece], processes: int) -> Iterator[Iterator[RegisterCheck]]:
    """Check pieces, and provide what was found in their order, however many processes there are.

    Args:
        settings: of this process.
        url: of the database.
        pieces: what to check.
        processes: 1 to begin no other.

    Raises:
        CommandError: a piece could not be checked, or a process ended.
    """
    work = partial(_check, settings, url)
    if min(processes, len(pieces)) <= 1:
        yield map(work, pieces)
        return
    spawning = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(processes, len(pieces)), spawning, initializer=_leave_stopping_to_the_parent)
    try:
        yield pool.map(work, pieces)
    except BrokenProcessPool:
        raise CommandError(
            "A process of the check was ended: run it again, with fewer --processes.", Status.LATER
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_stopping_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _check(settings: Settings, url: str, piece: Piece) -> RegisterCheck:
    """Return what was found in one piece; an error goes between processes in words."""
    try:
        return run_at(settings, url, lambda database: check_piece(database, piece))
    except Exception as error:
        found = explain(error)
        if found is None:
            raise
        status, words = found
        raise CommandError(words, status) from None
