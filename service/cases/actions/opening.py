"""Opening the files of cases that are in the register, to write to them."""

from collections.abc import Sequence

from service.acting import Acting
from service.cases.actions.case_file import CaseFile
from service.cases.queries.files import canonical, load_cases
from service.db.database import PersonalConnection
from service.story.kinds.names import SubjectKind
from service.story.log import Subject


async def open_file(
    db: PersonalConnection, acting: Acting, reference: str, kind: SubjectKind
) -> tuple[CaseFile, Subject]:
    """Return the file of the case of a subject, and the subject.

    Raises:
        NotFoundError: the subject is absent or out of scope.
    """
    name = canonical(reference)
    found = await open_files(db, acting, [name], frozenset({kind}))
    return found[name]


async def open_files(
    db: PersonalConnection,
    acting: Acting,
    references: Sequence[str],
    kinds: frozenset[SubjectKind],
    *,
    corrects: bool = False,
) -> dict[str, tuple[CaseFile, Subject]]:
    """Return subjects by reference, each with the file of its case; subjects of one case share its file.

    Args:
        db: any transaction; the rows' versions protect what is written later.
        acting: in whose scope, and who writes.
        references: ids or references in canonical form.
        kinds: of the subjects.
        corrects: whether it is to take back what one call recorded, which has more room.

    Raises:
        AbsentError: some of them are absent or out of scope.
        TooMuchAtOnceError: their cases have more events than one call loads.
    """
    found: dict[str, tuple[CaseFile, Subject]] = {}
    for loaded in await load_cases(db, acting.who, references, kinds, corrects=corrects):
        file = await CaseFile.of(loaded, acting)
        found |= {reference: (file, subject) for reference, subject in loaded.wanted.items()}
    return found
