"""Searches: whom they find, in which order, for whom, and what stays on record of them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.people.rules import terms
from tests.audit.searching import counts, dump, everything_logged, present
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register, open_register
from tests.statements import statements_sent

NAMES = {
    "latin": "José Álvarez Peña",
    "vietnamese": "Nguyễn Thị Ánh Đào",
    "thai": "สมชาย ใจดีมาก",
    "khmer": "សុខ ចាន់ដារ៉ា",
    "lao": "ສົມສັກ ແກ້ວມະນີ",
    "burmese": "အောင်ဆန်း မြင့်",
    "han": "歐陽明珠",
    "arabic": "محمد عبد الرحمن",
    "handle": "@night_owl.77",
}
ASKED = {
    "latin": ("pena JOSE", "Alvarez"),
    "vietnamese": ("dao nguyen", "ÁNH THỊ"),
    "thai": ("ใจดีมาก สมชาย", "สมชาย"),
    "khmer": ("ចាន់ដារ៉ា\u200b សុខ", "សុខ"),
    "lao": ("ແກ້ວມະນີ ສົມສັກ", "ສົມສັກ"),
    "burmese": ("မြင့် အောင်ဆန်း", "အောင်ဆန်း"),
    "han": ("歐陽 明珠", "明珠"),
    "arabic": ("عَبد الرحمن محمّد", "محمد"),
    "handle": ("Night Owl 77", "nightowl77"),
}


def search(caller: Caller, for_: str = "persons", **given: Any) -> dict[str, Any]:
    """Search and answer what came back."""
    answer = caller.post("/v1/searches", {"for": for_, "purpose": "verification", **given})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def found(caller: Caller, for_: str = "persons", **given: Any) -> list[str]:
    """Search and answer the references of what came back."""
    return [item["reference"] for item in search(caller, for_, **given)["items"]]


def one(caller: Caller, **person: Any) -> str:
    """File somebody and answer their reference."""
    reference: str = caller.file(persons=[person])["persons"][0]["reference"]
    return reference


def named(*names: str) -> dict[str, Any]:
    return {"names": [{"text": name, "kind": "alias"} for name in names]}


@pytest.fixture(scope="module")
def shared(databases: Databases) -> Iterator[Register]:
    """A register in which nothing is changed once it is filed."""
    database = databases.make()
    try:
        with open_register(database) as register:
            yield register
    finally:
        databases.drop(database)


@pytest.fixture(scope="module")
def operator(shared: Register) -> Caller:
    return shared.caller("operator")


@pytest.fixture(scope="module")
def people(operator: Caller) -> dict[str, str]:
    """Somebody for each script."""
    return {script: one(operator, **named(name)) for script, name in NAMES.items()}


def test_a_number_told_in_a_story_is_found_like_a_contact(register: Register) -> None:
    operator = register.caller("operator")
    case = operator.file(
        narrative="Call back mother on 012 771 602 after 8pm", persons=[{"story": "Passport EO7712341"}]
    )
    assert found(operator, "cases", phone="012771602") == [case["reference"]]
    assert found(operator, document="E07712341") == [case["persons"][0]["reference"]]


@pytest.mark.parametrize("script", sorted(NAMES))
def test_somebody_is_found_in_the_script_they_were_written_in(
    operator: Caller, people: dict[str, str], script: str
) -> None:
    for name in (NAMES[script], *ASKED[script]):
        assert found(operator, name=name) == [people[script]], name


def test_any_name_somebody_goes_by_finds_them(operator: Caller) -> None:
    person = one(operator, **named("Wen Tiger", "虎文", "tiger_wen_1999"))
    assert [found(operator, name=name) for name in ("tiger wen", "虎文", "@TIGER.WEN.1999")] == [[person]] * 3


def test_who_shares_most_words_comes_first_then_the_newest(operator: Caller) -> None:
    older, both, newer = (one(operator, **named(name)) for name in ("Quang Older", "Quang Bao Both", "Quang Newer"))
    assert found(operator, name="bao quang") == [both, newer, older]
    assert found(operator, name="quang", limit=2) == [newer, both]


def test_words_of_one_name_count_for_more_than_those_of_several(operator: Caller) -> None:
    """More of their keys agree: those of one name, of another, and of a third that sounds like both."""
    one_name = one(operator, **named("Dalisay Makapal Santos"))
    several = one(operator, **named("Dalisay Reyes", "Makapal Cruz", "Makapol Talisoy"))
    assert found(operator, name="makapal dalisay") == [one_name, several]


def test_more_says_that_something_was_left_out_and_nothing_else_does(operator: Caller) -> None:
    for _ in range(3):
        one(operator, **named("Repeated Somebody"))
    whole, part = (search(operator, name="Repeated", limit=limit) for limit in (3, 2))
    assert (len(whole["items"]), whole["more"]) == (3, False)
    assert (len(part["items"]), part["more"]) == (2, True)
    assert part.keys() == {"items", "more"}


@pytest.mark.parametrize("asked", ["+855 17 22 33 44", "017223344", "៧ ០១៧-២២-៣៣-៤៤", "(017) 22.33.44"])
def test_a_number_finds_its_person_and_their_case(operator: Caller, asked: str) -> None:
    filed = operator.file(persons=[{"contacts": [{"kind": "messaging", "value": "Signal 00855 17-223-344"}]}])
    person, case = filed["persons"][0]["reference"], filed["reference"]
    assert person in found(operator, phone=asked)
    assert case in found(operator, "cases", phone=asked)
    assert search(operator, "offenders", phone=asked)["items"] == []


def test_a_document_finds_its_person(operator: Caller) -> None:
    documents = [{"type": "passport", "number": "XP 000-4711"}]
    filed = operator.file(persons=[{"documents": documents}])
    assert found(operator, document="xp0004711") == [filed["persons"][0]["reference"]]
    assert found(operator, "cases", document="XP 0004711") == [filed["reference"]]


def test_a_case_is_found_by_its_reporter_its_text_and_its_persons(operator: Caller) -> None:
    filed = operator.file(
        reporter={"name": "Aunt Marigold", "contacts": [{"kind": "phone", "value": "+60 11 8765 4321"}]},
        narrative="They were moved at night to the yellow building.",
        location={"place": "ตึกสีเหลืองใกล้ท่าเรือ", "town": "Marigoldville"},
        persons=[{**named("Niece Marigold"), "story": "The guard wears a cormorant badge."}],
    )
    assert operator.post(f"/v1/cases/{filed['reference']}/notes", {"text": "Rang back about heliotropes."}).is_success
    for asked in (
        {"name": "aunt marigold"}, {"name": "niece"}, {"phone": "87654321"}, {"text": "yellow NIGHT"},
        {"text": "สีเหลือง"}, {"text": "marigoldville"}, {"text": "cormorant"}, {"text": "heliotropes"},
        {"text": "yellow cormorant"},
    ):  # fmt: skip
        assert found(operator, "cases", **asked) == [filed["reference"]], asked
    for asked in ({"text": "yellow walrus"}, {"text": "yell"}, {"text": "เหลืองสี"}, {"name": "uncle"}):
        assert found(operator, "cases", **asked) == [], asked
    assert found(operator, name="aunt") == []
    assert found(operator, phone="87654321") == []


def test_a_person_is_never_found_among_offenders_nor_the_reverse(operator: Caller) -> None:
    offender = {"names": [{"text": "Bosun Kestrel"}], "description": "Limps, they say", "role": "guard"}
    filed = operator.file(persons=[named("Kestrel Victim")], offenders=[offender])
    assert found(operator, name="kestrel") == [filed["persons"][0]["reference"]]
    assert found(operator, "offenders", name="kestrel") == [filed["offenders"][0]["reference"]]
    assert found(operator, "offenders", text="limps") == [filed["offenders"][0]["reference"]]
    assert found(operator, text="limps") == []
    assert found(operator, "cases", name="bosun") == []


def test_what_is_sealed_is_opened_for_the_purpose(operator: Caller) -> None:
    told = {**named("Opened Sesame"), "documents": [{"type": "visa", "number": "V77"}], "story": "Told once."}
    filed = operator.file(persons=[told], narrative="Sesame case.", reporter={"name": "Ali Sesame"})
    [person] = search(operator, name="sesame opened")["items"]
    assert [name["text"] for name in person["sealed"]["names"]] == ["Opened Sesame"]
    assert [found["number"] for found in person["sealed"]["documents"]] == ["V77"]
    assert person["case"] == filed["reference"]
    [case] = search(operator, "cases", name="sesame opened")["items"]
    assert case["sealed"]["reporter"] == {"name": "Ali Sesame"}
    assert "Opened Sesame" not in str(case)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"name": "x"}, {"for": "persons", "name": "x"}, {"for": "persons", "purpose": "rescue"},
        {"for": "persons", "purpose": "curiosity", "name": "x"}, {"for": "events", "purpose": "rescue", "name": "x"},
        {"for": "persons", "purpose": "rescue", "name": "x", "text": "y"},
        {"for": "persons", "purpose": "rescue", "name": "x", "phone": "1"},
        {"for": "persons", "purpose": "rescue", "name": ""}, {"for": "persons", "purpose": "rescue", "name": "\u200b"},
        {"for": "persons", "purpose": "rescue", "name": "x" * 201}, {"for": "persons", "purpose": "rescue", "name": 7},
        {"for": "persons", "purpose": "rescue", "name": "x", "limit": 0},
        {"for": "persons", "purpose": "rescue", "name": "x", "limit": 51},
        {"for": "persons", "purpose": "rescue", "name": "x", "SURPRISECANARY": 1},
        {"for_": "persons", "purpose": "rescue", "name": "x"},
        {"for": "offenders", "purpose": "rescue", "document": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_search_that_is_not_well_formed_is_refused_and_not_repeated(operator: Caller, body: dict[str, Any]) -> None:
    answer = operator.post("/v1/searches", body)
    assert_problem(answer, 422, "validation")
    assert present(["SURPRISECANARY", "curiosity", "xxx"], answer.text) == []


def test_a_search_stands_in_no_address(operator: Caller) -> None:
    assert_problem(operator.get("/v1/searches", name="x"), 405)
    answer = operator.http.post("/v1/searches?name=x", json={"for": "persons", "purpose": "rescue", "name": "x"})
    assert_problem(answer, 400)


def test_a_search_is_on_record_with_whom_it_showed_and_never_with_what_was_asked(register: Register) -> None:
    operator = register.caller("operator")
    persons = [{**named(f"Canary {who}"), "story": "Toldcanary"} for who in ("first", "second")]
    ids = [part["id"] for part in operator.file(persons=persons)["persons"]]
    with everything_logged() as lines:
        for body in ({"name": "Canary"}, {"name": "Nobodycanary"}, {"name": "Canary", "limit": 1}):
            search(operator, **body)
    query = "SELECT * FROM audit_log WHERE action = 'records:searched' ORDER BY id"
    rows = register.rows(query)
    assert [sorted(map(str, row["subject_ids"])) for row in rows] == [sorted(ids), [], [max(ids)]]
    assert [row["fields"] for row in rows] == [["name", "narrative"], [], ["name", "narrative"]]
    assert {row["reason"] for row in rows} == {"verification"}
    assert {row["principal_id"] for row in rows} == {operator.id}
    assert present(["anary", "ANARY"], dump(register, "audit_log") + "\n".join(lines)) == []
    assert counts(register)["kept_answers"] == 0


def test_nothing_is_shown_that_cannot_be_recorded(register: Register) -> None:
    operator = register.caller("operator")
    one(operator, **named("Unrecorded Canary"))
    register.rows("REVOKE INSERT ON audit_log FROM safe_return_api")
    answer = operator.post("/v1/searches", {"for": "persons", "purpose": "rescue", "name": "canary"})
    assert_problem(answer, answer.status_code)
    assert answer.status_code >= 500


def test_what_was_corrected_is_still_found_and_said_to_be_earlier_and_what_was_taken_out_is_not(
    register: Register,
) -> None:
    operator = register.caller("operator")
    person = one(
        operator, **named("Former Name"), documents=[{"type": "visa", "number": "OLD1"}],
        contacts=[{"kind": "phone", "value": "012 111 222 3"}],
    )  # fmt: skip
    changes = {**named("Present Name"), "documents": [{"type": "visa", "number": "NEW1"}], "contacts": None}
    assert operator.patch(f"/v1/persons/{person}", changes, If_Match='"1"').status_code == 200
    for asked in ({"name": "former"}, {"document": "old1"}):
        answer = search(operator, **asked)
        assert ([item["reference"] for item in answer["items"]], answer["earlier"]) == ([person], [person])
        sealed = json.dumps(answer["items"])
        assert ("Present Name" in sealed, "Former" in sealed, "OLD1" in sealed) == (True, False, False)
    for asked in ({"name": "present"}, {"document": "new1"}, {"name": "name"}):
        answer = search(operator, **asked)
        assert ([item["reference"] for item in answer["items"]], "earlier" in answer) == ([person], False)
    assert search(operator, phone="121112223") == {"items": [], "more": False}
    left = register.rows("SELECT DISTINCT s.kind, s.indexed FROM sealed_records s JOIN search_keys k "
                         "ON k.record_id = s.id WHERE retired_at IS NOT NULL ORDER BY 1")  # fmt: skip
    assert [row["kind"] for row in left] == ["document", "name"]
    out = register.rows("SELECT kind FROM sealed_records WHERE indexed IS NULL")
    assert out == [{"kind": "contact"}]


def test_an_embassy_finds_by_an_earlier_name_only_what_it_told_itself(register: Register) -> None:
    operator, liaison = register.caller("operator"), register.caller("liaison", "TWN")
    person = one(operator, nationality="TWN", **named("Former Canary"))
    path = f"/v1/persons/{person}"
    for name, by in (("Present Embassy", operator), ("Another Present", operator)):
        tag = by.get(path).headers["etag"]
        assert by.patch(path, named(name), If_Match=tag).status_code == 200
    own = one(liaison, nationality="TWN", **named("Ownformer Lin"))
    tag = liaison.get(f"/v1/persons/{own}").headers["etag"]
    assert liaison.patch(f"/v1/persons/{own}", named("Own Present"), If_Match=tag).status_code == 200
    assert found(operator, name="canary") == [person]
    assert found(liaison, name="canary") == found(liaison, name="embassy") == []
    assert found(liaison, name="another") == [person]
    assert found(liaison, name="ownformer") == found(register.caller("supervisor"), name="ownformer") == [own]


def test_the_corrected_parts_of_a_case_and_an_offender_are_found_likewise(register: Register) -> None:
    operator = register.caller("operator")
    reporter = {"name": "Former Reporter", "contacts": [{"kind": "phone", "value": "+60 11 1111 2222"}]}
    offenders = [{"names": [{"text": "Former Boss"}], "description": "Tattooed"}]
    filed = operator.file(narrative="Former words", reporter=reporter, offenders=offenders)
    case, offender = filed["reference"], filed["offenders"][0]["reference"]
    assert operator.patch(f"/v1/cases/{case}", {"narrative": "Present words", "reporter": {"name": "New Reporter"}},
                          If_Match='"1"').status_code == 200  # fmt: skip
    assert operator.patch(f"/v1/offenders/{offender}", {"description": None}, If_Match='"1"').status_code == 200
    for asked in ({"text": "former"}, {"name": "former"}):
        assert search(operator, "cases", **asked)["earlier"] == found(operator, "cases", **asked) == [case]
    for asked in ({"text": "present"}, {"name": "new"}, {"phone": "11112222"}):
        assert found(operator, "cases", **asked) == [case]
    assert found(operator, "offenders", text="tattooed") == []
    assert found(operator, "offenders", name="former") == [offender]


def test_an_erased_person_is_not_found(register: Register) -> None:
    operator = register.caller("operator")
    person = operator.file(persons=[named("Erased Canary")])["persons"][0]
    register.rows("DELETE FROM data_keys WHERE subject_id = $1", person["id"])
    assert search(operator, name="erased") == {"items": [], "more": False}


def test_a_person_who_was_added_by_mistake_is_not_found(register: Register) -> None:
    operator = register.caller("operator")
    person = one(operator, **named("Mistaken Canary"))
    [event] = register.rows("SELECT id FROM events WHERE kind = 'added'")
    void = register.caller("supervisor").post(f"/v1/events/{event['id']}/void", {"reason": "recorded_in_error"})
    assert void.status_code == 201, void.text
    assert person not in found(operator, name="mistaken")


@pytest.mark.parametrize("bytes_kept", [0, 1])
def test_a_key_that_two_terms_share_shows_nobody_wrong(
    register: Register, monkeypatch: pytest.MonkeyPatch, bytes_kept: int
) -> None:
    monkeypatch.setattr(terms, "KEY_BYTES", bytes_kept)
    operator = register.caller("operator")
    people = {name: one(operator, **named(name), story=f"Met {name}") for name in ("Anja", "Bela", "Cilla")}
    for name, person in people.items():
        assert found(operator, name=name) == found(operator, text=name) == [person]
    assert search(operator, name="Dora") == {"items": [], "more": False}


def test_only_so_many_candidates_are_opened_and_the_rest_is_said(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.cases.actions import searching

    operator = register.caller("operator")
    operator.file(persons=[named("Common Name")] * 4 + [named("Common Rare Name")])
    monkeypatch.setattr(searching, "OPENED_AT_MOST", 2)
    answer = search(operator, name="common rare")
    assert (len(answer["items"]), answer["more"]) == (2, True)
    assert answer["items"][0]["sealed"]["names"][0]["text"] == "Common Rare Name"


LETTERS = st.text("bcdfghjklmnpqrstvwxzàéîõüčşđạảớ", min_size=2, max_size=8)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(LETTERS, min_size=1, max_size=3, unique=True), other=LETTERS, data=st.data())
def test_whoever_was_filed_is_found_by_any_order_and_case_and_nobody_else_is(
    operator: Caller, names: list[str], other: str, data: st.DataObject
) -> None:
    person = one(operator, **named(" ".join(names)))
    order = data.draw(st.sampled_from(list(permutations(names))))
    spelled = data.draw(st.sampled_from([str.upper, str.title, str.lower]))
    items = search(operator, name=spelled(" ".join(order)), limit=50)["items"]
    assert person in [item["reference"] for item in items]
    unheard = f"{other}aeiou{len(names)}"
    assert search(operator, name=unheard) == {"items": [], "more": False}


def test_searches_are_counted_by_a_statement_that_is_sent_anyway(register: Register) -> None:
    operator = register.caller("operator")
    one(operator, **named("Counted Canary"))
    for asked, most in (({"name": "counted"}, 4), ({"name": "nobody"}, 3)):
        search(operator, **asked)
        with statements_sent() as sent:
            search(operator, **asked)
        assert len(sent) == most, [statement for statement, _ in sent]


def test_searches_are_counted_without_reading_the_whole_log(register: Register) -> None:
    operator = register.caller("operator")
    one(operator, **named("Counted Canary"))
    register.rows(
        "INSERT INTO audit_log SELECT gen_random_uuid(), now(), gen_random_uuid(), gen_random_uuid(), 'operator', "
        "'records:searched', '{}', '{}', NULL, gen_random_uuid(), '' FROM generate_series(1, 20000)"
    )
    register.rows("ANALYZE audit_log")
    with statements_sent() as sent:
        search(operator, name="counted")
    statement, values = next(found for found in sent if "FROM audit_log" in found[0])
    plan = "\n".join(row["QUERY PLAN"] for row in register.rows(f"EXPLAIN {statement}", *values))
    filled = f"audit_log_{datetime.now(UTC):%Y_%m}"
    assert f"Seq Scan on {filled}" not in plan, plan
    assert f"on {filled}" in plan
