"""No statement of a request reads a whole table that grows.

Forty thousand persons, a hundred thousand with --long, each with what is sealed and kept of them, and fifty thousand
operations. What is explained are the very statements the service sent, with the very values.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Final

import asyncpg
import pytest
from asyncpg.connection import Connection
from asyncpg.prepared_stmt import PreparedStatement

from bench.requests import case_body, deep_path, figure_path, present_day
from service.db.pool import speak_json
from service.figures.rules.definitions import DEFINITIONS
from tests.bench.filled import Filled, filled_register
from tests.db.grown import ADDED_TO, CARRY_OUT, COMMON, FILL, SHARE
from tests.engine import Databases
from tests.long import LONG
from tests.register import FINDING

PERSONS: Final = 100_000 if LONG else 40_000
GROWING: Final = frozenset(
    {
        "cases", "persons", "offenders", "events", "ledger_entries", "ledger_totals", "ledger_months", "audit_log",
        "data_keys", "sealed_records", "kept_answers", "search_keys", "operations",
    }
)  # fmt: skip
"""The others are bodies, users, keys, sessions, days: few, whatever happens."""

A_FEW_PAGES: Final = 20.0
"""What reading some pages costs, at most: a part of a table that is empty."""
A_MONTH_BEGUN: Final = 200.0
"""What reading the part of the present month costs, at most, while it holds little but what these tests wrote."""

Statement = tuple[str, tuple[Any, ...]]

EXPLAINED: Final = ("SELECT", "WITH", "(", "INSERT", "UPDATE", "DELETE")
CASE_FILTERS: Final = (
    "status=received", "status=closed", "nationality=TWN", "nationality=ZZ-UNKNOWN", "province=KH-18",
    "channel=walk_in", "kind=rescue", "urgency=high", "received_from=2025-01-01", "received_to=2025-01-31",
    "received_from=2025-01-01&received_to=2025-01-31", "status=received&nationality=TWN",
)  # fmt: skip
RECENTLY: Final = f"changed_since={present_day() - timedelta(days=2)}T00:00:00Z"
WHOLE_FILTERS: Final = (RECENTLY, "incomplete=true", "assigned=019a0000-0000-7000-8000-000000000000")
PERSON_FILTERS: Final = (
    "", "status=rescued", "nationality=TWN", "awaiting_return=true", "in_custody=true", "status=ended&nationality=VNM",
    RECENTLY,
)  # fmt: skip
READERS: Final = ("liaison", "operator", "supervisor")
SOUGHT: Final[dict[str, Any]] = {
    "nationality": "TWN", "names": [{"text": f"{COMMON} Example"}], "story": f"Seen at the {COMMON} gate",
    "contacts": [{"kind": "phone", "value": "+855 12 345 678"}],
    "documents": [{"type": "passport", "number": "SOUGHT1"}],
}  # fmt: skip
"""The values that are looked for, once found and once not."""
SEARCHES: Final = (
    ("name", f"{COMMON} Example"), ("name", "Neverheardof"), ("phone", "012 345 678"), ("phone", "099 999 999"),
    ("document", "SOUGHT1"), ("text", f"{COMMON} gate"), ("text", "Neverheardof"),
)  # fmt: skip
FIELD_WORKERS: Final = ("liaison", "officer", "verifier", "supervisor")
OPERATION_FILTERS: Final = (
    "", "kind=raid", "kind=consular_visit&kind=handover_foreign", "province=KH-18", "province=KH-19&kind=raid",
    "from=2025-01-01", "to=2022-06-30", "from=2024-03-01&to=2024-03-02", "province=KH-24&from=2024-03-01&to=2024-03-31",
    "case=019a0000-0000-7000-8000-000000000000", "case=019a0000-0000-7000-8000-000000000000&kind=raid",
)  # fmt: skip


@pytest.fixture(scope="module")
def everything_sent() -> Iterator[list[Statement]]:
    """Every statement that this process runs, prepared by whatever stands between, or not prepared."""
    statements: list[Statement] = []

    def overheard(run: Any, text_of: Callable[[Any, tuple[Any, ...]], Statement]) -> Any:
        @wraps(run)
        def noted(source: Any, *arguments: Any, **named: Any) -> Any:
            statements.append(text_of(source, arguments))
            return run(source, *arguments, **named)

        return noted

    with pytest.MonkeyPatch.context() as patch:
        for name in ("fetch", "fetchrow", "fetchval"):
            prepared, direct = getattr(PreparedStatement, name), getattr(Connection, name)
            patch.setattr(
                PreparedStatement, name, overheard(prepared, lambda source, given: (source.get_query(), given))
            )
            patch.setattr(Connection, name, overheard(direct, lambda _, given: (given[0], given[1:])))
        yield statements


@pytest.fixture(scope="module")
def filled(databases: Databases, everything_sent: list[Statement]) -> Iterator[Filled]:
    """A register large enough to plan for."""
    with filled_register(databases, PERSONS) as made:
        url = made.register.database.admin_url
        asyncio.run(_run(url, *FILL, *CARRY_OUT))
        told = made.caller("operator").file(persons=[SOUGHT], narrative=f"Told of {COMMON}")
        asyncio.run(_run(url, SHARE.replace("$1", f"'{told['id']}'"), f"VACUUM ANALYZE {ADDED_TO}"))
        yield made


@pytest.fixture
def sent(filled: Filled, everything_sent: list[Statement]) -> list[Statement]:
    """What is sent from here on."""
    everything_sent.clear()
    return everything_sent


def plans_of(filled: Filled, sent: list[Statement]) -> dict[str, dict[str, Any]]:
    """The plan of every statement that was sent, by its text."""
    wanted = {query: arguments for query, arguments in tuple(sent) if query.lstrip().startswith(EXPLAINED)}

    async def explain() -> dict[str, dict[str, Any]]:
        connection = await asyncpg.connect(filled.register.database.admin_url)
        await speak_json(connection)
        try:
            return {
                query: (await connection.fetchval(f"EXPLAIN (FORMAT JSON) {query}", *arguments))[0]["Plan"]
                for query, arguments in wanted.items()
            }
        finally:
            await connection.close()

    return asyncio.run(explain())


def read_whole(plan: dict[str, Any]) -> Iterator[str]:
    """The growing tables that a plan reads from one end to the other."""
    if plan["Node Type"] == "Seq Scan" and is_growing(plan):
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from read_whole(part)


def is_growing(plan: dict[str, Any]) -> bool:
    """Whether a plan's relation is a growing table, or a part of one that holds more than a few pages."""
    part: str = plan["Relation Name"]
    whole = re.sub(r"_(\d{4}_\d{2}|rest)$", "", part)
    cheap = A_MONTH_BEGUN if part.endswith(f"{datetime.now(UTC):_%Y_%m}") else A_FEW_PAGES
    return whole in GROWING and (whole == part or plan["Total Cost"] >= cheap)


def assert_no_table_is_read_whole(filled: Filled, sent: list[Statement]) -> None:
    plans = plans_of(filled, sent)
    assert plans
    whole = {query: found for query, plan in plans.items() if (found := sorted(read_whole(plan)))}
    assert {query[query.find("WHERE") :]: found for query, found in whole.items()} == {}


def test_a_plan_that_reads_a_whole_table_is_seen(filled: Filled, sent: list[Statement]) -> None:
    sent.append(("SELECT count(*) FROM cases WHERE language = $1", ("km",)))
    [plan] = plans_of(filled, sent).values()
    assert list(read_whole(plan)) == ["cases"]


def test_filing_a_case(filled: Filled, sent: list[Statement]) -> None:
    filed = filled.caller("operator").post("/v1/cases", case_body(present_day()), Idempotency_Key="a-new-one")
    assert filed.status_code == 201
    assert any("INSERT INTO cases" in query for query, _ in sent)
    assert_no_table_is_read_whole(filled, sent)


def test_recording_events(filled: Filled, sent: list[Statement]) -> None:
    verified = "SELECT reference, id::text FROM persons WHERE status = 'verified' ORDER BY id LIMIT 3"
    person, *others = [row["id"] for row in filled.register.rows(verified)]
    officer, today = filled.caller("officer"), str(present_day())
    sent.clear()
    recorded = officer.record("rescued", [person], today)
    officer.record("rescued", others, today)
    case_id = filled.register.rows("SELECT case_id::text AS id FROM persons WHERE id::text = $1", person)[0]["id"]
    verifier, supervisor = filled.caller("verifier"), filled.caller("supervisor")
    verifier.record("finding_made", [case_id], today, **FINDING)
    voided = supervisor.post(f"/v1/events/{recorded['items'][0]['event_id']}/void", {"reason": "recorded_in_error"})
    assert voided.status_code in {201, 409}
    assert any("INSERT INTO events" in query for query, _ in sent)
    looked = [(query, arguments) for query, arguments in sent if not query.startswith("SELECT case_id::text")]
    assert_no_table_is_read_whole(filled, looked)


@pytest.mark.parametrize("role", READERS)
def test_reading_a_case_its_parts_and_its_timeline(filled: Filled, sent: list[Statement], role: str) -> None:
    caller = filled.caller(role)
    case = caller.get("/v1/cases", limit=1).json()["items"][0]["reference"]
    person = caller.get("/v1/persons", limit=1).json()["items"][0]["reference"]
    by_id = caller.get(f"/v1/persons/{person}").json()["id"]
    for path in (f"/v1/cases/{case}", f"/v1/cases/{case}/events", f"/v1/persons/{by_id}"):
        assert caller.get(path).status_code == 200
    assert_no_table_is_read_whole(filled, sent)


@pytest.mark.parametrize("role", READERS)
def test_listing_cases_by_every_filter(filled: Filled, sent: list[Statement], role: str) -> None:
    caller = filled.caller(role)
    filters = ("", *CASE_FILTERS, *(WHOLE_FILTERS if role != "liaison" else ()))
    for query in filters:
        page = caller.http.get(f"/v1/cases?{query}")
        assert page.status_code == 200, query
        following = page.json().get("next_cursor")
        if following:
            assert caller.http.get(f"/v1/cases?{query}&cursor={following}").status_code == 200
    assert_no_table_is_read_whole(filled, sent)


def test_turning_to_a_deep_page(filled: Filled, sent: list[Statement]) -> None:
    supervisor = filled.cast.members["supervisor"]

    async def deep() -> tuple[str, int]:
        connection = await asyncpg.connect(filled.register.database.admin_url)
        try:
            return await deep_path(connection, supervisor, filled.cast.keys)
        finally:
            await connection.close()

    path, page = asyncio.run(deep())
    sent.clear()
    assert page == PERSONS // 2 // 50
    assert len(filled.caller("supervisor").http.get(path).json()["items"]) == 50
    assert_no_table_is_read_whole(filled, sent)


@pytest.mark.parametrize("role", READERS)
def test_listing_persons_by_every_filter(filled: Filled, sent: list[Statement], role: str) -> None:
    caller = filled.caller(role)
    for query in PERSON_FILTERS:
        page = caller.http.get(f"/v1/persons?{query}")
        assert page.status_code == 200, query
        following = page.json().get("next_cursor")
        if following:
            assert caller.http.get(f"/v1/persons?{query}&cursor={following}").status_code == 200
    assert_no_table_is_read_whole(filled, sent)


@pytest.mark.parametrize("known", ["now", "then"])
def test_asking_for_figures(filled: Filled, sent: list[Statement], known: str) -> None:
    caller, today = filled.caller("figures"), present_day()
    then = filled.register.clock.now.replace(year=today.year - 2, day=17)
    moment = None if known == "now" else then
    assert caller.http.get(figure_path(today, moment)).status_code == 200
    for definition in DEFINITIONS.values():
        place = f"at={then.date()}" if definition.kind == "stock" else f"from={then.date().replace(day=3)}&to={today}"
        for by in ("", *(f"&by={name}" for name in definition.dimensions)):
            pinned = "" if moment is None else f"&known_at={then.strftime('%Y-%m-%dT%H:%M:%SZ')}"
            answered = caller.http.get(f"/v1/figures/{definition.name}?{place}{by}{pinned}")
            assert answered.status_code in {200, 422}, answered.text
    assert len(sent) > 20
    assert_no_table_is_read_whole(filled, sent)


@pytest.mark.parametrize("role", READERS)
def test_searching(filled: Filled, sent: list[Statement], role: str) -> None:
    caller, found = filled.caller(role), 0
    for for_ in ("persons", "cases", *(("offenders",) if role != "liaison" else ())):
        for by, value in SEARCHES:
            if (for_, by) != ("offenders", "document"):
                answer = caller.post("/v1/searches", {"for": for_, by: value, "purpose": "rescue"})
                assert answer.status_code == 200, answer.text
                found += len(answer.json()["items"])
    assert found
    assert any("FROM search_keys" in query for query, _ in sent)
    assert_no_table_is_read_whole(filled, sent)


@pytest.mark.parametrize("role", FIELD_WORKERS)
def test_listing_and_reading_operations(filled: Filled, sent: list[Statement], role: str) -> None:
    caller = filled.caller(role)
    for query in OPERATION_FILTERS:
        page = caller.http.get(f"/v1/operations?{query}")
        assert page.status_code == 200, query
        following = page.json().get("next_cursor")
        if following:
            assert caller.http.get(f"/v1/operations?{query}&cursor={following}").status_code == 200
    one = caller.get("/v1/operations", limit=1).json()["items"][0]
    for path in (one["id"], f"{one['id']}/results"):
        assert caller.get(f"/v1/operations/{path}").status_code == 200
    assert_no_table_is_read_whole(filled, sent)


def test_carrying_out_an_operation(filled: Filled, sent: list[Statement]) -> None:
    officer, today = filled.caller("officer"), str(present_day())
    [row] = filled.register.rows("SELECT reference FROM persons WHERE status = 'received' ORDER BY id DESC LIMIT 1")
    sent.clear()
    raid = officer.post("/v1/operations", {"kind": "raid", "grounds": "Order", "site": "gate"}, Idempotency_Key="one")
    path, tag = raid.headers["location"], raid.headers["etag"]
    lines = {"persons": [{"person": row["reference"], "outcomes": ["rescued"], "occurred_on": today}],
             "found": [{"nationality": "VNM", "outcomes": ["rescued"], "count": 3}]}  # fmt: skip
    reported = officer.post(f"{path}/results", lines, Idempotency_Key="two")
    assert reported.status_code == 201, reported.text
    assert officer.post(f"{path}/notes", {"text": "x"}).status_code == 201
    assert officer.patch(path, {"province": "KH-18"}, If_Match=tag).status_code == 200
    for reading in (path, f"{path}?purpose=rescue", f"{path}/results"):
        assert officer.http.get(reading).status_code == 200
    assert any("INSERT INTO operations" in query for query, _ in sent)
    assert_no_table_is_read_whole(filled, sent)


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
