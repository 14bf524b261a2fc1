"""Every kind of event is complete: a file, a fact of its own, somebody who may record it, a shape on the wire."""

from importlib import import_module
from pathlib import Path
from typing import Final, get_args

import pytest

from service.access.rules import Permission
from service.audit.rules import AuditAction
from service.cases.schemas.recording import SHAPES
from service.story.fact import Correction, Fact
from service.story.kinds.kind import EventKind, no_effect
from service.story.kinds.names import Kind
from service.story.kinds.registry import KINDS
from tests.architecture.tree import SERVICE, sources

OWN_CALLS: Final = {
    Kind.RECEIVED: "file_case",
    Kind.CASE_DESCRIBED: "amend_case",
    Kind.ADDED: "add_person",
    Kind.DESCRIBED: "amend_person",
    Kind.NAMED: "add_offender",
    Kind.OFFENDER_DESCRIBED: "amend_offender",
    Kind.VOIDED: "void_event",
    Kind.OPERATION_MADE: "record_operation",
}
"""Kinds that are not recorded by `POST /v1/events`, and the operation that writes them."""

IN_THE_FOLD_ITSELF: Final = {Kind.RECEIVED, Kind.REOPENED, Kind.OPERATION_MADE, Kind.VOIDED}
"""The first makes the case, the second only opens it again, as much else does; the third only says that an operation
was at work, as every event in the name of one does; the last is taken out, with what it voids, before anything is
applied."""

NOT_KINDS: Final = {"__init__", "kind", "names", "registry"}


def test_every_kind_has_a_file_of_its_own_named_as_it_is() -> None:
    files = {path.stem for path in (SERVICE / "story" / "kinds").glob("*.py")} - NOT_KINDS
    assert files == {kind.value for kind in Kind}


@pytest.mark.parametrize("kind", Kind)
def test_a_file_of_a_kind_holds_its_fact_and_its_entry(kind: Kind) -> None:
    module = import_module(f"service.story.kinds.{kind.value}")
    entry: EventKind[Fact] = module.KIND
    assert KINDS[kind] is entry
    assert entry.name is kind
    assert entry.fact.__module__ == module.__name__
    assert entry.about
    assert entry.summary.endswith(".")


def test_no_kind_is_left_out_and_no_fact_is_shared() -> None:
    assert set(KINDS) == set(Kind)
    facts = {found for base in (Fact, Correction) for found in base.__subclasses__()} - {Correction}
    assert {kind.fact for kind in KINDS.values()} == facts
    assert len({kind.fact for kind in KINDS.values()}) == len(KINDS)


def test_every_kind_is_recorded_by_somebody_or_by_a_call_of_its_own() -> None:
    recorded = {kind.name for kind in KINDS.values() if kind.recorders}
    assert recorded | set(OWN_CALLS) == set(Kind)
    assert recorded & set(OWN_CALLS) == set()


def test_the_calls_of_their_own_exist() -> None:
    handlers = {function.name for source in sources() if ".router" in source.name for function in source.functions()}
    assert set(OWN_CALLS.values()) <= handlers


def test_the_wire_offers_exactly_the_kinds_that_have_recorders() -> None:
    offered = {kind for shape in SHAPES for kind in get_args(shape.model_fields["kind"].annotation)}
    assert offered == {kind.name for kind in KINDS.values() if kind.recorders}


def test_the_wire_gives_each_kind_its_own_fact() -> None:
    for shape in SHAPES:
        [kind] = get_args(shape.model_fields["kind"].annotation)
        assert shape.model_fields["data"].annotation is KINDS[kind].fact, kind


def test_every_kind_has_an_effect() -> None:
    without = {kind.name for kind in KINDS.values() if kind.apply is no_effect}
    assert without == IN_THE_FOLD_ITSELF


def test_moves_and_steps_are_kinds_that_are_recorded() -> None:
    for kind in KINDS.values():
        assert kind.recorders or not kind.moves_person, kind.name
        assert kind.moves_person or kind.possible_from == KINDS[Kind.ADDED].possible_from, kind.name


def test_a_liaison_is_told_only_members_that_there_are() -> None:
    for kind in KINDS.values():
        assert (kind.told_to_liaison or frozenset()) <= set(kind.fact.__dataclass_fields__), kind.name


def test_facts_never_change() -> None:
    assert [kind.name for kind in KINDS.values() if not vars(kind.fact)["__dataclass_params__"].frozen] == []


def test_states_know_no_kind() -> None:
    """A state is plain values; a kind of event knows the states it changes. Otherwise no kind could stand by itself."""
    states = ("case", "person", "offender", "human", "standing", "nationality", "proceedings", "log", "drafts", "fact")
    for name in states:
        text = Path(SERVICE / "story" / f"{name}.py").read_text(encoding="utf-8")
        used = {line.split()[1] for line in text.splitlines() if line.startswith("from service.story.kinds")}
        assert used <= {"service.story.kinds.names"}, name


def test_every_audit_action_is_recorded_somewhere() -> None:
    text = "\n".join(source.text for source in sources() if source.name != "service.audit.rules")
    assert [found.name for found in AuditAction if f"AuditAction.{found.name}" not in text] == []


def test_every_permission_has_a_gate_with_a_name() -> None:
    [gate] = [source.text for source in sources() if source.name == "service.access.gate"]
    assert [found.name for found in Permission if f"Gate(Permission.{found.name})" not in gate] == []
