"""One case with a few persons, told event by event through the calls that its users make."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.register import FINDING, Caller, Register

FILED = "2022-09-01"
CHECKED = "2022-09-03"


@dataclass
class Telling:
    """A case just filed by an operator, and the words to go on with it."""

    register: Register
    nationality: str | None = "MYS"
    given: dict[str, Any] = field(default_factory=dict)
    case: str = ""
    persons: list[str] = field(default_factory=list)
    offenders: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        given = {"received_on": FILED, "persons": [{"nationality": self.nationality}], **self.given}
        filed = self.by("operator").file(**given)
        self.case = filed["reference"]
        self.persons = [person["reference"] for person in filed["persons"]]
        self.offenders = [offender["reference"] for offender in filed["offenders"]]

    @property
    def person(self) -> str:
        """The first person."""
        return self.persons[0]

    def by(self, role: str) -> Caller:
        """Return a caller of a role; the liaison serves the first person's state."""
        states = [self.nationality] if role == "liaison" and self.nationality else []
        return self.register.caller(role, *states)

    def say(self, role: str, kind: str, on: str, *subjects: str, **data: Any) -> dict[str, Any]:
        """Record an event about the first person, or about others."""
        return self.by(role).record(kind, list(subjects) or [self.person], on, **data)

    def try_to_say(self, role: str, kind: str, on: str, *subjects: str, **data: Any) -> httpx.Response:
        """Try to, and answer what came back."""
        body = {"kind": kind, "subjects": list(subjects) or [self.person], "occurred_on": on, "data": data}
        return self.by(role).post("/v1/events", body)

    def verified(self, on: str = CHECKED, **finding: Any) -> "Telling":
        """Let a verifier find about the whole case."""
        self.say("verifier", "finding_made", on, self.case, **{**FINDING, **finding})
        return self

    def rescued(self, on: str = "2022-09-05", *subjects: str) -> "Telling":
        """Let an officer bring the first person, or others, out."""
        self.say("officer", "rescued", on, *subjects)
        return self

    def shown(self, role: str = "supervisor", person: str = "") -> dict[str, Any]:
        """Read the first person, or another."""
        response = self.by(role).get(f"/v1/persons/{person or self.person}")
        assert response.status_code == 200, response.text
        content: dict[str, Any] = response.json()
        return content

    def case_shown(self, role: str = "supervisor") -> dict[str, Any]:
        """Read the case."""
        response = self.by(role).get(f"/v1/cases/{self.case}")
        assert response.status_code == 200, response.text
        content: dict[str, Any] = response.json()
        return content

    def count(self, figure: str, *, by: str = "nationality", **parameters: Any) -> dict[str, int]:
        """Ask the reporting job's question: values by one dimension, rows of zero left out."""
        period = {} if "at" in parameters else {"from_": "2022-01-01", "to": "2022-09-30"}
        answer = self.register.key("figures:exact").figure(figure, by=by, **period, **parameters)
        assert all(check["holds"] for check in answer["checks"]), answer["checks"]
        return {cell["codes"][by]: cell["value"] for cell in answer["cells"] if cell["value"]}


def refused(response: httpx.Response, code: str) -> dict[str, Any]:
    """Check that a call was refused with a code, and answer the problem."""
    assert response.status_code in {403, 404, 409, 422}, response.text
    problem: dict[str, Any] = response.json()
    assert problem["type"].endswith(code), problem
    return problem
