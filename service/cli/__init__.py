"""The command `safe-return`: nouns, then verbs.

Nothing here imports the service before a command needs it, so that every `--help` is fast.
"""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command on the command line and exit with its status."""
    try:
        from service.cli.application import run_and_end

        run_and_end()
    except KeyboardInterrupt:
        sys.exit(130)
