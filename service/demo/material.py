"""Invented people, places, reporters, offenders and allegations; the same at every run."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from service.demo.names import invented_name

T = TypeVar("T")
Body = dict[str, Any]

PROVINCES: Final = {"KH-18": 62, "KH-12": 14, "KH-1": 7, "KH-20": 5, "KH-17": 4, "KH-7": 3, "KH-23": 2, "KH-22": 1}
"""Weights: mostly Preah Sihanouk, then Phnom Penh and the borders. Source: press reports of September 2022."""

CHANNELS: Final = {
    "hotline_117": 34,
    "hotline_mobile": 16,
    "fb_minister": 20,
    "fb_police": 10,
    "fb_immigration": 6,
    "diplomatic_note": 6,
    "relay_public_rep": 3,
    "relay_press": 2,
    "walk_in": 2,
    "ngo": 1,
}
"""Weights: the channels of the appeal of 26 August 2022, then embassies and relays."""

NATIONALITIES: Final[Mapping[str | None, int]] = {
    "CHN": 24,
    "VNM": 22,
    "THA": 15,
    "MYS": 10,
    "IDN": 10,
    "PHL": 5,
    "MMR": 4,
    "BGD": 3,
    "IND": 3,
    "KOR": 1,
    "KHM": 1,
    None: 2,
}
"""Weights. Taiwan's nationals have a scenario of their own."""

LANGUAGES: Final = {"CHN": "zh-Hans", "TWN": "zh-Hant", "VNM": "vi", "THA": "th", "KHM": "km", "IDN": "id", "MYS": "ms"}
_RELATIONS: Final = {"parent": 30, "self": 22, "sibling": 14, "friend": 12, "spouse_partner": 8, "anonymous": 4}
_SEXES: Final = {"male": 66, "female": 28, "unknown": 4, "not_asked": 2}
_ROLES: Final = ("site_operator", "broker", "supervisor", "guard", "site_owner", "lender", "transporter")
_OFFENDER_WORDS: Final = (
    "says he is called Boss Three, wears a dark cap",
    "the recruiter wrote from a messaging account that is gone",
    "runs the fourth floor, speaks with everybody through a driver",
    "keeps the passports in a safe",
)
_ALLEGED: Final = (
    ("fraud_recruitment", "illegal_detention"),
    ("illegal_detention", "extortion_ransom"),
    ("trafficking_forced_criminality", "online_scam", "illegal_detention"),
    ("document_withholding", "debt_bondage"),
    ("torture_assault", "illegal_detention", "extortion_ransom"),
    ("resale", "trafficking_labour"),
    ("missing_person",),
)
_STORIES: Final = (
    "Answered an advertisement for a well-paid office job; the passport was taken on the first evening.",
    "Writes at night only. Says that leaving costs more than a year's pay.",
    "Was moved from another building and does not know where this one is.",
    "Has to reach a daily quota; those who do not are punished.",
)


class Draw:
    """A source of invented facts; the same seed gives the same facts."""

    def __init__(self, seed: str) -> None:
        """Start the sequence of a seed."""
        self.random = random.Random(seed)  # noqa: S311 - invented facts, no secrets

    def of(self, weights: Mapping[T, int]) -> T:
        """Return one of the keys, drawn by weight."""
        return self.random.choices(list(weights), list(weights.values()))[0]

    def one(self, among: Sequence[T]) -> T:
        """Return one of these."""
        return self.random.choice(among)

    def chance(self, percent: int) -> bool:
        """Whether an event of this probability, in percent, happens."""
        return self.random.randrange(100) < percent

    def shuffled(self, given: Sequence[T]) -> list[T]:
        """Return these in another order."""
        return self.random.sample(given, len(given))

    def split(self, total: int, parts: int) -> list[int]:
        """Return a number split into so many parts, each at least one, few of them large."""
        sizes = [1] * parts
        weights = [self.random.random() ** 3 + 0.02 for _ in range(parts)]
        for place in self.random.choices(range(parts), weights, k=total - parts):
            sizes[place] += 1
        return sizes

    def person(self, nationality: str | None) -> Body:
        """Return an invented person; one in ten is unnamed, and the age of many is unknown."""
        person: Body = {"sex": self.of(_SEXES)}
        if not self.chance(10):
            person["names"] = [{"text": invented_name(self.random, nationality)}]
        if nationality is not None:
            person["nationality"] = nationality
            person["nationality_source"] = self.of({"claimed_reporter": 6, "claimed_self": 3, "document_copy": 1})
        if self.chance(70):
            person["age"] = self.of({16: 2, 17: 3, 19: 14, 22: 22, 25: 20, 28: 16, 33: 12, 41: 5})
        return person

    def case(self, received_on: date, persons: list[Body], **more: Any) -> Body:
        """Return an invented request about some persons; some give little more than a place."""
        nationality = persons[0].get("nationality") if persons else None
        body: Body = {
            "channel": self.of(CHANNELS),
            "received_on": received_on.isoformat(),
            "urgency": self.of({"normal": 5, "high": 4, "immediate": 1}),
            "location": self.location(),
            "persons": persons,
        }
        if self.chance(85):
            body["reporter"] = self.reporter()
            body["language"] = LANGUAGES.get(nationality or "", "en")
            body["allegations"] = [{"types": list(self.one(_ALLEGED))}]
        if self.chance(45):
            body["narrative"] = self.one(_STORIES)
        if self.chance(40):
            body["offenders"] = [self.offender()]
        elif self.chance(50):
            body["offender_unknown"] = True
        return body | more

    def location(self) -> Body:
        """Return an invented place: in one of four cases the province alone."""
        location: Body = {"province": self.of(PROVINCES)}
        if self.chance(75):
            floor = self.random.randint(2, 14)
            location |= {"place": f"Example Compound {self.one('ABCDEF')}, floor {floor}", "precision": "building"}
        return location

    def reporter(self) -> Body:
        """Return an invented reporter; the telephone numbers are of an unassigned area."""
        reporter: Body = {"relationship": self.of(_RELATIONS)}
        if self.chance(60):
            number = f"+855 00 000 {self.random.randrange(10_000):04}"
            reporter["contacts"] = [{"kind": "messaging", "value": number, "safe": self.chance(50)}]
        return reporter

    def offender(self) -> Body:
        """Return an invented person alleged responsible."""
        return {"role": self.one(_ROLES), "description": self.one(_OFFENDER_WORDS)}

    def later(self, day: date, *, by: int, until: date) -> date:
        """Return a day from this one on, at most `by` days later and never after `until`."""
        return min(day + timedelta(days=self.random.randint(0, by)), until)
