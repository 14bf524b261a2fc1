"""Whether requests are answered."""

import http.client
import threading
import time
from collections.abc import Callable
from typing import Final

_PATH: Final = "/health/live"
_PAUSE_S: Final = 0.02
_LONGEST_S: Final = 2.0


def when_answering(host: str, port: int, call: Callable[[], None]) -> None:
    """Call a function once, in a thread of its own, as soon as a request to this address is answered.

    Args:
        host: a numeric address that can be connected to.
        port: the service's.
        call: what to do then.
    """

    def wait() -> None:
        while not _answers(host, port):
            time.sleep(_PAUSE_S)
        call()

    threading.Thread(target=wait, name="answering", daemon=True).start()


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=_LONGEST_S)
    try:
        connection.request("GET", _PATH)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
