"""Code lists on the wire."""

from service.wire import Shown


class EntryShown(Shown):
    """One code."""

    code: str
    label: str
    aliases: tuple[str, ...] | None = None
    """Other spellings, accepted by the look-up only."""


class ListShown(Shown):
    """One code list. Clients keep codes they do not know: lists grow."""

    name: str
    title: str
    source: str
    version: str
    entries: tuple[EntryShown, ...]


class ListName(Shown):
    """A list that can be read."""

    name: str
    title: str


class ListNames(Shown):
    """All code lists."""

    version: str
    items: tuple[ListName, ...]
