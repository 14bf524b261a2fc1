"""A register as an earlier release left it, and what that release answered (`fill_release.py` says how it was made)."""

import asyncio
import gzip
import io
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx
import pytest

from service.cli.application import run
from service.sealing import SecretKeyRing, read_keys
from tests.engine import TestDatabase

FOLDER: Final = Path(__file__).parent / "releases"
NAMES: Final = sorted(path.name.removesuffix(".sql.gz") for path in FOLDER.glob("*.sql.gz"))

_COPY: Final = re.compile(r'COPY "(?P<table>\w+)" \((?P<columns>[^)]*)\) FROM stdin;\n(?P<rows>.*?)\\\.\n', re.DOTALL)


@dataclass(frozen=True)
class Released:
    """What a release left: rows, and a description of what is needed to use them and of what it answered."""

    rows: str
    told: Mapping[str, Any]

    @classmethod
    def named(cls, name: str) -> "Released":
        """Read what a release left."""
        rows, told = (gzip.decompress((FOLDER / f"{name}.{kind}.gz").read_bytes()) for kind in ("sql", "json"))
        return cls(rows.decode(), json.loads(told))

    @property
    def revision(self) -> str:
        """Of its schema."""
        return str(self.told["revision"])

    @property
    def now(self) -> datetime:
        """When it answered; every question in `readings` is asked as of then."""
        return datetime.fromisoformat(self.told["now"])

    @property
    def keys(self) -> SecretKeyRing:
        """What opens what is sealed."""
        return read_keys(json.dumps(self.told["keys"]))

    @property
    def readings(self) -> list[dict[str, Any]]:
        """Questions with the release's answers."""
        return list(self.told["readings"])


def load(database: TestDatabase, released: Released) -> None:
    """Put a release's rows into an empty database at its revision, as restoring a dump of data does."""
    asyncio.run(_load(database.admin_url, released.rows))


async def _load(url: str, rows: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")
        for copied in _COPY.finditer(rows):
            await connection.execute(f'DELETE FROM "{copied["table"]}"')  # noqa: S608 - a name of our own file
            columns = re.findall(r"\w+", copied["columns"])
            source = io.BytesIO(copied["rows"].encode())
            await connection.copy_to_table(copied["table"], columns=columns, source=source)
    finally:
        await connection.close()


def commands(database: TestDatabase, released: Released, folder: Path) -> Callable[..., int]:
    """Return what runs `safe-return` in this process on a register, and returns its status."""

    def safe_return(*arguments: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("SAFE_RETURN_")]:
                patch.delenv(name)
            patch.setenv("SAFE_RETURN_DATABASE_URL", database.api_url)
            patch.setenv("SAFE_RETURN_OWNER_URL", database.owner_url)
            patch.setenv("SAFE_RETURN_KEYS", json.dumps(released.told["keys"]))
            patch.setenv("SAFE_RETURN_VAR", str(folder))
            return run(list(arguments))

    return safe_return


def ask(client: httpx.Client, asked: Mapping[str, Any]) -> httpx.Response:
    """Send a question again."""
    if "body" not in asked:
        return client.get(asked["path"], params=asked.get("query"))
    headers = {"Idempotency-Key": asked["key"]} if "key" in asked else {}
    return client.post(asked["path"], json=asked["body"], headers=headers)


def without_versions(answer: Any) -> Any:
    """Return an answer without versions of records: counting a case again by newer rules raises them."""
    if isinstance(answer, dict):
        return {name: without_versions(value) for name, value in answer.items() if name != "version"}
    return [without_versions(value) for value in answer] if isinstance(answer, list) else answer


def without_cambodians_waiting(asked: Mapping[str, Any], answer: Any) -> Any:
    """Return an answer in which no Cambodian awaits a return, which they did in releases before."""
    if isinstance(answer, list):
        return [without_cambodians_waiting(asked, one) for one in answer if not _awaits_in_vain(asked, one)]
    if not isinstance(answer, dict):
        return answer
    answer = {name: without_cambodians_waiting(asked, value) for name, value in answer.items()}
    cambodian = answer.get("nationality") == "KHM" and "awaiting_return" in answer
    return answer | {"awaiting_return": False} if cambodian else answer


def without_what_was_gained(answer: Any) -> Any:
    """Return an answer without the members that persons and notes have since, wherever they stand in it."""
    if isinstance(answer, list):
        return [without_what_was_gained(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    gained = {name for member, names in GAINED.items() if member in answer for name in names}
    return {name: without_what_was_gained(value) for name, value in answer.items() if name not in gained}


def without_what_says_nothing(asked: Mapping[str, Any], answer: Any) -> Any:
    """Return a liaison's timeline without what it is told no more: what says nothing, or is not its persons'."""
    if not (asked["path"].endswith("/events") and asked["as"].startswith("liaison")):
        return answer
    known, told, untold = False, [], set()
    for event in answer["items"]:
        known = known or event["kind"] == "added"
        empty = event["kind"] == "described" and not event["data"]
        before = event["kind"] == "finding_made" and event["subject_kind"] == "case" and not known
        if empty or before or event["data"].get("event_id") in untold:
            untold.add(event["id"])
        else:
            told.append(event)
    return answer | {"items": told}


def without_further_scripts(asked: Mapping[str, Any], answer: Any) -> Any:
    """Return what a search by a name in no Latin letters finds without what follows what the release found.

    Since, on purpose, the name's spellings in Latin letters are found too, after the name as it is written.
    """
    if asked.get("body", {}).get("name", "").isascii() or "items" not in answer:
        return answer
    return answer | {"items": answer["items"][: len(asked["answer"]["items"])]}


def without_notes(asked: Mapping[str, Any], answer: Any) -> Any:
    """Return a timeline without notes, which stand in it since, on purpose."""
    if not asked["path"].endswith("/events"):
        return answer
    return answer | {"items": [one for one in answer["items"] if one["kind"] != "note"]}


def _awaits_in_vain(asked: Mapping[str, Any], one: Any) -> bool:
    """Whether a list of those who await a return has a Cambodian, whom it has no more."""
    return "awaiting_return" in asked.get("query", {}) and isinstance(one, dict) and one.get("nationality") == "KHM"


def told_by(asked: Mapping[str, Any], status: int, etag: str | None, answer: Any, *, recounted: bool) -> Any:
    """Return of an answer what must be the same in every release: all of it, but of errors and figures.

    Wordings of errors may change, their codes may not. Of a figure everything counted counts: labels and explanations
    may change, so its tag is left out, and so is its digest, which covered labels in the first release kept here. Rows
    of zero are left out: a new code has one.
    """
    since = SHOWN_SINCE.get(asked["as"])
    if since is not None and since in asked["path"]:
        return "shown since"
    if status >= 400:
        return status, answer["code"]
    answer = without_case(answer, since)
    if asked["path"] in ADDED:
        answer = {name: value for name, value in answer.items() if name not in ADDED[asked["path"]]}
    answer = without_what_says_nothing(asked, without_cambodians_waiting(asked, answer))
    answer = without_further_scripts(asked, without_what_was_gained(without_notes(asked, answer)))
    if asked["path"] == "/v1/me":
        answer["permissions"] = [granted for granted in answer["permissions"] if granted not in GRANTED]
    if not asked["path"].startswith("/v1/figures/"):
        return (status, without_versions(answer)) if recounted else (status, etag, answer)
    then = ("known_at", "nationality_rule_version") if "known_at" in asked["query"] else ()
    counted = {name: answer.get(name) for name in (*_COUNTED, *then)}
    cells = [{name: value for name, value in cell.items() if name != "labels"} for cell in answer["cells"]]
    numbers = [cell for cell in cells if cell.get("value") != 0]
    checks = [{name: check[name] for name in ("name", "holds", "left", "right")} for check in answer["checks"]]
    return status, counted, numbers, checks


def without_case(answer: Any, case: str | None) -> Any:
    """Return an answer whose lists have nothing of a case."""
    if isinstance(answer, dict):
        return {name: without_case(value, case) for name, value in answer.items()}
    if not isinstance(answer, list):
        return answer
    others = (one for one in answer if not isinstance(one, dict) or case not in {one.get("case"), one.get("reference")})
    return [without_case(one, case) for one in others] if case else answer


SHOWN_SINCE: Final = {"liaison-mys": "KH22-APMG-3B58"}
"""A case in which a liaison is shown somebody since, on purpose: on the word of a document that another outweighs."""

GAINED: Final = {"age_group": {"birth_years", "stated_age", "nationalities"}, "text": {"author"}}
"""Members that what has another member has since the release, on purpose: persons, and notes."""

GRANTED: Final = {"event:void", "case:handover", "return:void"}
"""What a role may since, on purpose: its own denials and returns are taken back, cases are handed over."""

ADDED: Final = {"/v1/me": {"expires_at", "account_changes", "slowed_searches"}}
"""Members that an answer has since the release, on purpose, by path."""

_COUNTED: Final = (
    "figure", "definition_version", "unit", "kind", "period", "at", "time_zone", "filters", "by", "total",
)  # fmt: skip
