"""The register driven over HTTP, step by random step, against the plain model.

After every run all that can be asked is asked: every human in exactly one status, the tally, the case's status, who
may see whom, every figure, now and as known in the middle of it.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest

from tests.engine import Databases
from tests.plain import Row
from tests.plain.moving import ANYBODY, DONE, REFUSED, STEPS, TAKEN, ToldCase, aims
from tests.plain.nationality import nationality, words_about
from tests.register import Caller, Register, open_register
from tests.situations.asking import QUESTIONS, answered, answered_then, counted
from tests.situations.deck import Deck, Draw, move, one_of, whether

FIRST: Final = date(2022, 8, 1)
LAST: Final = date(2022, 9, 30)
STATES: Final = ("MYS", "TWN", "KHM")

RUNS: Final = 15
MOVES: Final = 30
"""In each run."""


def days(first: int) -> Draw:
    """Return what draws one of sixty days, or of those from a later one on."""
    return lambda random: FIRST + timedelta(days=random.randint(first, 60))


def states(least: int) -> Draw:
    """Return what draws nationalities of up to two persons."""
    return lambda random: random.choices(STATES, k=random.randint(least, 2))


DAYS: Final = days(0)
LATER_DAYS: Final = days(30)
PLACE: Final = one_of(*range(1000))
APT: Final = ({"apt": True}, {"apt": True}, {"apt": False})
"""Twice what can be done, as far as the model knows, and once what cannot."""

HOLDS: Final = [
    {"hold": hold, "role": role}
    for hold, role in ((True, "operator"), (True, "liaison"), (False, "operator"), (False, "supervisor"))
]
SOURCES: Final = one_of("confirmed_by_state", "confirmed_by_state", "denied_by_state", "document_seen", "claimed_self")
PURPOSES: Final = one_of("return_home", "be_rescued", "inform_embassy")
MODES: Final = one_of("deported", "embassy_assisted", "self_arranged")
OUTCOMES: Final = one_of("presumed_victim", "trafficking_confirmed", "presumed_victim", "unfounded", "inconclusive")
ENDS: Final = one_of(
    "remains_by_choice", "refused_rescue", "not_located", "deceased", "not_exist", "third_country", "imprisoned"
)

LEAST_OF_EACH: Final = 3
"""Times that each move is taken, and refused, in all runs together."""

WALKED: Final = (
    *STEPS, "rescued again", "repatriated again", *(f"{kind} voided" for kind in STEPS), "nationality corrected",
    "end reported", "hold set", "hold lifted",
)  # fmt: skip


class Machine:
    """Callers of five roles who record what they like, and a caller who writes down what was acknowledged."""

    def __init__(self, register: Register, run: int) -> None:
        self.register = register
        self.answered: Counter[tuple[str, int]] = Counter()
        self.cases: list[ToldCase] = []
        self.before: dict[tuple[str, ...], Counter[tuple[str, ...]]] = {}
        self.middle: datetime | None = None
        self.deck = Deck(run)

    # --- what callers do ----------------------------------------------------------------------------------------------

    def walk(self) -> None:
        """Make the moves of one run, and ask all that can be asked."""
        self.begin()
        for _ in range(MOVES):
            name, given = self.deck.deal()
            getattr(self, name)(**given)
        self.check()

    def begin(self) -> None:
        """Begin somewhere on the way: to walk all of it by chance takes more steps than there is time for."""
        steps = self.deck.random.randint(0, 5)
        self.register.clock.move(hours=1)
        self.before = {asked: answered(self.register, asked, LAST) for asked in QUESTIONS}
        self.file(states(1)(self.deck.random), FIRST)
        day = FIRST + timedelta(days=30)
        if steps:
            self.find(at=0, whole=True, outcome="presumed_victim", on=FIRST, other=False, lead=False)
        for apt in (True, False) if steps > 1 else ():
            self.rescue(at=0, on=day, apt=apt)
        for apt in (True, False) if steps in {3, 5} else ():
            self.send_home(at=0, on=day, mode="deported", apt=apt)
        if steps == 4:
            self.end(at=0, on=day, outcome="third_country", apt=True)
        if steps > 3:
            self.rescue_again(at=0, on=day, apt=True)

    @move(states=states(0), on=DAYS)
    def file(self, states: list[str], on: date) -> None:
        if len(self.cases) == 2:
            return
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

    @move(at=PLACE, whole=whether, outcome=OUTCOMES, on=DAYS, other=whether, lead=whether)
    def find(self, at: int, whole: bool, outcome: str, on: date, other: bool, lead: bool) -> None:
        fact: dict[str, Any] = {
            "outcome": outcome,
            "authority": "immigration" if other else "police",
            "standard": "conclusive_grounds",
        }
        fact |= {"evidence": ["site_visit"], "lead": lead}
        self._say("verifier", "finding_made", at, on, fact, whole=whole)

    @move(*APT, at=PLACE, on=LATER_DAYS)
    def rescue(self, at: int, on: date, apt: bool) -> None:
        self._step("officer", "rescued", at, on, {"by": ["cambodian_authority"]}, apt=apt)

    @move(*APT, at=PLACE, on=LATER_DAYS)
    def rescue_again(self, at: int, on: date, apt: bool) -> None:
        self._step("officer", "rescued", at, on, {"by": ["cambodian_authority"]}, apt=apt, among=DONE)

    @move(*APT, at=PLACE, on=LATER_DAYS, mode=MODES)
    def send_home(self, at: int, on: date, mode: str, apt: bool) -> None:
        self._step("supervisor", "repatriated", at, on, {"mode": mode, "to_country": "MYS"}, apt=apt)

    @move(*APT, at=PLACE, on=LATER_DAYS, mode=MODES)
    def send_home_again(self, at: int, on: date, mode: str, apt: bool) -> None:
        """Somebody who was sent home before, where somebody was."""
        fact = {"mode": mode, "to_country": "MYS"}
        self._step("supervisor", "repatriated", at, on, fact, apt=apt, among=frozenset({"rescued"}), gone=True)

    @move(*APT, at=PLACE, on=LATER_DAYS, outcome=ENDS)
    def end(self, at: int, on: date, outcome: str, apt: bool) -> None:
        self._step("supervisor", "ended", at, on, {"outcome": outcome}, apt=apt)

    @move(*APT, at=PLACE, on=DAYS, outcome=one_of("deceased", "not_exist"))
    def report_end(self, at: int, on: date, outcome: str, apt: bool) -> None:
        """Nothing ends by that. A supervisor, who is of another agency than the filer, needs no report."""
        self._step("officer", "ended", at, on, {"outcome": outcome, "reported": True}, apt=apt)

    @move({"home": True}, {"home": False}, at=PLACE, on=LATER_DAYS)
    def leave_and_be_rescued_again(self, at: int, on: date, home: bool) -> None:
        self._leave(at, on, home=home)
        self.rescue_again(at, on, apt=True)

    def _leave(self, at: int, on: date, *, home: bool) -> None:
        """Of those who are rescued; somebody is, first, where nobody was."""
        if not any(case.status(person) == "rescued" for case in self.cases for person in case.persons):
            self.rescue(at, on, apt=True)
        kind = "repatriated" if home else "ended"
        fact = {"mode": "deported", "to_country": "MYS"} if home else {"outcome": "third_country"}
        self._step("supervisor", kind, at, on, fact, apt=True, among=frozenset({"rescued"}))

    @move(at=PLACE, on=DAYS, result=one_of("held", "not_found", "not_found", "moved"))
    def look_for(self, at: int, on: date, result: str) -> None:
        self._say("verifier", "located", at, on, {"result": result})

    @move(at=PLACE, on=LATER_DAYS)
    def find_again(self, at: int, on: date) -> None:
        """Somebody whose story had ended is held."""
        self._step("verifier", "located", at, on, {"result": "held"}, apt=True, among=frozenset({"ended"}))

    @move(at=PLACE, on=LATER_DAYS, hands=one_of(None, "immigration_depot", "shelter"))
    def take_in_hand(self, at: int, on: date, hands: str | None) -> None:
        kind, fact = ("custody_ended", {}) if hands is None else ("custody_started", {"custody": hands})
        self._say("officer", kind, at, on, fact)

    @move(at=PLACE, on=DAYS, freely=one_of("yes", "no"))
    def refuse(self, at: int, on: date, freely: str) -> None:
        self._say("officer", "rescue_refused", at, on, {"freely": freely})

    @move(at=PLACE, on=DAYS, value=one_of("yes", "no", "undecided"), purpose=PURPOSES, free=whether)
    def wish(self, at: int, on: date, value: str, purpose: str, free: bool) -> None:
        self._say(
            "operator",
            "wish_stated",
            at,
            on,
            {"purpose": purpose, "value": value, "freely": "yes" if free else "no"},
        )

    @move(at=PLACE, on=DAYS, state=one_of(*STATES), source=SOURCES, decision=one_of(False, False, True))
    def assert_nationality(self, at: int, on: date, state: str, source: str, decision: bool) -> None:
        decides = decision and source != "denied_by_state"
        fact = {"nationality": state, "source": source, "decision": decides}
        self._say("supervisor", "nationality_asserted", at, on, fact)

    @move(*APT, at=PLACE, on=DAYS, state=one_of(*STATES), decision=whether)
    def correct_nationality(self, at: int, on: date, state: str, decision: bool, apt: bool) -> None:
        """Of somebody who is counted under one already; or on a day on which nobody knew of them."""
        fact = {"nationality": state, "source": "confirmed_by_state", "decision": decision}
        self._step("supervisor", "nationality_asserted", at, on, fact, apt=apt, among=DONE | {"rescued"})

    @move(*HOLDS, at=PLACE)
    def hold(self, at: int, hold: bool, role: str) -> None:
        """Whether somebody fears their own state: their liaison never says it, and a supervisor alone lifts it."""
        people = [(case, person) for case in self.cases for person in case.persons]
        if people and not hold and not any(case.is_held(person) for case, person in people):
            self.hold(at, hold=True, role="supervisor")
        people = [(case, person) for case, person in people if case.is_held(person) != hold] or people
        if not people:
            return
        case, subject = people[at % len(people)]
        own, held = nationality(words_about(case.person(subject))), case.is_held(subject)
        state = own if own in STATES else STATES[0]
        caller = self.register.caller("liaison", state) if role == "liaison" else self._by(role)
        seen = role != "liaison" or subject in case.seen_by(state)
        may = role == "supervisor" or (role == "operator" and (hold or not held))
        reader = caller if seen else self._by("supervisor")
        tag = reader.get(f"/v1/persons/{subject}").headers["etag"]
        answer = caller.patch(f"/v1/persons/{subject}", {"fears_own_state": hold}, If_Match=tag)
        assert answer.status_code == ((200 if may else 403) if seen else 404), (role, hold, answer.text)
        self._count("hold set" if hold else "hold lifted", answer.status_code)
        if answer.status_code == 200:
            log = self._by("supervisor").get(f"/v1/cases/{case.reference}/events", limit=200).json()["items"]
            at_ = datetime.fromisoformat(log[-1]["recorded_at"])
            told = {"fears_own_state": hold}
            case.note("described", subject, LAST, told, at=at_, agency=str(caller.agency_id), id_=log[-1]["id"])

    @move(at=PLACE, on=LATER_DAYS, reason=one_of("referred", "unfounded"))
    def close(self, at: int, on: date, reason: str) -> None:
        self._say("supervisor", "closed", at, on, {"reason": reason}, whole=True)

    @move(at=PLACE, on=LATER_DAYS)
    def reopen(self, at: int, on: date) -> None:
        self._say("supervisor", "reopened", at, on, {"reason": "new_information"}, whole=True)

    @move(at=PLACE)
    def void(self, at: int) -> None:
        case = self.cases[at % len(self.cases)]
        self._void(case, case.rows[at % len(case.rows)])

    @move(*({"kind": kind, "apt": apt} for kind in STEPS for apt in (True, False)), at=PLACE)
    def void_a_step(self, at: int, kind: str, apt: bool) -> None:
        """The last step of somebody; or an earlier one, on which it rests. It is taken first where nobody took it."""
        if kind != "rescued" and not self._steps(kind, last=apt):
            self._leave(at, LAST, home=kind == "repatriated")
            if not apt:
                self.rescue_again(at, LAST, apt=True)
        elif not apt:
            self._leave(at, LAST, home=True)
        rows = self._steps(kind, last=apt)
        if rows:
            self._void(*rows[at % len(rows)])

    def _steps(self, kind: str, *, last: bool) -> list[tuple[ToldCase, Row]]:
        stood = [(case, case.steps(person)) for case in self.cases for person in case.persons]
        rows = [(case, row) for case, steps in stood for row in (steps[-1:] if last else steps[:-1])]
        return [(case, row) for case, row in rows if row["kind"] == kind]

    def _void(self, case: ToldCase, row: Row) -> None:
        if row["kind"] in {"received", "added", "voided"} or "said" not in row:
            return
        answer = self._by("supervisor").post(f"/v1/events/{row['id']}/void", {"reason": "recorded_in_error"})
        assert answer.status_code in {201, 404, 409}, answer.text
        if answer.status_code != 404:
            self._count(f"{row['kind']} voided", answer.status_code)
        if answer.status_code == 201:
            self._note(case, "voided", row["subject_id"], LAST, {"event_id": row["id"]}, answer.json())

    @move()
    def remember_this_moment(self) -> None:
        self.middle = self.register.clock.move(minutes=1)

    # --- what is asked afterwards -------------------------------------------------------------------------------------

    def check(self) -> None:
        """Ask all that can be asked."""
        for case in self.cases:
            self._check_case(case)
        for asked in QUESTIONS:
            assert answered(self.register, asked, LAST) - self.before[asked] == counted(self.cases, asked, LAST), asked
            if self.middle is not None:
                then = answered_then(self.register, asked, LAST, self.middle)
                if then is None:
                    continue  # somebody under a hold is alone somewhere: tests/figures/test_held_back.py
                assert then - self.before[asked] == counted(self.cases, asked, LAST, self.middle), (asked, self.middle)

    def _check_case(self, case: ToldCase) -> None:
        shown = self._by("supervisor").get(f"/v1/cases/{case.reference}").json()
        standing = {person: case.status(person) for person in case.persons}
        assert {person["reference"]: person["status"] for person in shown["persons"]} == standing
        hands = {person: case.person(person).hands() for person in case.persons}
        assert {person["reference"]: person.get("custody") for person in shown["persons"]} == hands
        assert shown["tally"] == Counter(standing.values())
        assert shown["status"] == case.told().status()
        for state in STATES:
            answer = self.register.caller("liaison", state).get(f"/v1/cases/{case.reference}")
            seen = case.seen_by(state)
            assert answer.status_code == (200 if seen else 404), (state, answer.text)
            if seen:
                assert {person["reference"] for person in answer.json()["persons"]} == seen
        log = self._by("supervisor").get(f"/v1/cases/{case.reference}/events", limit=200).json()["items"]
        assert [event["kind"] for event in log] == [row["kind"] for row in case.rows]

    # --- how it is said -----------------------------------------------------------------------------------------------

    def _by(self, role: str) -> Caller:
        return self.register.caller(role)

    def _anybody(self, at: int) -> tuple[ToldCase, str]:
        case = self.cases[at % len(self.cases)]
        return case, case.persons[at % len(case.persons)] if case.persons else ""

    def _count(self, move: str, status: int) -> None:
        self.answered[move, TAKEN if status < 300 else REFUSED] += 1

    def _step(
        self, role: str, kind: str, at: int, on: date, fact: dict[str, Any],
        *, apt: bool, among: frozenset[str] = ANYBODY, gone: bool = False,
    ) -> None:  # fmt: skip
        """Record an event about somebody and on a day for which it is possible; or for which it is not.

        Args:
            among: where they stand.
            gone: they were sent home before.
        """
        met = list(aims(self.cases, kind, on, fact, apt=apt, among=among, gone=gone))
        if met:
            self._say_of(role, kind, *met[at % len(met)], fact)
        else:
            self._say(role, kind, at, on, fact)

    def _say(self, role: str, kind: str, at: int, on: date, fact: dict[str, Any], *, whole: bool = False) -> None:
        case, subject = self._anybody(at)
        if whole or subject:
            self._say_of(role, kind, case, case.reference if whole else subject, on, fact)

    def _say_of(self, role: str, kind: str, case: ToldCase, subject: str, on: date, fact: dict[str, Any]) -> None:
        move = case.move(kind, subject, fact)
        body = {"kind": kind, "subjects": [subject], "occurred_on": on.isoformat(), "data": fact}
        answer = self._by(role).post("/v1/events", body)
        self._count(move, answer.status_code)
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


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    try:
        with open_register(database) as made:
            yield made
    finally:
        databases.drop(database)


def test_the_register_and_a_plain_model_agree(register: Register) -> None:
    answered: Counter[tuple[str, int]] = Counter()
    for run in range(RUNS):
        machine = Machine(register, run)
        try:
            machine.walk()
        except AssertionError as differs:
            differs.add_note(f"in run {run}")
            raise
        answered += machine.answered
    walked = {step: [answered[step, status] for status in (TAKEN, REFUSED)] for step in WALKED}
    assert min(map(min, walked.values())) >= LEAST_OF_EACH, walked
