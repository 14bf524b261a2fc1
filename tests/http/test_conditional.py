"""Which version a caller has, and which one it changes (RFC 9110 section 13, RFC 6585)."""

from collections.abc import Iterator

import pytest

from tests.audit.searching import counts
from tests.doors.scene import OWN, Scene, open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


def records(scene: Scene) -> list[tuple[str, dict[str, object]]]:
    """Return every kind of record with a version, and a change to it."""
    return [
        (f"/v1/cases/{scene.case}", {"language": "km"}),
        (f"/v1/persons/{scene.persons[OWN].reference}", {"sex": "female"}),
        (f"/v1/offenders/{scene.offender.id}", {"roles": ["guard"]}),
    ]


def test_a_change_without_a_version_is_refused(scene: Scene) -> None:
    before = counts(scene.register)
    for target, change in records(scene):
        assert_problem(scene.operator.patch(target, change), 428, "precondition-required")
    after = counts(scene.register)
    assert {name: after[name] for name in after if name not in {"users", "sessions", "agencies"}} == {
        name: before[name] for name in before if name not in {"users", "sessions", "agencies"}
    }


@pytest.mark.parametrize(
    "tag",
    [
        "W/1",
        'w/"1"',
        '"1.0"',
        '"1-"',
        '"1-GZIP!"',
        '"1-7"',
        "*",
        "1",
        '"1',
        '"x"',
        '""',
        '"1", "2"',
        '"-1"',
        '"1' + "0" * 20 + '"',
        '"\u0661"',
    ],
)
def test_a_version_that_is_not_one_tag_of_ours_is_refused(scene: Scene, tag: str) -> None:
    for target, change in records(scene):
        answer = scene.operator.http.patch(target, json=change, headers={b"If-Match": tag.encode()})
        problem = assert_problem(answer, 400, "invalid-parameter")
        assert problem["errors"][0]["header"] == "If-Match"


@pytest.mark.parametrize("changed", ["W/{}", '{}-gzip"', '{}--gzip"', '{};gzip"', 'W/{}-br"'])
def test_a_tag_that_a_proxy_changed_is_taken_all_the_same(scene: Scene, changed: str) -> None:
    """nginx makes it weak, Apache and Jetty add what they compressed with."""
    for target, change in records(scene):
        tag = scene.operator.get(target).headers["etag"]
        sent = changed.format(tag if changed.endswith("}") else tag.removesuffix('"'))
        unchanged = scene.operator.http.get(target, headers={"If-None-Match": sent})
        assert unchanged.status_code == 304
        assert scene.operator.http.patch(target, json=change, headers={"If-Match": sent}).status_code == 200
        assert_problem(scene.operator.http.patch(target, json=change, headers={"If-Match": sent}), 412)


def test_every_tag_of_a_record_can_be_sent_back(scene: Scene) -> None:
    for target, change in records(scene):
        for read in (target, f"{target}?purpose=call_back"):
            tag = scene.operator.http.get(read).headers["etag"]
            changed = scene.operator.http.patch(target, json=change, headers={"If-Match": tag})
            assert changed.status_code == 200, (read, tag)
            again = scene.operator.http.patch(target, json=change, headers={"If-Match": changed.headers["etag"]})
            assert again.status_code == 200


def test_an_old_version_is_refused_with_the_present_tag(scene: Scene) -> None:
    for target, change in records(scene):
        read = scene.operator.get(target)
        changed = scene.operator.patch(target, change, If_Match=read.headers["etag"])
        assert changed.status_code == 200
        assert changed.headers["etag"] != read.headers["etag"]
        stale = scene.operator.patch(target, change, If_Match=read.headers["etag"])
        problem = assert_problem(stale, 412, "stale-version")
        assert stale.headers["etag"] == problem["etag"] == changed.headers["etag"]
        assert scene.operator.get(target).headers["etag"] == changed.headers["etag"]


def test_a_reader_who_has_the_present_version_is_told_so_without_a_body(scene: Scene) -> None:
    targets = [target for target, _ in records(scene)]
    for target in [*targets, "/v1/cases", "/v1/persons", f"/v1/cases/{scene.case}/events", "/v1/reference"]:
        tag = scene.operator.get(target).headers["etag"]
        for named in (tag, f'"other", {tag}', f"W/{tag.removeprefix('W/')}", "*"):
            again = scene.operator.http.get(target, headers={"If-None-Match": named})
            assert (again.status_code, again.content) == (304, b""), (target, named)
            assert again.headers["etag"] == tag
        assert scene.operator.http.get(target, headers={"If-None-Match": '"other"'}).status_code == 200


def test_with_a_purpose_the_tag_changes_with_what_was_sealed(scene: Scene) -> None:
    target = f"/v1/cases/{scene.case}?purpose=call_back"
    before = scene.operator.http.get(target).headers["etag"]
    assert before.startswith('W/"')
    assert scene.operator.post(f"/v1/cases/{scene.case}/notes", {"text": "called"}).is_success
    assert scene.operator.http.get(target).headers["etag"] != before


def test_whoever_has_no_right_learns_nothing_from_a_tag(scene: Scene) -> None:
    target = f"/v1/cases/{scene.case}"
    tag = scene.operator.get(target).headers["etag"]
    assert_problem(scene.stranger.http.get(target, headers={"If-None-Match": tag}), 404)
    assert_problem(scene.stranger.http.get(target, headers={"If-None-Match": "*"}), 404)


def test_administrators_changes_carry_versions_too(scene: Scene) -> None:
    admin = scene.register.caller("admin")
    for target, change in (
        (f"/v1/agencies/{scene.neighbour.agency_id}", {"name": "Another name"}),
        (f"/v1/users/{scene.neighbour.id}", {"role": "auditor"}),
    ):
        assert_problem(admin.patch(target, change), 428)
        assert_problem(admin.delete(target), 428)
        tag = admin.get(target).headers["etag"]
        assert admin.patch(target, change, If_Match=tag).status_code == 200
        assert_problem(admin.patch(target, change, If_Match=tag), 412)
        assert_problem(admin.delete(target, If_Match=tag), 412)
        assert_problem(admin.http.patch(target, json=change, headers={"If-Match": f"W/{tag}"}), 412)
