"""Requests generated from the contract, sent as one role, and their answers judged by the contract.

The coverage phase of Schemathesis enumerates its cases, so two runs send the same; what is drawn besides is drawn from
a fixed seed. Nothing goes over a network: the application answers in this process.
"""

import random
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any, Final

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from service.http.pages import contract_of
from tests.long import LONG
from tests.register import Caller

SEED: Final = 117
DRAWN: Final = 8 if LONG else 2
"""Requests drawn besides the enumerated ones, for each operation and for right and wrong ones."""

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    allow_header_conformance,
]

EVERY: Final = 2 if LONG else 8
"""Of the enumerated requests of what a role may do, one in so many is sent; the roles begin at different ones."""

REFUSED: Final = 25
"""Of what a role may never do so many are sent: they all end at the gate."""


@dataclass
class Sent:
    """What was sent and what came of it."""

    statuses: Counter[int] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        return self.statuses.total()


@dataclass
class Sender:
    """Sends cases as one caller, at records that are there more often than at records that are not."""

    make: Callable[[], Caller]
    known: Mapping[str, list[str]]
    sent: Sent = field(default_factory=Sent)
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    def __post_init__(self) -> None:
        self.caller = self.make()

    def __call__(self, case: Any) -> None:
        self._aim(case)
        http = (self.make() if case.operation.label in ENDING else self.caller).http
        sent = case.as_transport_kwargs(base_url="http://register.test")
        headers = {**sent["headers"], "Authorization": http.headers["Authorization"]}
        content = {name: sent[name] for name in ("json", "params") if name in sent}
        response = http.request(sent["method"], sent["url"], headers=headers, content=sent.get("data"), **content)
        response.elapsed = timedelta()
        self.sent.statuses[response.status_code] += 1
        self.sent.operations[case.operation.label] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as failed:
            for failure in failed.exceptions:
                name = f"{case.operation.label}: {response.status_code} {failure.title}"
                self.sent.failures.setdefault(name, f"{failure}"[:600])

    def _aim(self, case: Any) -> None:
        targets = self.known.get(case.path.split("/")[2] if case.path.count("/") > 1 else "", [])
        for name in case.path_parameters:
            if targets and self.chance.random() < 0.7:
                case.path_parameters[name] = self.chance.choice(targets)
        if "If-Match" in case.headers and self.chance.random() < 0.7:
            case.headers["If-Match"] = f'"{self.chance.randint(1, 4)}"'
        if isinstance(case.body, dict) and isinstance(case.body.get("subjects"), list) and self.chance.random() < 0.7:
            case.body["subjects"] = [self.chance.choice(self.known["persons"] + self.known["cases"])]


ENDING: Final = frozenset({"DELETE /v1/sessions/current"})
"""Whoever calls these has nothing to call with afterwards."""


def send_everything(
    app: FastAPI, make: Callable[[], Caller], known: Mapping[str, list[str]], may: Container[str], *, first: int
) -> Sent:
    """Send every generated request as one role.

    Args:
        app: whose contract it is.
        make: makes a caller of the role.
        known: identifiers of records that are there, by kind.
        may: the permissions of the role.
        first: which of the enumerated requests to begin with.
    """
    schema = schemathesis.openapi.from_dict(contract_of(app), config=SchemathesisConfig())
    sender = Sender(make, known)
    for operation in operations_of(schema):
        permission = operation.definition.raw.get("x-permission")
        allowed = permission is None or permission in may
        enumerated = schema.iter_coverage_cases(
            operation,
            generation_modes=list(GenerationMode),
            generation_config=schema.config.generation_for(operation=operation),
        )
        for case in islice(enumerated, first % EVERY, None, EVERY) if allowed else islice(enumerated, REFUSED):
            sender(case)
        if allowed:
            draw(operation, sender)
    return sender.sent


def operations_of(schema: OpenApiSchema) -> Iterator[Any]:
    """Every operation of the contract; one that cannot be read fails."""
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def draw(operation: Any, sender: Sender) -> None:
    """Send requests drawn from a fixed seed, right ones and wrong ones."""
    for mode in GenerationMode:

        @seed(SEED)
        @settings(
            max_examples=DRAWN, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(operation.as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            sender(case)

        try:
            send()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, operation.label
