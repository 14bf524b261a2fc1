"""What is asked of a release, of every kind of reading, by everybody who may and some who may not."""

from collections.abc import Iterator
from typing import Any, Final

from tests.migrations.filled_story import JOB, Filling

PERIOD: Final = {"from": "2022-01-01", "to": "2022-12-31"}
NEWEST: Final = 12
"""So many cases are read one by one: all that more was told of than the demonstration tells. Lists have them all."""
READERS: Final = ("supervisor", "operator", "liaison-twn", "liaison-mys")


def questions(made: Filling) -> Iterator[dict[str, Any]]:
    """Yield what is asked, as requests."""
    audited = ["case:filed", "key:revoked", "event:voided", "user:changed", "session:refused", "operation:reported"]
    yield {"as": "auditor", "path": "/v1/audit", "query": {"action": audited, "limit": 200}}
    yield from ({"as": name, "path": "/v1/me"} for name in made.tokens)
    yield from ({"as": "admin", "path": f"/v1/{path}"} for path in ("agencies", "users", "keys"))
    for name in READERS:
        yield {"as": name, "path": "/v1/cases", "query": {"limit": 30}}
        yield {"as": name, "path": "/v1/persons", "query": {"limit": 200}}
        yield {"as": name, "path": "/v1/persons", "query": {"awaiting_return": "true"}}
    yield from questions_of_cases(made)
    for name in ("officer", "supervisor", "liaison-mys"):
        for one in made.clients["supervisor"].get("/v1/operations").json()["items"]:
            path = f"/v1/operations/{one['reference']}"
            yield {"as": name, "path": path, "query": {"purpose": "rescue"}}
            yield {"as": name, "path": f"{path}/results"}
    for name in READERS[1:]:
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
    """Yield readings of the newest cases with their parts and timelines: sealed to one, opened by another."""
    for case in made.clients["supervisor"].get("/v1/cases", params={"limit": NEWEST}).json()["items"]:
        path = f"/v1/cases/{case['reference']}"
        for name in READERS:
            yield {"as": name, "path": path, "query": {} if name == "supervisor" else {"purpose": "return"}}
            yield {"as": name, "path": f"{path}/events", "query": {"limit": 200}}
        whole = made.clients["supervisor"].get(path).json()
        for part in ("persons", "offenders"):
            for one in whole[part]:
                yield {"as": "supervisor", "path": f"/v1/{part}/{one['reference']}", "query": {"purpose": "rescue"}}


def questions_of_figures(made: Filling) -> Iterator[dict[str, Any]]:
    """Yield every figure by each of its breakdowns now, and as it was known at past moments."""
    for figure in made.clients[JOB].get("/v1/figures").json()["items"]:
        path, period = f"/v1/figures/{figure['name']}", {} if figure["kind"] == "stock" else PERIOD
        breakdowns = breakdowns_of(made, figure, path, period)
        for by in breakdowns:
            yield {"as": JOB, "path": path, "query": {**period, "by": by}}
        if ["operation"] in breakdowns:
            yield {"as": "supervisor", "path": path, "query": {**period, "by": ["operation"]}}
        for moment in made.moments:
            yield {"as": JOB, "path": path, "query": {**period, "known_at": moment, "by": breakdowns[0]}}


def breakdowns_of(made: Filling, figure: Any, path: str, period: dict[str, str]) -> list[list[str]]:
    """Return a figure's breakdowns: each together with the last one that overlaps, or alone where that is refused.

    A figure may have no total without the breakdown that overlaps.
    """
    overlapping = [one["name"] for one in figure["dimensions"] if one["parts"] == "overlapping"]
    found = []
    for one in figure["dimensions"]:
        together = [one["name"], *overlapping[-1:]]
        alone = one["name"] in overlapping or made.clients[JOB].get(path, params={**period, "by": together}).is_error
        found.append([one["name"]] if alone else together)
    return found
