"""Sixty cases told over the telephone, by every role, over several days: random, the same every time."""

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from service.days import day_in_phnom_penh
from tests.register import FINDING, Caller, Register

NATIONS: Final = ("TWN", "MYS", "KHM", "XXA")
PROVINCES: Final = (None, "KH-18", "KH-12")
OUTCOMES: Final = ("left_unreported", "remains_by_choice", "third_country", "not_held", "not_exist")
CLAIMS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"head_count": {"low": 5}},
    {"head_count": {"low": 9, "bound": "at_least"}},
    {"head_count": {"high": 7, "bound": "at_most"}},
)
AGES: Final[tuple[Any, ...]] = (16, 17, 17, 30, {"low": 16, "high": 20}, {"about": 15}, {"about": 18})
EXACT: Final = tuple(age for age in AGES if isinstance(age, int))
PATCHES: Final[tuple[dict[str, Any], ...]] = (
    {"sex": "female"}, {"birth_year": 2004}, {"birth_year": None}, {"age": 17},
    {"age": {"about": 16}}, {"date_of_birth": "2004-11-30"}, {"date_of_birth": None},
)  # fmt: skip
BIRTH_YEARS: Final[dict[Any, tuple[Any, ...]]] = {
    None: (2003, 2004, 2010, {"low": 2001, "high": 2004}, {"about": 2002}), 16: (2004, 2005), 17: (2003, 2004),
    30: (1991, 1992),
}  # fmt: skip
"""By the age that is stated beside, in 2022: somebody who is told to be thirty and born in 2010 is not taken."""

STEP_KINDS: Final = (
    "finding",
    "finding",
    "rescue",
    "rescue",
    "rescue",
    "return",
    "return",
    "return",
    "end",
    "word",
    "describe",
    "void",
    "claim",
    "finding",
    "rescue",
    "rescue",
    "return",
    "custody",
    "papers",
    "stage",
)


class Population:
    """People who know each other's references and call in turn. Whatever is refused is refused: that is a call too."""

    def __init__(self, register: Register, seed: int, *, ranges: bool = True, crowd: int = 25) -> None:
        """Begin with nobody.

        Args:
            register: to record in.
            seed: of everything that is drawn.
            ranges: whether ranges of ages and dates of birth are told too, which no older release reads.
            crowd: to how many people things happen.
        """
        self.register = register
        self.ranges = ranges
        self.crowd = crowd
        self.random = Random(seed)
        self.people: list[str] = []
        self.cases: list[str] = []
        self.offenders: list[str] = []
        self.events: list[str] = []
        self.accepted = 0

    def caller(self, role: str) -> Caller:
        """Somebody of a role; liaisons serve two states each."""
        nations = ("TWN", "MYS") if role == "liaison" else ()
        return self.register.caller(role, *nations)

    def file(self) -> None:
        """A new case."""
        received = self.some_day(9)
        people = [self.somebody() for _ in range(self.random.choice([0, 1, 1, 2, 3]))]
        case = self.caller(self.random.choice(["operator", "operator", "supervisor"])).file(
            channel=self.random.choice(["hotline_117", "fb_police", "walk_in"]),
            kind=self.random.choice(["rescue", "rescue", "return"]),
            received_on=received,
            location={"province": self.random.choice(PROVINCES)},
            persons=people,
            offenders=self.random.choice([[], [{"role": "guard", "nationality": "TWN"}], [{}]]),
            **self.random.choice(CLAIMS),
        )  # fmt: skip
        self.cases.append(case["reference"])
        self.offenders += [offender["reference"] for offender in case["offenders"]]
        self.people += [person["reference"] for person in case["persons"]]

    def somebody(self) -> dict[str, Any]:
        """Somebody in a new case, more or less known."""
        given: dict[str, Any] = {"sex": self.random.choice(["male", "female", "unknown", "not_asked"])}
        if self.random.random() < 0.8:
            given["nationality"] = self.random.choice(NATIONS)
        if self.random.random() < 0.4:
            given["age"] = self.random.choice(AGES if self.ranges else EXACT)
        if self.random.random() < 0.3 and not isinstance(given.get("age"), dict):
            years = BIRTH_YEARS[given.get("age")]
            given["birth_year"] = self.random.choice(years if self.ranges else years[:2])
        return given

    def some_day(self, back: int) -> str:
        """A day of the last so many."""
        today = day_in_phnom_penh(self.register.clock.now)
        return (today - timedelta(days=self.random.randint(0, back))).isoformat()

    def step(self) -> None:
        """Something happens to somebody, or to a case."""
        person, case = self.random.choice(self.people[: self.crowd]), self.random.choice(self.cases)
        on = self.some_day(4)
        match self.random.choice(STEP_KINDS):
            case "finding":
                outcome = self.random.choice(["presumed_victim", "presumed_victim", "labour_dispute", "unfounded"])
                both = self.random.choice([{}, {"confinement": True, "extortion": True}])
                self.send("verifier", "finding_made", self.random.choice([person, case]), on,
                          **{**FINDING, "outcome": outcome, **both})  # fmt: skip
            case "rescue":
                by = self.random.choices(["cambodian_authority", "embassy", "other"], k=self.random.randint(0, 3))
                province = self.random.choice([{}, {"province": "KH-12"}])
                self.send("officer", "rescued", person, on, by=by, **province)
            case "return":
                role = self.random.choice(["liaison", "officer"])
                mode = "deported" if role == "officer" else "embassy_assisted"
                self.send(role, "repatriated", person, on, mode=mode, to_country="TWN")
            case "end":
                self.end(person, on, self.random.choice(OUTCOMES))
            case "word":
                self.word(person, on)
            case "describe":
                self.describe(person)
            case "void":
                self.void()
            case kind:
                self.more(kind, person, case, on)

    def end(self, person: str, on: str, outcome: str) -> None:
        """A story ends; that there is no such person was reported before by another agency."""
        if outcome == "not_exist":
            self.send("officer", "ended", person, on, outcome=outcome, reported=True)
        self.send("supervisor", "ended", person, on, outcome=outcome)

    def more(self, kind: str, person: str, case: str, on: str) -> None:
        """Somebody is held, asked for papers, or pursued; or a reporter says how many there are."""
        match kind:
            case "claim":
                self.send("operator", "headcount_claimed", case, on, bound="exact", low=self.random.randint(0, 30))
            case "custody":
                held = self.random.choice(["police_custody", "immigration_depot", "shelter", "held_by_site"])
                self.send("officer", "custody_started", person, on, custody=held)
            case "papers":
                missing = self.random.choice([[], ["passport"], ["passport", "work_permit"]])
                self.send("officer", "documents_checked", person, on, missing=missing)
            case _:
                stage = self.random.choice(["suspected", "arrested", "arrested", "charged", "named"])
                self.send("officer", "stage_reached", self.random.choice(self.offenders[:4]), on, stage=stage)

    def word(self, person: str, on: str) -> None:
        """Somebody says which nationality a person has."""
        role = self.random.choice(["verifier", "verifier", "liaison", "supervisor"])
        source = {"verifier": "document_seen", "supervisor": "claimed_self"}.get(role) or self.random.choice(
            ["confirmed_by_state", "denied_by_state"]
        )
        self.send(role, "nationality_asserted", person, on, nationality=self.random.choice(NATIONS), source=source,
                  decision=role == "supervisor")  # fmt: skip

    def describe(self, person: str) -> None:
        """Somebody corrects what is known of a person."""
        verifier = self.caller("verifier")
        read = verifier.get(f"/v1/persons/{person}")
        if read.status_code == 200:
            patch = self.random.choice(PATCHES[: None if self.ranges else 4])
            verifier.patch(f"/v1/persons/{person}", patch, If_Match=read.headers["etag"])

    def void(self) -> None:
        """A supervisor voids something."""
        if self.events:
            event = self.random.choice(self.events[-12:])
            self.caller("supervisor").post(f"/v1/events/{event}/void", {"reason": "recorded_in_error"})

    def send(self, role: str, kind: str, subject: str, on: str, **data: Any) -> None:
        """Record an event, if the rules let it."""
        body = {"kind": kind, "subjects": [subject], "occurred_on": on, "data": data}
        answered = self.caller(role).post("/v1/events", body)
        assert answered.status_code in {201, 403, 404, 409, 422}, answered.text
        if answered.status_code == 201:
            self.accepted += 1
            self.events.append(answered.json()["items"][0]["event_id"])

    def to_the_next_day(self, days: int = 1) -> date:
        """A day passes, or several; everybody stays signed in."""
        now = self.register.clock.move(days=days)
        self.register.rows("UPDATE sessions SET seen_at = $1 RETURNING 1 AS one", now)
        return now.date()


def populate(
    register: Register,
    *,
    cases: int,
    steps: int,
    nights: int,
    seed: int,
    days: int = 1,
    ranges: bool = True,
    crowd: int = 25,
) -> Population:
    """Record a number of cases and steps, a number of days apart, with some nights between them."""
    population = Population(register, seed, ranges=ranges, crowd=crowd)
    for day in range(nights + 1):
        for _ in range(cases // (nights + 1)):
            population.file()
        for _ in range(steps // (nights + 1)):
            population.step()
        if day < nights:
            population.to_the_next_day(days)
    return population
