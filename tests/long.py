"""Whether the long tests run: `./dev test --long`.

What is slow and rarely tells anything is driven further there: thousands of requests of each operation instead of
hundreds, more that are drawn, and every test of a database on the second engine too.
"""

import os
from typing import Final

LONG: Final = os.environ.get("SAFE_RETURN_TEST_LONG") == "1"

WORKERS: Final = (1, 2) if LONG else (2,)
"""With how many workers a service is tried whose faults take a quarter of a minute each."""
