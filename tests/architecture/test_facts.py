"""Every kind of event is complete: a shape, subjects, somebody who may record it, an effect."""

from typing import Final, get_args

from pydantic import BaseModel

from service.access.rules import Permission
from service.audit.rules import AuditAction
from service.cases.schemas.recording import AnyRecording
from service.story.effects import EFFECTS
from service.story.fact import Fact
from service.story.fold import REOPENING
from service.story.kinds.names import SUBJECTS, Kind
from service.story.kinds.received import Received
from service.story.kinds.registry import FACTS
from service.story.kinds.reopened import Reopened
from service.story.kinds.voided import Voided
from service.story.moves import FROM, MOVES, RECORDERS
from tests.architecture.tree import sources

OWN_CALLS: Final = {
    Kind.RECEIVED: "file_case",
    Kind.CASE_DESCRIBED: "amend_case",
    Kind.ADDED: "add_person",
    Kind.DESCRIBED: "amend_person",
    Kind.NAMED: "add_offender",
    Kind.OFFENDER_DESCRIBED: "amend_offender",
    Kind.VOIDED: "void_event",
}
"""Kinds that are not recorded by `POST /v1/events`, and the operation that writes them."""

IN_THE_FOLD_ITSELF: Final = {Received, Reopened, Voided}
"""The first makes the case, the second only opens it again, as much else does; the third is taken out, with what it
takes back, before anything is applied."""


def test_every_kind_has_a_shape_of_its_own_and_subjects() -> None:
    assert set(FACTS) == set(SUBJECTS) == set(Kind)
    assert len(set(FACTS.values())) == len(FACTS)
    assert all(SUBJECTS.values())
    assert set(FACTS.values()) == set(Fact.__subclasses__())


def test_every_kind_is_recorded_by_somebody_or_by_a_call_of_its_own() -> None:
    assert set(RECORDERS) | set(OWN_CALLS) == set(Kind)
    assert set(RECORDERS) & set(OWN_CALLS) == set()
    assert all(RECORDERS.values())


def test_the_calls_of_their_own_exist() -> None:
    handlers = {function.name for source in sources() if ".router" in source.name for function in source.functions()}
    assert set(OWN_CALLS.values()) <= handlers


def test_the_wire_offers_exactly_the_kinds_that_have_recorders() -> None:
    offered = {kind for shape in members() for kind in get_args(shape.model_fields["kind"].annotation)}
    assert offered == set(RECORDERS)


def test_the_wire_gives_each_kind_its_own_fact() -> None:
    for shape in members():
        [kind] = get_args(shape.model_fields["kind"].annotation)
        assert shape.model_fields["data"].annotation is FACTS[kind], kind


def test_every_kind_has_an_effect() -> None:
    assert set(EFFECTS) | IN_THE_FOLD_ITSELF == set(FACTS.values())
    assert set(EFFECTS) & IN_THE_FOLD_ITSELF == set()


def test_moves_are_kinds_that_are_recorded() -> None:
    assert set(FROM) <= set(MOVES) <= set(RECORDERS)
    assert set(Kind) >= REOPENING >= {Kind.REOPENED}


def test_facts_never_change() -> None:
    assert [found.__name__ for found in FACTS.values() if not vars(found)["__dataclass_params__"].frozen] == []


def test_every_audit_action_is_recorded_somewhere() -> None:
    text = "\n".join(source.text for source in sources() if source.name != "service.audit.rules")
    assert [found.name for found in AuditAction if f"AuditAction.{found.name}" not in text] == []


def test_every_permission_has_a_gate_with_a_name() -> None:
    [gate] = [source.text for source in sources() if source.name == "service.access.gate"]
    assert [found.name for found in Permission if f"Gate(Permission.{found.name})" not in gate] == []


def members() -> tuple[type[BaseModel], ...]:
    """The shapes of the union that `POST /v1/events` reads."""
    union, _ = get_args(AnyRecording)
    shapes: tuple[type[BaseModel], ...] = get_args(union)
    return shapes
