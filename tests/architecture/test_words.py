"""One word for one idea; nothing half done; every rule says its types; no blanket exceptions."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import PROJECT, Function, Source, is_public, published, sources

UNFINISHED: Final = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
BLANKET: Final = re.compile(r"#\s*(type:\s*ignore(?!\[)|noqa(?!:)|pragma:\s*no\s*cover\s*$|mypy:|ruff:\s*noqa)")
REASONED: Final = re.compile(r"#\s*type:\s*ignore\[[a-z-]+(,\s*[a-z-]+)*\]\s*#\s*\w+")

CODE: Final = sorted(
    path for room in ("service", "migrations", "tests", "bench") for path in (PROJECT / room).rglob("*.py")
)


@pytest.fixture(scope="module")
def comments() -> dict[str, list[str]]:
    """Every comment, by file."""
    return {str(path.relative_to(PROJECT)): list(comments_of(path)) for path in CODE}


def comments_of(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        yield from (token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT)


def test_nothing_is_left_for_later(comments: dict[str, list[str]]) -> None:
    assert [(file, words) for file, found in comments.items() for words in found if UNFINISHED.search(words)] == []


def test_documents_leave_nothing_for_later_either() -> None:
    pages = [path for path in published() if path.suffix == ".md" and path.parent.name != "design"]
    assert [path.name for path in pages if UNFINISHED.search(path.read_text(encoding="utf-8"))] == []


def test_no_exception_is_blanket(comments: dict[str, list[str]]) -> None:
    assert [(file, words) for file, found in comments.items() for words in found if BLANKET.search(words)] == []


def test_the_service_says_why_a_type_is_not_checked(comments: dict[str, list[str]]) -> None:
    ignores = [
        words
        for file, found in comments.items()
        for words in found
        if file.startswith("service/") and "type: ignore" in words
    ]
    assert [words for words in ignores if not REASONED.match(words)] == []
    assert len(ignores) <= 3


UNPYTHONIC: Final = re.compile(r"(Answers?|Tells?) (the|a|an|who|what|whether|how|which|when)\b|Return of which\b")
"""How a docstring does not begin: what returns something begins "Return", a question "Whether"."""

OTHER_VERBS: Final = re.compile(r"(Accept|Allow|Ensure|Let|Refuse|Reject|Require|Show)s?\b")
"""How no function of the service begins: what raises or does nothing begins "Raise", what is shown is returned."""


def test_docstrings_begin_as_pythons_do() -> None:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    found = [
        f"{path.relative_to(PROJECT)}: {words.splitlines()[0]}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, documented) and UNPYTHONIC.match(words := ast.get_docstring(node) or "")
    ]
    assert found == []


def test_functions_of_the_service_say_raise_and_return() -> None:
    found = [
        f"{source.name}.{function.name}"
        for source in sources()
        for function in source.functions()
        if OTHER_VERBS.match(ast.get_docstring(function) or "")
    ]
    assert found == []


def test_a_check_says_when_it_raises() -> None:
    """A check returns nothing. Where one returns what it found, or is a command to run, it says so instead."""
    found = [
        f"{source.name}.{function.name}: {words.splitlines()[0]}"
        for source in sources()
        for function in source.functions()
        if function.name.lstrip("_").startswith("check") and source.name != "service.cli.upkeep"
        if function.returns is not None and ast.unparse(function.returns) == "None"
        if (words := ast.get_docstring(function)) is not None and not words.startswith("Raise ")
    ]
    assert found == []


SYNONYMS: Final = {
    "account": ("service.db",),
    "actor": (),
    "victim": ("service.codes", "service.cases", "service.ledger", "service.figures"),
    "suspect": ("service.codes",),
    "ticket": (),
    "complaint": (),
}
"""Words for an idea with another name here (principal, person, offender, case), and where they may be said: `account`
of the operating system, the others where they are words of an outside standard."""


@pytest.mark.parametrize("word", SYNONYMS)
def test_one_word_for_one_idea(word: str) -> None:
    places = SYNONYMS[word]
    found = [
        f"{source.name}.{name}"
        for source in sources()
        if not source.name.startswith(places or ("-",))
        for name in public_names(source)
        if word in words_of(name)
    ]
    assert found == []


def test_a_user_is_a_row_of_access_and_nothing_else() -> None:
    """Everywhere else whoever calls is a principal."""
    places = ("service.access", "service.db", "service.cli", "service.demo", "service.text", "service.wire")
    found = [
        f"{source.name}.{name}"
        for source in sources()
        if not source.name.startswith(places)
        for name in public_names(source)
        if {"user", "users"} & words_of(name)
    ]
    assert found == []


def test_public_rules_take_and_give_named_types() -> None:
    loose = [
        f"{source.name}.{function.name}"
        for source in sources()
        if ".rules" in source.name and is_public(source)
        for function in source.functions()
        if not function.name.startswith("_") and "Any" in bare_annotations(function)
    ]
    assert loose == []


def test_everything_public_is_explained() -> None:
    silent = [
        f"{source.name}.{getattr(node, 'name', '')}"
        for source in sources()
        if is_public(source)
        for node in [source.tree, *public_definitions(source)]
        if ast.get_docstring(node) is None
    ]
    assert silent == []


def public_definitions(source: Source) -> Iterator[Function | ast.ClassDef]:
    for node in source.tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node


def public_names(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def words_of(name: str) -> set[str]:
    """The words of a name in either style: `may_record` and `MayRecordError`."""
    return set(re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_"))


def bare_annotations(function: Function) -> set[str]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    annotations = [argument.annotation for argument in arguments] + [function.returns]
    return {node.id for node in annotations if isinstance(node, ast.Name)}
