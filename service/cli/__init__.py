"""The command `safe-return`: nouns, then verbs.

Nothing here imports the service before a command needs it, so that every `--help` is there at once.
"""

from service.cli.application import main

__all__ = ["main"]
