"""What is asked of a release, of every kind of reading, by everybody who may and some who may not."""

from collections.abc import Iterator
from typing import Any, Final

from tests.migrations.filled_story import JOB, Filling

PERIOD: Final = {"from": "2022-01-01", "to": "2022-12-31"}
READERS: Final = ("supervisor", "operator", "liaison-twn", "liaison-mys")


def questions(made: Filling) -> Iterator[dict[str, Any]]:
    """Yield what is asked, as requests."""
    audited = ["case:filed", "key:revoked", "event:voided", "user:changed", "session:refused", "operation:reported"]
    yield {"as": "auditor", "path": "/v1/audit", "query": {"action": audited, "limit": 200}}
    yield from ({"as": name, "path": "/v1/me"} for name in made.tokens)
    yield from ({"as": "admin", "path": f"/v1/{path}"} for path in ("agencies", "users", "keys"))
    for name in READERS:
        yield {"as": name, "path": "/v1/cases", "query": {"limit": 20}}
        yield {"as": name, "path": "/v1/persons", "query": {"limit": 200}}
        yield {"as": name, "path": "/v1/persons", "query": {"awaiting_return": "true"}}
    yield from questions_of_cases(made)
    for name in ("officer", "supervisor", "liaison-mys"):
        for one in made.clients["supervisor"].get("/v1/operations").json()["items"]:
            path = f"/v1/operations/{one['reference']}"
            yield {"as": name, "path": path, "query": {"purpose": "rescue"}}
            yield {"as": name, "path": f"{path}/results"}
    for name in READERS:
        for wanted, sought in SEARCHES:
            yield {"as": name, "path": "/v1/searches", "body": {"for": wanted, "purpose": "consular", **sought}}
    yield from questions_of_figures(made)


SEARCHES: Final = (
    ("persons", {"name": "Example", "limit": 50}),
    ("persons", {"name": "chen example-corrected"}),
    ("persons", {"name": "陳例子"}),
    ("persons", {"document": "EX1234567"}),
    ("persons", {"text": "night"}),
    ("cases", {"phone": "+855 00 000 0117"}),
    ("cases", {"text": "floor eight"}),
    ("cases", {"name": "Li Example"}),
    ("offenders", {"name": "Boss Example"}),
    ("offenders", {"text": "white van"}),
)


def questions_of_cases(made: Filling) -> Iterator[dict[str, Any]]:
    """Yield readings of every case with its parts and its timeline: sealed to one, opened by another."""
    for case in made.clients["supervisor"].get("/v1/cases", params={"limit": 200}).json()["items"]:
        path = f"/v1/cases/{case['reference']}"
        for name in READERS:
            yield {"as": name, "path": path, "query": {} if name == "supervisor" else {"purpose": "return"}}
            yield {"as": name, "path": f"{path}/events", "query": {"limit": 200}}
        whole = made.clients["supervisor"].get(path).json()
        for part in ("persons", "offenders"):
            for one in whole[part]:
                yield {"as": "supervisor", "path": f"/v1/{part}/{one['reference']}", "query": {"purpose": "rescue"}}


def questions_of_figures(made: Filling) -> Iterator[dict[str, Any]]:
    """Yield every figure by each of its breakdowns now, and as it was known at past moments.

    Where the last breakdown has parts that overlap, a figure may have no total without it: it is asked for too.
    """
    for figure in made.clients[JOB].get("/v1/figures").json()["items"]:
        path = f"/v1/figures/{figure['name']}"
        period = {} if figure["kind"] == "stock" else PERIOD
        names, last = [one["name"] for one in figure["dimensions"]], figure["dimensions"][-1]
        always = [last["name"]] if last["parts"] == "overlapping" else []
        by = {name: list(dict.fromkeys([name, *always])) for name in names}
        yield from ({"as": JOB, "path": path, "query": {**period, "by": by[name]}} for name in names)
        yield {"as": "supervisor", "path": path, "query": {**period, "by": by[last["name"]]}}
        for moment in made.moments:
            for name in (names[0], last["name"]):
                yield {"as": JOB, "path": path, "query": {**period, "known_at": moment, "by": by[name]}}
