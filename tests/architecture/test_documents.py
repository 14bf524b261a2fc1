"""The documents agree with the code: links resolve, every setting is explained, tables are current."""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pytest

from service.access.rules import GRANTS, Permission
from service.acting import Role
from service.codes import PersonStatus
from service.codes.code import Code
from service.settings import Settings
from service.story.kinds.kind import EventKind
from service.story.kinds.names import SubjectKind
from service.story.kinds.registry import KINDS
from tests.architecture.tree import PROJECT, published, sources

LINK: Final = re.compile(r"!?\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|^\s*\[[^\]\n]+\]:\s*(\S+)", re.MULTILINE)
FENCE: Final = re.compile(r"^(```|~~~).*?^\1\s*$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
HEADING: Final = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
PREFIX: Final = "SAFE_RETURN_"

OUTSIDE: Final = {"SAFE_RETURN_PYTHON", "SAFE_RETURN_TEST_ENGINE", "SAFE_RETURN_PGBENCH"}
"""Variables that are not settings of a running service."""


def pages() -> list[Path]:
    return [path for path in published() if path.suffix == ".md"]


def test_the_table_of_who_may_do_what_is_the_one_the_gates_use() -> None:
    page = (
        (PROJECT / "docs" / "contract.md")
        .read_text(encoding="utf-8")
        .partition("## Who may do what")[2]
        .partition("\n## ")[0]
    )
    printed = {
        permission: roles.split(", ") for permission, roles in re.findall(r"^\| `(\S+)` \| (.+) \|$", page, re.M)
    }
    everybody = list(Role)
    granted = {permission: [role for role in Role if permission in GRANTS[role]] for permission in Permission}
    assert printed == {
        permission.value: ["everybody"] if roles == everybody else [role.value for role in roles]
        for permission, roles in granted.items()
    }


def test_the_table_of_what_can_be_recorded_is_made_from_the_kinds() -> None:
    """If it differs, copy the expected rows."""
    page = (PROJECT / "docs" / "contract.md").read_text(encoding="utf-8").partition("## What can be recorded")[2]
    printed = [line for line in page.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    assert printed == [row_of(kind) for kind in KINDS.values() if kind.recorders]


def row_of(kind: EventKind[Any]) -> str:
    statuses = kind.possible_from if kind.possible_from != frozenset(PersonStatus) else frozenset()
    cells = (
        f"`{kind.name.value}`",
        listed(kind.about, SubjectKind),
        listed(kind.recorders, Role),
        listed(kind.in_operation, Role),
        listed(statuses, PersonStatus),
        told(kind),
    )
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def told(kind: EventKind[Any]) -> str:
    if kind.told_to_liaison is None:
        return "no"
    return ", ".join(f"`{name}`" for name in sorted(kind.told_to_liaison)) or "that it happened"


def listed(codes: Collection[StrEnum | Code], order: type[StrEnum | Code]) -> str:
    return ", ".join(code.value for code in order if code in codes)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in links_of(page) if not leads_somewhere(page, link)] == []


def test_the_pages_and_decisions_that_code_names_exist() -> None:
    files = [source.path for source in sources()] + sorted((PROJECT / "migrations").rglob("*.py"))
    missing = [
        f"{path.relative_to(PROJECT)}: {named}"
        for path in files
        for named, exists in named_in(path.read_text(encoding="utf-8"))
        if not exists
    ]
    assert missing == []


def named_in(text: str) -> Iterator[tuple[str, bool]]:
    """Yield every page and decision that a text names, and whether it exists."""
    for page in re.findall(r"\b((?:docs|design|openapi|migrations)/[\w./-]+\.md)\b", text):
        yield page, (PROJECT / page).exists() or (PROJECT / "docs" / page).exists()
    for number in re.findall(r"\bADR (\d{4})\b", text):
        yield f"ADR {number}", any((PROJECT / "docs" / "adr").glob(f"{number}-*.md"))


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (PROJECT / "docs" / "adr").glob("[0-9]*.md")]
    assert sorted(numbers) == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def test_every_setting_is_explained() -> None:
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    settings = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert [name for name in sorted(settings) if not re.search(rf"\b{name}\b", text)] == []


def test_no_page_explains_a_setting_that_is_gone() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | OUTSIDE
    named = {name for page in pages() for name in re.findall(rf"\b{PREFIX}[A-Z_]+\b", page.read_text(encoding="utf-8"))}
    assert named - known == set()


def links_of(page: Path) -> Iterator[str]:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for inline, defined in LINK.findall(text):
        yield inline or defined


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether a link resolves; URLs of other hosts are not tried, because tests send no requests there."""
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return True
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(PROJECT):
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors_of(target)


def anchors_of(page: Path) -> set[str]:
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
