"""`python -m service` is the command `safe-return`."""

from service.cli import main

main()
