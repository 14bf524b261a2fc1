from collections import Counter
from functools import partial

import pytest

from service.codes import PersonStatus
from service.demo.accounts import KEY_NAME
from service.demo.loading import load_demo
from service.demo.names import SPELLINGS
from service.demo.scenarios import ALL
from service.demo.stories import Step, Teller
from service.errors import ConflictError
from tests.register import Register


def test_a_day_at_the_desk_shows_every_status_and_is_loaded_into_an_empty_register_only(register: Register) -> None:
    register.clock.move(days=60)
    seen: list[tuple[int, int, str]] = []
    load = partial(load_demo, register.app, register.app.state.services.database)
    accounts = register.portal.call(partial(load, progress=lambda *told: seen.append(told)))

    assert [name for _, name, _ in accounts.lines] == [
        "operator", "verifier", "officer", "liaison-twn", "liaison-mys", "supervisor", "auditor", "admin", KEY_NAME
    ]  # fmt: skip
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert seen[-1][0] == seen[-1][1]
    job = register.client(accounts.password_of(KEY_NAME))
    answer = job.get("/v1/figures/persons_by_status", params={"by": "status"}).json()
    assert {cell["codes"]["status"] for cell in answer["cells"] if cell["value"]} == {
        code.value for code in PersonStatus
    }
    assert all(check["holds"] for check in answer["checks"])
    rows = job.get("/v1/figures/persons_received?from=2022-10-01&to=2022-10-31&by=nationality").json()["cells"]
    assert {"TWN", "MYS", "XXA", "ZZ-UNKNOWN", "ZZ-DISPUTED"} <= {
        row["codes"]["nationality"] for row in rows if row["value"]
    }

    with pytest.raises(ConflictError, match="empty register only"):
        register.portal.call(partial(load, progress=lambda *_: None))


def test_every_scenario_tells_the_same_at_every_call_and_every_actor_has_something_to_do() -> None:
    told = [story for scenario in ALL for story in scenario.tell()]
    assert told == [story for scenario in ALL for story in scenario.tell()]
    acting = Counter(story.filed_by for story in told)
    acting.update(step.teller for story in told for step in story.steps if isinstance(step, Step))
    assert set(acting) == set(Teller)


def test_every_name_says_that_it_is_an_example() -> None:
    families = {spelling.family for spelling in SPELLINGS.values()} | {"Example"}
    names = [
        name["text"]
        for scenario in ALL
        for story in scenario.tell()
        for person in story.body["persons"]
        for name in person.get("names", [])
    ]
    assert len(names) > 1000
    assert [name for name in names if not name.startswith(tuple(families))] == []
