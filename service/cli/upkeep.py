"""`safe-return migrate`, `recount`, `demo`, `check` and `index`."""

from typing import Annotated

import typer

from service.cli.failures import ACCEPTED, CommandError, Status
from service.cli.parts import Part
from service.cli.printing import FormatOption, say, show_facts, show_row, show_rows

AcceptOption = Annotated[
    list[str] | None,
    typer.Option(
        "--accept", help="Accept, on record, that this differs: what check names before the colon. Repeatable."
    ),
]


def migrate(
    revision: Annotated[str, typer.Option(help="Revision to migrate to.")] = "head",
    *,
    accept_loss: Annotated[bool, typer.Option("--accept-loss", help=ACCEPTED)] = False,
) -> None:
    """Migrate the database. Also grants the run-time role its rights, and recounts if that is due."""
    from service.cli.marking import require_mark
    from service.cli.preparing import migrate_to, prepare_sums, require_right_keys, searches_due
    from service.cli.registers import revision_at, state_of
    from service.cli.revisions import newest_revision
    from service.cli.surroundings import open_surroundings, read_settings

    with open_surroundings(read_settings()) as around:
        revision_at(around.settings, around.owner_url)
        compared = require_mark(around.settings, around.owner_url, accept_loss=accept_loss)
        migrate_to(around, revision)
        if not compared:
            require_mark(around.settings, around.owner_url, accept_loss=accept_loss)
        reached = revision_at(around.settings, around.owner_url)
        say(f"The schema is at revision {reached}.")
        if reached != newest_revision():
            return
        state = state_of(around.settings, around.owner_url, reached)
        require_right_keys(around.settings, state)
        prepare_sums(around, state, may_recount=True)
        due = searches_due(around.settings, around.owner_url)
        if due:
            say(due)


def recount(accept: AcceptOption = None) -> None:
    """Recount the register by the rules of this release. Missing ledger entries are added, dated now.

    Figures as known before stay unchanged. Can run beside the service, and can be interrupted and repeated. Refused
    while something differs that the rules do not explain.
    """
    from service.cli.preparing import recount_at
    from service.cli.registers import require_migrated
    from service.cli.surroundings import open_surroundings, read_settings

    with open_surroundings(read_settings(), quiet=True) as around:
        require_migrated(around)
        recount_at(around, around.api_url, accept or ())


def demo(
    desk: Annotated[bool, typer.Option("--desk", help="Load one day at the desk only, as `./dev serve` does.")] = False,  # noqa: FBT002 - a flag
    output: FormatOption = None,
) -> None:
    """Load invented cases into an empty register. By default every scenario that replays published figures."""
    from service.cli.preparing import load_demonstration, prepare_keys, prepare_schema
    from service.cli.registers import state_of
    from service.cli.surroundings import open_surroundings, read_settings

    with open_surroundings(read_settings()) as around:
        revision = prepare_schema(around, may_migrate=True)
        state = state_of(around.settings, around.api_url, revision)
        if not state.empty:
            raise CommandError("The register is not empty: load invented cases into an empty database.", Status.REFUSED)
        keys = prepare_keys(around.settings, state)
        lines = load_demonstration(around, keys, everything=not desk)
    columns = ("who", "name", "secret")
    show_rows([dict(zip(columns, line, strict=True)) for line in lines], columns, output)


def check(
    sealed: Annotated[bool, typer.Option("--sealed", help="Also open every sealed record, on record.")] = False,  # noqa: FBT002 - a flag
    quick: Annotated[bool, typer.Option("--quick", help="Leave out logs that were checked before, and sums.")] = False,  # noqa: FBT002 - a flag
    part: Annotated[list[Part] | None, typer.Option(help="Check this part only. May be repeated.")] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Number of processes; default: one a processor.")
    ] = None,
    output: FormatOption = None,
) -> None:
    """Check the register. Folds every log again and compares every row, sum, operation and search key.

    Sealed records are opened with --sealed only; then the audit log names whose records were opened.
    """
    from service.cli.checking import check_all
    from service.cli.parts import Wanted
    from service.cli.progress import progress_bar

    wanted = Wanted(parts=part or (), quick=quick, sealed=sealed, processes=processes)
    with progress_bar("Checking the register") as advance:
        found = check_all(advance, wanted)
    if output is None:
        show_facts([(name, str(count)) for name, count in found.counted.items()])
    else:
        show_row(found.record, tuple(found.record), output)
    if found.recount_due:
        raise CommandError("An earlier release counted this register: run safe-return recount.", Status.REFUSED)
    if found.differences:
        raise CommandError(f"The register differs from its logs: {found.differences[0]}", Status.REFUSED)
    if found.searches.unindexed:
        words = f"Searches cannot find {found.searches.unindexed} sealed records: run safe-return index."
        raise CommandError(words, Status.REFUSED)


def index(accept: AcceptOption = None) -> None:
    """Index sealed records that lack search keys. An earlier release, or earlier rules, filed them.

    Refused while something differs in the register.
    """
    from service.cli.progress import progress_bar
    from service.cli.searchable import index_all

    with progress_bar("Indexing sealed records") as advance:
        done = index_all(lambda count, total: advance(count, total, ""), accept or ())
    counted = (("Records indexed", done.records), ("Not opened", done.unreadable), ("Keys deleted", done.forgotten))
    show_facts([(name, str(count)) for name, count in counted])
    if done.unreadable:
        raise CommandError(
            "Some sealed records cannot be opened, because they were moved or changed: restore them from a backup.",
            Status.REFUSED,
        )
