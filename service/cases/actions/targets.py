"""Finding the subjects that the lines of a call are about, with the files of their cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic

from service.acting import Acting
from service.cases.actions.case_file import CaseFile
from service.cases.actions.opening import open_files
from service.cases.queries.files import AbsentError, canonical
from service.db.database import PersonalConnection
from service.errors import NotFoundError
from service.ids import NIL
from service.lines import Line, Told_co, refuse_repeated
from service.story.kinds.names import SubjectKind
from service.story.log import Subject

_NOBODY: Final = str(NIL)
"""Looked up in place of what is neither an id nor a reference, so that it takes as long and is answered alike."""


@dataclass(frozen=True)
class Target(Generic[Told_co]):
    """The subject that a line is about, in the file of its case."""

    line: Line[Told_co]
    file: CaseFile
    subject: Subject

    @property
    def reference(self) -> str:
        """The subject's reference."""
        return self.file.reference_of(self.subject)

    @property
    def status(self) -> str:
        """The subject's status after everything that was recorded by any line."""
        return self.file.status_of(self.subject)


async def find_subjects(
    db: PersonalConnection, acting: Acting, references: Sequence[Line[str]], kinds: frozenset[SubjectKind]
) -> list[tuple[CaseFile, Subject]]:
    """Return the subject of each line with the file of its case, in the order of the lines; all by one query.

    Args:
        db: any transaction; the rows' versions protect what is written later.
        acting: in whose scope, and who writes.
        references: ids or references as they were sent.
        kinds: of the subjects.

    Raises:
        AbsentError: subjects are absent or out of scope; each of their lines has a fault.
        InvalidError: several lines are about the same subject.
    """
    if not references:
        return []
    names = [looked_up(line.told) for line in references]
    try:
        found = await open_files(db, acting, names, kinds)
    except AbsentError as error:
        absent = (line for line, name in zip(references, names, strict=True) if name in error.references)
        words = "There is nobody with this reference whom you can see. Check it, or leave the line out"
        error.faults = tuple(line.fault("not_found", words) for line in absent)
        raise
    refuse_repeated((line, found[name][1]) for line, name in zip(references, names, strict=True))
    return [found[name] for name in names]


def looked_up(reference: str) -> str:
    """Return the form in which a reference is looked up, whatever was sent."""
    try:
        return canonical(reference)
    except NotFoundError:
        return _NOBODY
