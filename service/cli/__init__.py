"""The command `safe-return`: nouns, then verbs.

Nothing here imports the service before a command needs it, so that every `--help` is there at once.
"""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command that was asked for and end with its status."""
    try:
        from service.cli.application import run_and_end

        run_and_end()
    except KeyboardInterrupt:
        sys.exit(130)
