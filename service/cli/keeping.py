"""Looking after the embedded server of a running service: it is restarted when it dies, and its log turns over."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from service.cli.printing import warn
from service.db.embedded import Cluster, EmbeddedError

_LOOK_EVERY_S: Final = 0.25


@contextmanager
def kept_running(cluster: Cluster | None) -> Iterator[None]:
    """Restart a cluster whenever it dies within a block, and turn its log over; meanwhile requests get 503.

    No committed data is lost: PostgreSQL recovers by itself. If it cannot be restarted, this process sends itself
    SIGTERM, so that its supervisor notices.

    Raises:
        EmbeddedError: it could not be restarted.
    """
    if cluster is None:
        yield
        return
    keeper = _Keeper(cluster)
    keeper.start()
    try:
        yield
    finally:
        keeper.end()
    if keeper.failure is not None:
        raise keeper.failure


class _Keeper(threading.Thread):
    def __init__(self, cluster: Cluster) -> None:
        super().__init__(name="keeper", daemon=True)
        self.failure: EmbeddedError | None = None
        self._cluster = cluster
        self._ended = threading.Event()
        self._told = False

    def run(self) -> None:
        while self.failure is None and not self._ended.wait(_LOOK_EVERY_S):
            try:
                self._look()
            except EmbeddedError as error:
                self.failure = error
                os.kill(os.getpid(), signal.SIGTERM)
            else:
                self._turn_log()

    def end(self) -> None:
        self._ended.set()
        self.join()

    def _look(self) -> None:
        if not self._cluster.alive():
            warn("PostgreSQL ended unexpectedly: restarting it.")
            self._cluster.start()

    def _turn_log(self) -> None:
        """Turn the log over; where it cannot be, the service goes on, and this is said once."""
        try:
            self._cluster.turn_log()
        except EmbeddedError as error:
            if not self._told:
                warn(str(error))
            self._told = True
