"""The register driven over HTTP, step by random step, against a plain model that was written apart from it.

After every run all that can be asked is asked: every human in exactly one status, the tally, the case's status, who
may see whom, every figure, now and as known in the middle of it.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.cases import plain
from tests.engine import Databases
from tests.register import Caller, Register, open_register
from tests.situations.model import ToldCase

FIRST: Final = date(2022, 8, 1)
LAST: Final = date(2022, 9, 30)
STATES: Final = ("MYS", "TWN", "KHM")

FLOWS: Final = {
    "cases_received": "channel",
    "cases_intervened": "province",
    "cases_by_finding": "finding",
    "persons_received": "nationality",
    "persons_verified": "nationality",
    "persons_rescued": "attribution",
    "persons_repatriated": "nationality",
    "journeys_home": "mode",
    "persons_ended": "outcome",
}
STOCKS: Final = {"persons_by_status": "status", "persons_awaiting_return": "nationality"}

DAYS: Final = st.integers(0, 60).map(lambda days: FIRST + timedelta(days=days))
LATER_DAYS: Final = st.integers(30, 60).map(lambda days: FIRST + timedelta(days=days))
PLACE: Final = st.integers(0, 1000)
OUTCOMES: Final = st.sampled_from(
    ["presumed_victim", "trafficking_confirmed", "presumed_victim", "unfounded", "inconclusive"]
)
ENDS: Final = st.sampled_from(
    ["remains_by_choice", "refused_rescue", "not_located", "deceased", "not_exist", "third_country"]
)

LEAST_OF_EACH: Final = 3
"""Times that each move is taken, and refused, in all runs together."""

EXAMPLES: Final = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


class Machine(RuleBasedStateMachine):
    """Callers of five roles who record what they like, and a caller who writes down what was acknowledged."""

    register: ClassVar[Register]
    answered: ClassVar[Counter[tuple[str, int]]] = Counter()
    """How often each kind of event was taken and refused: a run that tries nothing proves nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[ToldCase] = []
        self.before: dict[tuple[str, ...], Counter[tuple[str, ...]]] = {}
        self.middle: datetime | None = None

    # --- what callers do ----------------------------------------------------------------------------------------------

    @initialize(states=st.lists(st.sampled_from(STATES), min_size=1, max_size=2), steps=st.integers(0, 4))
    def begin(self, states: list[str], steps: int) -> None:
        """Begin somewhere on the way: to walk all of it by chance takes more steps than there is time for."""
        self.register.clock.move(hours=1)
        self.before = {asked: self._answered(asked) for asked in _questions()}
        self.file(states, FIRST)
        day = FIRST + timedelta(days=30)
        if steps:
            self.find(at=0, whole=True, outcome="presumed_victim", on=FIRST, embassy=False, lead=False)
        if steps > 1:
            self.rescue(at=0, on=day)
            self.rescue(at=0, on=day)
        if steps == 3:
            self.send_home(at=0, on=day, mode="deported")
            self.send_home(at=0, on=day, mode="deported")
        if steps == 4:
            self.end(at=0, on=day, outcome="third_country")
            self.end(at=0, on=day, outcome="third_country")

    @precondition(lambda self: len(self.cases) < 2)
    @rule(states=st.lists(st.sampled_from(STATES), max_size=2), on=DAYS)
    def file(self, states: list[str], on: date) -> None:
        operator = self._by("operator")
        persons = [{"nationality": state, "nationality_source": "claimed_self"} for state in states]
        filed = operator.file(received_on=on.isoformat(), persons=persons, location={"province": "KH-18"})
        known = [person["reference"] for person in filed["persons"]]
        case = ToldCase(filed["reference"], on, known)
        self.cases.append(case)
        about: Any = {"at": self.register.clock.now, "agency": str(operator.agency_id)}
        case.note("received", case.reference, on, {"channel": "hotline_117", "province": "KH-18"}, **about)
        for reference, state in zip(known, states, strict=True):
            case.note("added", reference, on, {}, **about)
            word = {"nationality": state, "source": "claimed_self"}
            case.note("nationality_asserted", reference, on, word, **about)

    @rule(at=PLACE, whole=st.booleans(), outcome=OUTCOMES, on=DAYS, embassy=st.booleans(), lead=st.booleans())
    def find(self, at: int, whole: bool, outcome: str, on: date, embassy: bool, lead: bool) -> None:
        fact: dict[str, Any] = {
            "outcome": outcome,
            "authority": "embassy" if embassy else "police",
            "standard": "conclusive_grounds",
        }
        fact |= {"evidence": ["site_visit"], "lead": lead}
        self._say("verifier", "finding_made", at, on, fact, whole=whole)

    @rule(at=PLACE, on=LATER_DAYS)
    def rescue(self, at: int, on: date) -> None:
        self._say("officer", "rescued", at, on, {"by": ["cambodian_authority"]})

    @rule(at=PLACE, on=LATER_DAYS, mode=st.sampled_from(["deported", "embassy_assisted", "self_arranged"]))
    def send_home(self, at: int, on: date, mode: str) -> None:
        self._say("supervisor", "repatriated", at, on, {"mode": mode, "to_country": "MYS"})

    @rule(at=PLACE, on=LATER_DAYS, outcome=ENDS)
    def end(self, at: int, on: date, outcome: str) -> None:
        self._say("supervisor", "ended", at, on, {"outcome": outcome})

    @rule(at=PLACE, on=DAYS, result=st.sampled_from(["held", "not_found", "not_found", "moved"]))
    def look_for(self, at: int, on: date, result: str) -> None:
        self._say("verifier", "located", at, on, {"result": result})

    @rule(at=PLACE, on=LATER_DAYS, hands=st.sampled_from([None, "immigration_depot", "shelter"]))
    def take_in_hand(self, at: int, on: date, hands: str | None) -> None:
        kind, fact = ("custody_ended", {}) if hands is None else ("custody_started", {"custody": hands})
        self._say("officer", kind, at, on, fact)

    @rule(at=PLACE, on=DAYS, freely=st.sampled_from(["yes", "no"]))
    def refuse(self, at: int, on: date, freely: str) -> None:
        self._say("officer", "rescue_refused", at, on, {"freely": freely})

    @rule(at=PLACE, on=DAYS, value=st.sampled_from(["yes", "no", "undecided"]), home=st.booleans(), free=st.booleans())
    def wish(self, at: int, on: date, value: str, home: bool, free: bool) -> None:
        purpose = "return_home" if home else "be_rescued"
        self._say(
            "operator",
            "wish_stated",
            at,
            on,
            {"purpose": purpose, "value": value, "freely": "yes" if free else "no"},
        )

    @rule(at=PLACE, on=DAYS, state=st.sampled_from(STATES), seen=st.booleans(), decision=st.booleans())
    def assert_nationality(self, at: int, on: date, state: str, seen: bool, decision: bool) -> None:
        source = "document_seen" if seen else "claimed_self"
        fact = {"nationality": state, "source": source, "decision": decision}
        self._say("supervisor", "nationality_asserted", at, on, fact)

    @rule(at=PLACE, on=LATER_DAYS, reason=st.sampled_from(["referred", "unfounded"]))
    def close(self, at: int, on: date, reason: str) -> None:
        self._say("supervisor", "closed", at, on, {"reason": reason}, whole=True)

    @rule(at=PLACE, on=LATER_DAYS)
    def reopen(self, at: int, on: date) -> None:
        self._say("supervisor", "reopened", at, on, {"reason": "new_information"}, whole=True)

    @rule(at=PLACE)
    def take_back(self, at: int) -> None:
        case = self.cases[at % len(self.cases)]
        row = case.rows[at % len(case.rows)]
        if row["kind"] in {"received", "added", "voided"} or "said" not in row:
            return
        answer = self._by("supervisor").post(f"/v1/events/{row['id']}/void", {"reason": "recorded_in_error"})
        assert answer.status_code in {201, 404, 409}, answer.text
        if answer.status_code == 201:
            self._note(case, "voided", row["subject_id"], LAST, {"event_id": row["id"]}, answer.json())

    @rule()
    def remember_this_moment(self) -> None:
        self.middle = self.register.clock.move(minutes=1)

    # --- what is asked afterwards -------------------------------------------------------------------------------------

    def teardown(self) -> None:
        if not self.before:
            return
        for case in self.cases:
            self._check_case(case)
        for asked in _questions():
            assert self._answered(asked) - self.before[asked] == self._counted(asked), asked
            if self.middle is not None:
                then = self.middle
                assert self._answered(asked, then) - self.before[asked] == self._counted(asked, then), (asked, then)

    def _check_case(self, case: ToldCase) -> None:
        shown = self._by("supervisor").get(f"/v1/cases/{case.reference}").json()
        standing = {person: case.status(person) for person in case.persons}
        assert {person["reference"]: person["status"] for person in shown["persons"]} == standing
        hands = {person: case.person(person)["hands"] for person in case.persons}
        assert {person["reference"]: person.get("custody") for person in shown["persons"]} == hands
        assert shown["tally"] == Counter(standing.values())
        assert shown["status"] == case.case_status()
        for state in STATES:
            answer = self.register.caller("liaison", state).get(f"/v1/cases/{case.reference}")
            seen = case.seen_by(state)
            assert answer.status_code == (200 if seen else 404), (state, answer.text)
            if seen:
                assert {person["reference"] for person in answer.json()["persons"]} == seen
        log = self._by("supervisor").get(f"/v1/cases/{case.reference}/events", limit=200).json()["items"]
        assert [event["kind"] for event in log] == [row["kind"] for row in case.rows]

    def _answered(self, asked: tuple[str, ...], known_at: datetime | None = None) -> Counter[tuple[str, ...]]:
        name, by = asked
        period = {"at": LAST.isoformat()} if name in STOCKS else {"from": "2022-01-01", "to": LAST.isoformat()}
        known = {} if known_at is None else {"known_at": known_at.isoformat()}
        answer = self.register.key("figures:exact").figure(name, by=by, **period, **known)
        assert all(check["holds"] for check in answer["checks"]), answer["checks"]
        return Counter({(cell["codes"][by],): cell["value"] for cell in answer["cells"]})

    def _counted(self, asked: tuple[str, ...], known_at: datetime | None = None) -> Counter[tuple[str, ...]]:
        name, by = asked
        known = [told for case in self.cases if "received" in (told := case.told(known_at))]
        records = [record for told in known for record in plain.countable(told)]
        return plain.count(records, name, None if name in STOCKS else date(2022, 1, 1), LAST, (by,))

    # --- how it is said -----------------------------------------------------------------------------------------------

    def _by(self, role: str) -> Caller:
        return self.register.caller(role)

    def _say(self, role: str, kind: str, at: int, on: date, fact: dict[str, Any], *, whole: bool = False) -> None:
        case = self.cases[at % len(self.cases)]
        if not whole and not case.persons:
            return
        subject = case.reference if whole else case.persons[at % len(case.persons)]
        body = {"kind": kind, "subjects": [subject], "occurred_on": on.isoformat(), "data": fact}
        answer = self._by(role).post("/v1/events", body)
        self.answered[kind, answer.status_code] += 1
        assert answer.status_code == case.expects(kind, subject, on, fact), (body, answer.text)
        if answer.status_code == 201:
            self._note(case, kind, subject, on, fact, answer.json(), agency=str(self._by(role).agency_id))

    def _note(
        self,
        case: ToldCase,
        kind: str,
        subject: str,
        on: date,
        fact: dict[str, Any],
        answer: dict[str, Any],
        agency: str = "",
    ) -> None:
        at = datetime.fromisoformat(answer["recorded_at"])
        id_ = answer["items"][0]["event_id"]
        case.note(kind, subject, on, fact, at=at, agency=agency, id_=id_)
        case.rows[-1]["said"] = True


def _questions() -> Iterator[tuple[str, str]]:
    yield from FLOWS.items()
    yield from STOCKS.items()


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    try:
        with open_register(database) as made:
            yield made
    finally:
        databases.drop(database)


def test_the_register_and_a_plain_model_agree(register: Register) -> None:
    Machine.register = register
    case: Any = Machine.TestCase()
    case.settings = EXAMPLES
    case.runTest()
    for kind in ("rescued", "repatriated", "ended"):
        assert min(Machine.answered[kind, status] for status in (201, 409)) >= LEAST_OF_EACH, Machine.answered
