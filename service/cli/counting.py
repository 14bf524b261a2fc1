"""The folder in which all workers count, so that whichever is asked knows of all (`service/http/metrics.py`)."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from service.settings import Counting

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""As prometheus-client calls it. It looks once, when it is imported."""


@contextmanager
def counting_together() -> Iterator[None]:
    """Have a folder for the counts of the workers for the duration of a block. Enter it before anything is imported."""
    folder = tempfile.mkdtemp(prefix="safe-return-metrics-")
    os.environ[_FOLDER] = folder
    try:
        yield
    finally:
        del os.environ[_FOLDER]
        shutil.rmtree(folder, ignore_errors=True)


def begin_at_zero() -> None:
    """Remove what this process counted itself, such as the requests that made a demonstration."""
    folder = Counting().multiproc_dir
    for file in folder.glob("*.db") if folder else ():
        file.unlink()
