"""Which tables are about people, and which statements are. Declared here and nowhere else (ADR 29).

A statement is looked at as text: whatever construct puts a table into it, its name is a word of it. A word that only
looks like such a name is refused too, loudly and when the statement is made, which costs another word and nothing else.
"""

import re
from typing import Final

PERSONAL: Final = frozenset(
    {
        "cases", "persons", "offenders", "events", "operations",  # what happened to whom, and who was met where
        "sealed_records", "search_keys",  # names, documents, contacts, and what finds them
        "kept_answers",  # an answer that was given may show any of these
        "audit_log",  # who saw whom
    }
)  # fmt: skip
"""Tables whose reading is put on record.

Not `ledger_entries` and its sums: signed counts under ids, by code. Not `data_keys` and `index_keys`: wrapped keys
that say nothing of anybody. Not `users`, `service_keys`, `sessions`, `sign_in_failures`, `sign_in_addresses`,
`agencies`: who calls is found before anybody is shown anything.
"""

AUDIT_LOG: Final = "audit_log"

_WORD: Final = re.compile(r"\w+")
_RECORDS: Final = re.compile(rf"\bINSERT INTO {AUDIT_LOG}\b", re.IGNORECASE)
_CHANGES: Final = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|MERGE\s+INTO)\b", re.IGNORECASE)


def is_personal(text: str) -> bool:
    """Whether the text of a statement names a table that is about people."""
    return not PERSONAL.isdisjoint(_WORD.findall(text.lower()))


def changes_rows(text: str) -> bool:
    """Whether a statement changes rows, be it in words or in a WITH, other than by recording itself."""
    return any(not _RECORDS.match(text, found.start()) for found in _CHANGES.finditer(text))


def records_itself(text: str) -> bool:
    """Whether a statement writes the row of the audit log that says who was shown."""
    return _RECORDS.search(text) is not None
