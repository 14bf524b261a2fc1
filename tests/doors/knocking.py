"""What holds for every cell of every matrix: what is put on record, and that no refusal tells two causes apart."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

import httpx

from tests.http.problem_documents import without_request_id
from tests.register import Register


class Asked(Protocol):
    """One call of one seer, and what must come back."""

    @property
    def status(self) -> int:
        """Of the answer."""

    @property
    def done(self) -> int:
        """The status where nothing stands in the way."""

    @property
    def action(self) -> str | None:
        """What is then put on record, if anything."""

    @property
    def purpose(self) -> str | None:
        """Why what is sealed is opened."""

    @property
    def subjects(self) -> set[str] | None:
        """Who must stand in that row; None where it is not known beforehand."""

    @property
    def alike(self) -> Hashable:
        """Calls that are the same but for the name they are about."""

    def words(self) -> str:
        """Name the cell, for a failing test."""

    def request(self) -> dict[str, Any]:
        """What is sent."""


@dataclass(frozen=True)
class Answered:
    """A cell, what came back, and who had to stand on record when it was asked."""

    asked: Asked
    answer: httpx.Response
    subjects: set[str] | None


def knock(client: httpx.Client, asked: Asked) -> Answered:
    """Send a cell."""
    answer = client.request(**asked.request())
    return Answered(asked, answer, asked.subjects)


HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""Of every answer, whatever it says: nobody in between keeps it, and no browser takes it for something else."""


def misanswered(answered: Iterable[Answered]) -> Iterator[str]:
    """Every status that is not the model's, and every answer that somebody in between might keep."""
    for one in answered:
        lacking = [name for name, value in HEADERS.items() if one.answer.headers.get(name) != value]
        if lacking or "set-cookie" in one.answer.headers:
            yield f"{one.asked.words()}: headers without {lacking}, or with a cookie"
        if one.answer.status_code != one.asked.status:
            told = f"{one.answer.status_code}, not {one.asked.status} {one.answer.text[:120]}"
            yield f"{one.asked.words()}: {told}"


def rows_of(register: Register, answers: Iterable[httpx.Response]) -> dict[str, list[dict[str, Any]]]:
    """What was put on record of some answers, by the id of the request."""
    ids = [answer.headers["x-request-id"] for answer in answers]
    rows = register.rows("SELECT * FROM audit_log WHERE request_id = ANY ($1::uuid[])", ids)
    found: dict[str, list[dict[str, Any]]] = {id_: [] for id_ in ids}
    for row in rows:
        found[str(row["request_id"])].append(row)
    return found


def misrecorded(register: Register, answered: Iterable[Answered]) -> Iterator[str]:
    """Every cell of which something else is on record than should be, or nothing, or too much."""
    answered = list(answered)
    rows = rows_of(register, (one.answer for one in answered))
    for one in answered:
        asked, found = one.asked, rows[one.answer.headers["x-request-id"]]
        actions = [row["action"] for row in found]
        expected = {403: "access:denied", asked.done: asked.action}.get(one.answer.status_code)
        if actions != ([expected] if expected else []):
            yield f"{asked.words()}: on record as {actions}, not {expected}"
        elif one.answer.is_success:
            yield from (f"{asked.words()}: {wrong}" for wrong in _misnamed(one, found[0]))


def _misnamed(one: Answered, row: dict[str, Any]) -> Iterator[str]:
    if one.subjects is not None and set(map(str, row["subject_ids"])) != one.subjects:
        yield "on record with others than it was about"
    if one.answer.status_code == 200:
        purpose = one.asked.purpose
        if (row["reason"], bool(row["fields"])) != (purpose, bool(row["fields"] and purpose)):
            yield f"on record for {row['reason']} with {row['fields']}"


def tellable(answered: Iterable[Answered]) -> Iterator[str]:
    """Every refusal of one call is the same, whatever it was about: nothing tells hidden from absent."""
    seen: dict[Hashable, object] = {}
    for one in answered:
        if one.answer.status_code in {401, 403, 404}:
            told = without_request_id(one.answer)
            if seen.setdefault((one.asked.alike, one.answer.status_code), told) != told:
                yield f"{one.asked.words()}: a {one.answer.status_code} unlike the others"


def misshapen(content: dict[str, Any], required: frozenset[str], allowed: frozenset[str], what: str) -> Iterator[str]:
    """What a record does not show of itself, or must not (AZ-10). What is hidden is absent: nothing is ever null."""
    if None in content.values():
        yield f"{what} has members without a value"
    if not required <= content.keys() <= allowed:
        yield f"{what} lacks {sorted(required - content.keys())} and has {sorted(content.keys() - allowed)}"


def assert_nothing_wrong(wrong: list[str]) -> None:
    """Fail with the first twenty of what is wrong."""
    assert wrong == [], f"{len(wrong)} cells are wrong:\n" + "\n".join(wrong[:20])
