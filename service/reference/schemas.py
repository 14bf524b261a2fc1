"""The response bodies of reference."""

from service.wire import Shown


class EntryShown(Shown):
    """One code with its label."""

    code: str
    label: str
    aliases: tuple[str, ...] | None = None
    """Other spellings. They find the entry, but are not accepted as its code."""


class ListShown(Shown):
    """One code list. Lists grow: clients must accept codes they do not know."""

    name: str
    title: str
    source: str
    version: str
    entries: tuple[EntryShown, ...]


class ListName(Shown):
    """The name and title of a code list."""

    name: str
    title: str


class ListNames(Shown):
    """The names of all code lists."""

    version: str
    items: tuple[ListName, ...]
