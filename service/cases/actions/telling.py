"""Whether what was told is knowledge: a word for "unknown" is kept, and asked again."""

from service.cases.schemas.filing import ContactGiven, NameGiven
from service.people.rules.placeholders import tells

Told = NameGiven | ContactGiven | str | None


def tells_any(*told: Told) -> bool:
    """Whether one of the names, contacts or texts says anything."""
    return any(tells(text) for text in map(_text_of, told) if text)


def _text_of(told: Told) -> str | None:
    if isinstance(told, NameGiven):
        return told.text
    return told.value if isinstance(told, ContactGiven) else told
