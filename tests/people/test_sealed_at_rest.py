"""What identifies somebody is nowhere in the clear, opens only where it was put, and only for a purpose."""

from collections.abc import Iterator

import pytest

from tests.audit.searching import counts, dump, present
from tests.doors.scene import FOREIGN, NATIONALITIES, OWN, SITE_CANARIES, Scene, open_scene, set_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Register

TOLD = {
    *SITE_CANARIES,
    "Town Canary",
    "PHONECANARY",
    "DOCCANARY",
    "HOURSCANARY",
    "Story Canary",
    "Name Canary",
    "Canary",
}


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        kept = {"channel": "ngo", "narrative": "Kept Canary"}
        assert made.operator.post(f"/v1/cases/{made.case}/notes", {"text": "Note Canary"}).is_success
        assert made.operator.post("/v1/cases", kept, Idempotency_Key="kept").is_success
        wish = {"purpose": "return_home", "value": "yes", "freely": "yes"}
        body = {"kind": "wish_stated", "subjects": [made.persons[OWN].id], "occurred_on": "2022-09-02", "data": wish}
        assert made.operator.post("/v1/events", {**body, "note": "Event Note Canary"}).is_success
        yield made


def test_nothing_that_was_told_is_in_any_column_of_any_table(scene: Scene) -> None:
    everything = dump(scene.register)
    assert len(everything) > 20_000
    assert present(TOLD, everything) == []
    assert present([word.encode().hex() for word in TOLD], everything) == []
    assert counts(scene.register)["sealed_records"] > 25


def test_the_same_name_told_twice_is_sealed_differently(scene: Scene) -> None:
    for _ in range(2):
        scene.operator.file(persons=[{"names": [{"text": "Same Name"}]}])
    sealed = [bytes(row["content"]) for row in scene.register.rows("SELECT content FROM sealed_records")]
    assert len({content[13:] for content in sealed}) == len({content[1:13] for content in sealed}) == len(sealed)


@pytest.mark.parametrize("role", ["operator", "verifier", "officer", "supervisor", "liaison"])
def test_without_a_purpose_nothing_sealed_is_in_any_answer(scene: Scene, role: str) -> None:
    known = {"operator": scene.operator, "liaison": scene.liaison}
    caller = known.get(role) or scene.register.caller(role)
    targets = ["/v1/cases", "/v1/persons", f"/v1/cases/{scene.case}", f"/v1/cases/{scene.case}/events"]
    targets += [f"/v1/persons/{scene.persons[OWN].id}"]
    if role != "liaison":
        targets.append(f"/v1/offenders/{scene.offender.id}")
    for target in targets:
        answer = caller.get(target)
        assert answer.status_code == 200
        assert present(TOLD, answer.text) == []
        assert '"sealed"' not in answer.text


def test_filing_and_changing_answer_nothing_that_was_told(scene: Scene) -> None:
    filed = scene.operator.post("/v1/cases", {"channel": "ngo", "narrative": "Kept Canary"})
    changed = scene.operator.patch(f"/v1/cases/{filed.json()['id']}", {"narrative": "Other Canary"}, If_Match='"1"')
    note = scene.operator.post(f"/v1/cases/{filed.json()['id']}/notes", {"text": "Note Canary"})
    assert present(TOLD, filed.text + changed.text + note.text) == []


@pytest.mark.parametrize("purpose", ["verification", "rescue", "consular", "return", "call_back", "correction"])
def test_with_a_purpose_everything_told_is_shown_to_those_who_see_the_whole_case(scene: Scene, purpose: str) -> None:
    shown = scene.operator.get(f"/v1/cases/{scene.case}", purpose=purpose).text
    told = {*SITE_CANARIES, "Town Canary", "Note Canary", "Event Note Canary"}
    told |= {f"{what} {who}" for what in ("Name Canary", "Story Canary", "PHONECANARY") for who in NATIONALITIES}
    assert set(present(told, shown)) == told


@pytest.mark.parametrize("purpose", ["", "curiosity", "RESCUE", "rescue ", "rescue,return"])
def test_a_purpose_is_one_of_the_list(scene: Scene, purpose: str) -> None:
    assert_problem(scene.operator.get(f"/v1/persons/{scene.persons[OWN].id}", purpose=purpose), 422, "validation")


MOVES = {
    "to another person": "UPDATE sealed_records SET subject_id = $2 WHERE subject_id = $1 AND kind = 'name'",
    "to another version": "UPDATE sealed_records SET version = 2 WHERE subject_id = $1 AND kind = 'name' AND $2 <> ''",
    "to another row": "UPDATE sealed_records SET id = gen_random_uuid() "
    "WHERE subject_id = $1 AND kind = 'name' AND $2 <> ''",
    "to another kind": "UPDATE sealed_records SET kind = 'narrative' "
    "WHERE subject_id = $1 AND kind = 'document' AND $2 <> ''",
    "to another agency": "UPDATE sealed_records SET agency_id = gen_random_uuid() WHERE subject_id = $1 AND $2 <> ''",
    "cut": "UPDATE sealed_records SET content = substr(content, 1, 20) "
    "WHERE subject_id = $1 AND kind = 'name' AND $2 <> ''",
    "changed": "UPDATE sealed_records SET content = set_byte(content, 20, get_byte(content, 20) # 1) "
    "WHERE subject_id = $1 AND $2 <> ''",
    "of another format": "UPDATE sealed_records SET content = set_byte(content, 0, 2) "
    "WHERE subject_id = $1 AND $2 <> ''",
    "emptied": "UPDATE sealed_records SET content = '' WHERE subject_id = $1 AND $2 <> ''",
    "under another's key": "UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE subject_id = $2) "
    "WHERE subject_id = $1",
}


def test_a_sealed_record_that_was_moved_or_changed_does_not_open(register: Register) -> None:
    for how, statement in MOVES.items():
        scene = set_scene(register)
        own, other = scene.persons[OWN].id, scene.persons[FOREIGN].id
        arguments = (own, other) if "$2 <> ''" not in statement else (own, "x")
        register.rows(statement, *arguments)
        wanted = other if how == "to another person" else own
        for target in (f"/v1/persons/{wanted}", f"/v1/cases/{scene.case}"):
            answer = scene.operator.get(target, purpose="rescue")
            assert_problem(answer, 500, "internal")
            assert present(TOLD, answer.text) == [], how
        assert scene.operator.get(f"/v1/persons/{wanted}").status_code == 200


def test_an_exact_place_renamed_to_a_town_is_not_shown_to_a_liaison(register: Register) -> None:
    scene = set_scene(register)
    statement = "UPDATE sealed_records SET kind = 'town' WHERE subject_id = $1 AND kind = 'place'"
    register.rows(statement, scene.filed["id"])
    answer = scene.liaison.get(f"/v1/cases/{scene.case}", purpose="consular")
    assert_problem(answer, 500, "internal")
    assert "Place Canary" not in answer.text


def test_a_register_under_another_key_file_opens_nothing(scene: Scene) -> None:
    from service.sealing import SealingError, SecretKeyRing, new_data_key

    wrapped = scene.register.rows("SELECT wrapped FROM data_keys LIMIT 1")[0]["wrapped"]
    for other in (SecretKeyRing({"1": new_data_key()}, "1"), SecretKeyRing({"2": scene.register.keys.keys["1"]}, "2")):
        with pytest.raises(SealingError):
            other.unwrap(bytes(wrapped))
    assert len(scene.register.keys.unwrap(bytes(wrapped))) == 32


def test_an_erased_person_is_counted_and_nameless(register: Register) -> None:
    scene = set_scene(register)
    register.rows("DELETE FROM data_keys WHERE subject_id = $1", scene.persons[OWN].id)
    shown = scene.operator.get(f"/v1/cases/{scene.case}", purpose="rescue").json()
    sealed = {person["id"]: person["sealed"] for person in shown["persons"]}
    assert sealed[scene.persons[OWN].id]["names"] == []
    assert sealed[scene.persons[FOREIGN].id]["names"] != []
    assert shown["tally"] == {"received": 4}
    tag = scene.version_of("persons", scene.persons[OWN].id)
    assert_problem(scene.operator.patch(f"/v1/persons/{scene.persons[OWN].id}", {"names": []}, If_Match=tag), 404)
