"""A register filled by the release before goes on working: read, checked, counted, opened, continued."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from service.cases.models.log import event_of, fact_as_json
from service.db.migrations import _config, migrate
from tests.engine import Databases, TestDatabase
from tests.migrations.catalog import counts_of, fetch
from tests.migrations.released import NAMES, Released, ask, commands, load, told_by
from tests.register import Register, open_register

LARGEST: Final = 300 * 1024
KINDS: Final = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_events_kind'"


@dataclass(frozen=True)
class Upgraded:
    """A register that a release left and today's code has migrated, to which nobody is connected.

    Attributes:
        counts: rows by table, as the release left them.
        kinds: the kinds of event that the release knew.
        rules: the version of the rules by which it counted.
    """

    released: Released
    database: TestDatabase
    counts: dict[str, int]
    kinds: set[str]
    rules: int

    @property
    def recounts(self) -> int:
        """How often the release had counted the whole register again."""
        return self.counts["counted_by"]


@pytest.fixture(scope="module", params=NAMES)
def upgraded(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgraded]:
    """Load what a release left into a database at its revision, then migrate to today's."""
    released, database = Released.named(request.param), databases.make_blank()
    migrate(database.owner_url, released.revision)
    [row] = fetch(database.admin_url, KINDS)
    load(database, released)
    databases.count_from_the_start(database)
    counts = counts_of(database.admin_url)
    [counted] = fetch(database.admin_url, "SELECT max(version) FROM counted_by")
    assert commands(database, released, tmp_path_factory.mktemp("var"))("migrate") == 0
    databases.take_any_clock(database)
    yield Upgraded(released, database, counts, set(re.findall(r"'(\w+)'", row[0])), counted[0])
    databases.drop(database)


@pytest.fixture
def database(upgraded: Upgraded, databases: Databases) -> Iterator[TestDatabase]:
    """A copy of the migrated register, of this test's own."""
    made = databases.make_copy(upgraded.database)
    yield made
    databases.drop(made)


@pytest.fixture
def safe_return(upgraded: Upgraded, database: TestDatabase, tmp_path: Path) -> Callable[..., int]:
    """Commands on the copy."""
    return commands(database, upgraded.released, tmp_path)


@pytest.fixture
def register(upgraded: Upgraded, database: TestDatabase) -> Iterator[Register]:
    """The copy, served by today's code at the moment at which the release answered."""
    with open_register(database, keys=upgraded.released.keys, now=upgraded.released.now) as made:
        yield made


def different(register: Register, upgraded: Upgraded, readings: list[dict[str, Any]]) -> list[str]:
    """Return which questions have another answer than the release gave."""
    clients = {name: register.client(token) for name, token in upgraded.released.told["tokens"].items()}
    alike = partial(told_by, recounted=counts_of(register.database.admin_url)["counted_by"] > upgraded.recounts)
    found = []
    for asked in readings:
        now = ask(clients[asked["as"]], asked)
        then = alike(asked, asked["status"], asked["etag"], asked["answer"])
        if now.is_success and now.json().get("held_back"):
            kept = now.json().get("total") == asked["answer"].get("total") or "total" not in now.json()
            found += [] if kept else [f"{asked['path']}: another total"]
            continue
        if alike(asked, now.status_code, now.headers.get("etag"), now.json()) != then:
            found.append(f"{asked['as']} {asked['path']} {asked.get('query', asked.get('body'))}: {now.text[:2000]}")
    return found


def test_what_the_release_left_is_worth_testing(upgraded: Upgraded) -> None:
    rows, readings = upgraded.released.rows, upgraded.released.readings
    assert [table for table, count in upgraded.counts.items() if not count] == []
    kinds = {row["kind"] for row in fetch(upgraded.database.admin_url, "SELECT kind FROM events")}
    assert kinds == upgraded.kinds
    assert {reading["status"] for reading in readings} == {200, 401, 403, 404}
    assert "Chen Example-Corrected" in str(readings)
    assert "Example-Corrected" not in rows
    assert not re.search(r"://|/(?:tmp|home|root|work|var|opt)/|safe_return_", rows)


def test_every_row_is_there_after_migrating(upgraded: Upgraded) -> None:
    now = counts_of(upgraded.database.admin_url)
    assert {table: count for table, count in upgraded.counts.items() if now.get(table, 0) < count} == {}


def test_what_the_release_left_is_small() -> None:
    folder = Path(__file__).parent / "releases"
    assert NAMES
    assert [path.name for path in folder.iterdir() if path.stat().st_size > LARGEST] == []


def test_the_logs_and_the_rows_agree_and_everything_sealed_opens(safe_return: Callable[..., int]) -> None:
    assert safe_return("index") == 0
    assert safe_return("check") == 0
    assert safe_return("check", "--sealed") == 0


def test_every_question_has_the_answer_that_the_release_gave(upgraded: Upgraded, register: Register) -> None:
    assert different(register, upgraded, upgraded.released.readings) == []


def test_every_event_is_read_as_it_was_written(upgraded: Upgraded) -> None:
    found = fetch(upgraded.database.admin_url, "SELECT to_jsonb(e) AS row FROM events e")
    rows = [json.loads(one["row"]) for one in found]
    assert [row for row in rows if fact_as_json(event_of(row).fact) != row["fact"]] == []
    assert len(rows) == upgraded.counts["events"]


def test_an_old_case_goes_on(upgraded: Upgraded, register: Register, safe_return: Callable[..., int]) -> None:
    tokens = upgraded.released.told["tokens"]
    supervisor, officer, job = (register.client(tokens[name]) for name in ("supervisor", "officer", "nightly-figures"))
    waiting, freed = (
        supervisor.get("/v1/persons", params={"status": status}).json()["items"][0]
        for status in ("verified", "rescued")
    )
    timeline = supervisor.get(f"/v1/cases/{freed['case']}/events", params={"limit": 200}).json()["items"]
    rescue = next(one for one in timeline if (one["kind"], one["subject"]) == ("rescued", freed["reference"]))

    def rescued() -> int:
        answer = job.get("/v1/figures/persons_rescued", params={"from": "2022-01-01", "to": "2023-12-31"}).json()
        count: int = answer["total"]["value"]
        return count

    before = rescued()
    body = {"kind": "rescued", "subjects": [waiting["reference"]], "occurred_on": "2023-01-05", "data": {}}
    assert officer.post("/v1/events", json=body).json()["items"][0]["status"] == "rescued"
    assert rescued() == before + 1
    voided = supervisor.post(f"/v1/events/{rescue['id']}/void", json={"reason": "wrong_subject"})
    assert voided.json()["items"][0]["status"] == "verified"
    assert rescued() == before
    assert safe_return("index") == 0
    assert safe_return("check", "--sealed") == 0


def test_what_was_sent_before_and_is_sent_again_is_done_once(upgraded: Upgraded, register: Register) -> None:
    before = counts_of(register.database.admin_url)
    for asked in upgraded.released.told["retried"]:
        again = ask(register.client(upgraded.released.told["tokens"][asked["as"]]), asked)
        assert (again.status_code, again.json()) == (asked["status"], asked["answer"])
    after = counts_of(register.database.admin_url)
    assert {table for table in after if after[table] != before[table]} == {"audit_log"}


def test_passwords_still_open_a_session(upgraded: Upgraded, register: Register) -> None:
    given = {"username": "supervisor", "password": upgraded.released.told["passwords"]["supervisor"]}
    assert register.client().post("/v1/sessions", json=given).status_code == 201


def test_it_goes_down_below_its_revision_and_up_again(
    upgraded: Upgraded, databases: Databases, database: TestDatabase, safe_return: Callable[..., int]
) -> None:
    config = _config(database.owner_url)
    below = ScriptDirectory.from_config(config).get_revision(upgraded.released.revision).down_revision
    command.downgrade(config, str(below))
    assert safe_return("migrate") == safe_return("index") == safe_return("check") == 0
    databases.count_from_the_start(database, upgraded.rules)
    moments = [reading for reading in upgraded.released.readings if "known_at" in reading.get("query", {})]
    first = min(reading["query"]["known_at"] for reading in moments)
    asked = [reading for reading in moments if reading["query"]["known_at"] == first]
    with open_register(database, keys=upgraded.released.keys, now=upgraded.released.now) as register:
        assert different(register, upgraded, asked) == []
