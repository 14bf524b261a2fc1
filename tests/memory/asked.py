"""What is asked of every operation, each time something else: other filters, other words, other ids, other bodies."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

import asyncpg

from service.codes import CaseKind, CaseStatus, IntakeChannel, OperationKind, PersonStatus, Urgency
from service.codes.lists import LISTS
from service.credentials import SESSION_PREFIX, new_token, token_digest
from service.figures.rules.definitions import DEFINITIONS
from tests.long import LONG
from tests.memory.driving import Asked
from tests.register import Register

TIMES: Final = 3003 if LONG else 501
"""Requests of each operation: a third to warm up, a third, and a third that must leave nothing behind."""

SETS: Final = 40
"""Records that are changed in turn: the same one after every fortieth request."""

COUNTRIES: Final = (
    "TWN", "MYS", "VNM", "THA", "IDN", "IND", "PHL", "CHN", "HKG", "KEN", "UGA", "LAO", "MMR", "KOR", "JPN", "BGD",
)  # fmt: skip
PROVINCES: Final = ("KH-18", "KH-24", "KH-12", "KH-1", "KH-3", "KH-17", "KH-2", "KH-8")
WORDS: Final = ("Li", "Lin", "Wang", "Boss", "gate", "port", "road", "blue", "seven", "Three", "floor", "market")
ROLES: Final = ("operator", "verifier", "officer", "liaison", "supervisor")
PURPOSES: Final = ("rescue", "consular", "return", "correction", "call_back")

Asking = Callable[[int], Asked]
Query = list[tuple[str, str]]


@dataclass
class World:
    """A register with enough in it to be asked after."""

    register: Register
    random: Random = field(default_factory=lambda: Random(7))
    cases: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    operations: dict[str, list[str]] = field(default_factory=dict)
    made: dict[str, list[str]] = field(default_factory=dict)
    sessions: list[str] = field(default_factory=list)

    def token(self, role: str) -> str:
        """The token of somebody with a role."""
        return self.register.caller(role, *(("TWN", "VNM") if role == "liaison" else ())).token

    def any_token(self) -> str:
        """The token of anybody who works on cases."""
        return self.token(self.random.choice(ROLES))

    def words(self, most: int = 6) -> str:
        """Some words, hardly ever the same."""
        picked = self.random.choices(WORDS, k=self.random.randint(1, most))
        return " ".join([*picked, f"w{self.random.randrange(10**6)}"])

    def id(self) -> str:
        """An id that nothing has."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def day(self) -> str:
        """A day of the last years."""
        return str(date(2022, 9, 30) - timedelta(days=self.random.randrange(1500)))

    def some(self, name: str, codes: Any, most: int = 12) -> Query:
        """A filter with some alternatives, or none."""
        codes = [str(getattr(code, "value", code)) for code in codes]
        return [(name, code) for code in self.random.sample(codes, self.random.randint(0, min(most, len(codes))))]


def prepare(register: Register) -> World:
    """Put into a register whatever is changed later."""
    world = World(register)
    for role in (*ROLES, "admin", "auditor"):
        world.token(role)
    operator, officer, admin = (register.caller(role) for role in ("operator", "officer", "admin"))
    person = {"names": [{"text": "Somchai Example"}], "nationality": "TWN"}
    told = {"received_on": "2022-08-01", "persons": [person], "offenders": [{"names": [{"text": "Example Holdings"}]}]}
    for purpose in ("amend_case", "amend_person", "amend_offender", "add", "note", "events"):
        world.cases[purpose] = [operator.file(**told) for _ in range(SETS)]
    for purpose in ("amend", "note", "results"):
        kinds = [officer.post("/v1/operations", {"kind": "handover_foreign"}) for _ in range(SETS)]
        world.operations[purpose] = [answer.json()["reference"] for answer in kinds]
    for place, body in bodies(world).items():
        answers = [admin.post(f"/v1/{place}", body(number)) for number in range(SETS)]
        world.made[place] = [answer.json()["id"] for answer in answers]
    world.sessions = sessions_of(register)
    return world


def sessions_of(register: Register) -> list[str]:
    """Sign an operator in as often as somebody signs out."""
    tokens = [new_token(SESSION_PREFIX) for _ in range(TIMES)]
    user, now = register.caller("operator").id, register.clock.now

    async def enter() -> None:
        connection = await asyncpg.connect(register.database.admin_url)
        await connection.execute(
            "INSERT INTO sessions (digest, user_id, opened_at, seen_at, expires_at) "
            "SELECT unnest($1::bytea[]), $2, $3, $4, $4",
            [token_digest(token) for token in tokens], user, now, now + timedelta(days=3650),
        )  # fmt: skip
        await connection.close()

    asyncio.run(enter())
    return tokens


def bodies(world: World) -> dict[str, Callable[[int], dict[str, Any]]]:
    """What agencies, users and keys are made of."""
    agency = str(world.register.caller("operator").agency_id)
    return {
        "agencies": lambda n: {"name": f"Post {n} {world.words(3)}", "kind": "police"},
        "users": lambda n: {"username": f"user.{n}.{len(world.words())}", "role": "operator", "agency_id": agency},
        "keys": lambda n: {"name": world.words(3), "agency_id": agency, "scopes": ["metrics"], "days": 1 + n % 90},
    }  # fmt: skip


def asking(world: World) -> dict[str, Asking]:
    """How each operation is asked the n-th time, by its id."""
    return {**of_everybody(world), **of_administrators(world), **readings(world), **writings(world)}


def of_everybody(world: World) -> dict[str, Asking]:
    me = world.token("operator")
    lists, metrics = sorted(LISTS), world.register.key("metrics").token
    return {
        "front_door": lambda n: Asked("GET", "/", address=f"10.2.{n // 200}.{n % 200}"),
        "live": lambda n: Asked("GET", "/health/live", address=f"10.2.{n // 200}.{n % 200}"),
        "ready": lambda n: Asked("GET", "/health/ready", address=f"10.2.{n // 200}.{n % 200}"),
        "metrics": lambda n: Asked("GET", "/metrics", metrics, address=f"10.2.{n // 200}.{n % 200}"),
        "read_self": lambda n: Asked("GET", "/v1/me", world.any_token()),
        "list_code_lists": lambda n: Asked("GET", "/v1/reference", world.any_token()),
        "read_code_list": lambda n: Asked(
            "GET", f"/v1/reference/{lists[n % len(lists)]}", world.any_token(), [("find", world.words(1))]
        ),
        "sign_in": lambda n: Asked(
            "POST", "/v1/sessions", body={"username": f"nobody.{n}", "password": world.words()},
            address=f"10.0.{n // 200}.{n % 200}",
        ),
        "sign_out": lambda n: Asked("DELETE", "/v1/sessions/current", world.sessions[n]),
        "change_password": lambda n: Asked(
            "PUT", "/v1/me/password", me, body={"current": world.words(), "new": f"{world.words()} {n}"},
            address=f"10.1.{n // 200}.{n % 200}",
        ),
        "list_figures": lambda n: Asked("GET", "/v1/figures", world.token("supervisor")),
        "read_figure": lambda n: figure(world),
    }  # fmt: skip


def figure(world: World) -> Asked:
    """A figure, over some days, broken down and narrowed somehow."""
    definition = world.random.choice(list(DEFINITIONS.values()))
    days = sorted([world.day(), world.day()])
    query = [("at", days[0])] if definition.kind == "stock" else [("from", days[0]), ("to", days[1])]
    query += [("by", name) for name in world.random.sample(sorted(definition.dimensions), world.random.randint(0, 1))]
    query += [("known_at", "2022-09-29")] if world.random.random() < 0.3 else []
    query += world.some("nationality", COUNTRIES, 16) if "nationality" in definition.dimensions else []
    query += world.some("province", PROVINCES) if "province" in definition.dimensions else []
    return Asked("GET", f"/v1/figures/{definition.name}", world.token("supervisor"), query)


def of_administrators(world: World) -> dict[str, Asking]:
    admin, made = world.token("admin"), bodies(world)
    renamed: dict[str, Callable[[], dict[str, Any]]] = {
        "agencies": lambda: {"name": world.words(), "nationalities": [world.random.choice(COUNTRIES)]},
        "users": lambda: {"role": world.random.choice(ROLES)},
        "keys": lambda: {"name": world.words()},
    }

    def of(place: str, singular: str, ending: str) -> dict[str, Asking]:
        ids = world.made[place]
        return {
            f"list_{place}": lambda n: Asked("GET", f"/v1/{place}", admin, [("limit", str(1 + n % 200))]),
            f"make_{singular}": lambda n: Asked("POST", f"/v1/{place}", admin, body=made[place](n + 1000)),
            f"read_{singular}": lambda n: Asked("GET", f"/v1/{place}/{ids[n % SETS] if n % 2 else world.id()}", admin),
            f"change_{singular}": lambda n: Asked(
                "PATCH", f"/v1/{place}/{ids[n % SETS]}", admin, body=renamed[place](), version=1 + n // SETS
            ),
            f"{ending}_{singular}": lambda n: Asked("DELETE", f"/v1/{place}/{world.id()}", admin, version=1 + n),
        }

    return {**of("agencies", "agency", "disable"), **of("users", "user", "disable"), **of("keys", "key", "revoke")}


def readings(world: World) -> dict[str, Asking]:
    def narrowed(n: int) -> Asked:
        query = world.some("status", CaseStatus) + world.some("nationality", COUNTRIES)
        query += world.some("province", PROVINCES) + world.some("channel", IntakeChannel)
        query += world.some("kind", CaseKind, 5) + world.some("urgency", Urgency, 5)
        query += [("received_from", world.day())] if n % 2 else []
        query += [("received_to", world.day())] if n % 3 else []
        return Asked("GET", "/v1/cases", world.any_token(), [*query, ("limit", str(1 + n % 20))])

    def persons(n: int) -> Asked:
        query = world.some("status", PersonStatus) + world.some("nationality", COUNTRIES)
        query += [("awaiting_return", "true")] if n % 3 == 1 else []
        query += [("purpose", world.random.choice(PURPOSES))] if n % 2 else []
        return Asked("GET", "/v1/persons", world.any_token(), [*query, ("limit", str(1 + n % 10))])

    def one(place: str, n: int, part: str = "", role: str = "") -> Asked:
        case = world.cases["add"][n % SETS]
        known = {"cases": case, "persons": case["persons"][0], "offenders": case["offenders"][0]}[place]
        name = known["reference"] if n % 3 == 0 else known["id"] if n % 3 == 1 else world.id()
        query = [("purpose", world.random.choice(PURPOSES))] if n % 2 and not part else []
        return Asked("GET", f"/v1/{place}/{name}{part}", world.token(role) if role else world.any_token(), query)

    def sought(n: int) -> Asked:
        by = world.random.choice(("name", "phone", "document", "text"))
        value = f"+855 {world.random.randrange(10**9)}" if by == "phone" else world.words(8)
        for_ = world.random.choice(("persons", "cases") if by == "document" else ("persons", "cases", "offenders"))
        body = {"for": for_, by: value, "purpose": "rescue", "limit": 1 + n % 50}
        return Asked("POST", "/v1/searches", world.any_token(), body=body)

    def operation(n: int, part: str = "") -> Asked:
        name = world.operations["note"][n % SETS] if n % 3 else world.id()
        query = [("purpose", "rescue")] if n % 2 and not part else []
        return Asked("GET", f"/v1/operations/{name}{part}", world.token("officer"), query)

    def operations(n: int) -> Asked:
        query = world.some("kind", OperationKind, 10) + world.some("province", PROVINCES)
        query += [("from", world.day())] if n % 2 else []
        return Asked("GET", "/v1/operations", world.token("supervisor"), [*query, ("limit", str(1 + n % 50))])

    def log(n: int, path: str = "/v1/audit") -> Asked:
        query = world.some("role", ROLES) + world.some(
            "action", ("case:read", "case:filed", "cases:listed", "note:added")
        )
        query += [("from", world.day())] if n % 2 else []
        query += [("principal", world.id())] if n % 5 == 0 else []
        return Asked("GET", path, world.token("auditor"), [*query, ("limit", str(1 + n % 20))])

    return {
        "list_cases": narrowed,
        "list_persons": persons,
        "read_case": lambda n: one("cases", n),
        "read_timeline": lambda n: one("cases", n, "/events"),
        "read_person": lambda n: one("persons", n),
        "read_offender": lambda n: one("offenders", n, role=("operator", "supervisor")[n % 2]),
        "read_returns": lambda n: Asked("GET", f"/v1/returns/{world.id()}", world.token("officer")),
        "search": sought,
        "read_operation": operation,
        "read_results": lambda n: operation(n, "/results"),
        "list_operations": operations,
        "read_audit_log": log,
        "read_audit_of_subject": lambda n: log(n, f"/v1/audit/subjects/{world.id()}"),
    }


def writings(world: World) -> dict[str, Asking]:
    operator, officer = world.token("operator"), world.token("officer")

    def case(purpose: str, n: int, part: str) -> str:
        return f"/v1/cases/{world.cases[purpose][n % SETS]['reference']}{part}"

    def part(purpose: str, place: str, n: int) -> str:
        return f"/v1/{place}/{world.cases[purpose][n % SETS][place][0]['reference']}"

    def operation(purpose: str, n: int, part: str = "") -> str:
        return f"/v1/operations/{world.operations[purpose][n % SETS]}{part}"

    def name() -> dict[str, Any]:
        """Some names that no search looks for: whom it would find, it would open, and take its time."""
        numbers = [world.random.randrange(10**9) for _ in range(world.random.randint(1, 2))]
        return {"names": [{"text": f"n{number}"} for number in numbers]}

    def stated(n: int) -> dict[str, Any]:
        wish = {"purpose": "return_home", "value": "yes", "freely": "yes"}
        subject = world.cases["events"][n % SETS]["persons"][0]["reference"]
        body = {"kind": "wish_stated", "subjects": [subject], "occurred_on": "2022-09-01", "data": wish}
        return {**body, "note": world.words()} if n % 2 else body

    def found() -> dict[str, Any]:
        lines = [
            {"nationality": nationality, "outcomes": ["rescued"], "count": 1}
            for nationality in world.random.sample(COUNTRIES, world.random.randint(1, 2))
        ]
        return {"found": lines}

    return {
        "file_case": lambda n: Asked(
            "POST", "/v1/cases", operator,
            body={"channel": "hotline_117", "narrative": world.words(9), "persons": [name()] * (1 + n % 3)},
        ),
        "amend_case": lambda n: Asked(
            "PATCH", case("amend_case", n, ""), operator, body={"narrative": world.words(9)}, version=1 + n // SETS
        ),
        "amend_person": lambda n: Asked(
            "PATCH", part("amend_person", "persons", n), operator, body=name(), version=1 + n // SETS
        ),
        "amend_offender": lambda n: Asked(
            "PATCH", part("amend_offender", "offenders", n), operator, body=name(), version=1 + n // SETS
        ),
        "add_person": lambda n: Asked("POST", case("add", n, "/persons"), operator, body=name()),
        "add_persons": lambda n: Asked(
            "POST", case("add", n, "/persons/several"), operator, body={"persons": [name(), name()]}
        ),
        "add_offender": lambda n: Asked("POST", case("add", n, "/offenders"), operator, body=name()),
        "add_note": lambda n: Asked("POST", case("note", n, "/notes"), operator, body={"text": world.words(9)}),
        "record_events": lambda n: Asked("POST", "/v1/events", operator, body=stated(n)),
        "void_returns": lambda n: Asked(
            "POST", f"/v1/returns/{world.id()}/void", world.token("officer"), body={"reason": "recorded_in_error"}
        ),
        "hand_over": lambda n: Asked(
            "POST", "/v1/assignments/handover", operator, body={"to": f"nobody.{n}", "cases": [str(world.id())]}
        ),
        "void_event": lambda n: Asked(
            "POST", f"/v1/events/{world.id()}/void", world.token("supervisor"), body={"reason": "recorded_in_error"}
        ),
        "record_operation": lambda n: Asked(
            "POST", "/v1/operations", officer,
            body={"kind": "handover_foreign", "site": world.words(), "province": world.random.choice(PROVINCES)},
        ),
        "amend_operation": lambda n: Asked(
            "PATCH", operation("amend", n), officer, body={"province": world.random.choice(PROVINCES)},
            version=1 + n // SETS,
        ),
        "add_operation_note": lambda n: Asked(
            "POST", operation("note", n, "/notes"), officer, body={"text": world.words(9)}
        ),
        "report_results": lambda n: Asked("POST", operation("results", n, "/results"), officer, body=found()),
    }  # fmt: skip
