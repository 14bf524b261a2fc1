"""Everybody who may knock: nine roles, three keys, and nine whose credentials open nothing."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import httpx

from service.credentials import KEY_PREFIX, new_token
from tests.access.operations import Sample, Spare
from tests.access.role_model import PEOPLE
from tests.doors.scene import Scene
from tests.register import Caller, Register

SCOPES: Final = {"exact key": "figures:exact", "public key": "figures:public", "metrics key": "metrics"}


@dataclass
class Cast:
    """Makes callers by the names the role model has for them."""

    scene: Scene
    spare: Spare
    _known: dict[str, Caller | None] = field(default_factory=dict)

    @property
    def register(self) -> Register:
        return self.scene.register

    def named(self, name: str) -> Caller | None:
        """Return a caller; None for one without a credential."""
        if name not in self._known:
            self._known[name] = self._make(name)
        return self._known[name]

    def leaver(self, name: str) -> Caller | None:
        """Return a new caller of the same kind, who is about to sign out."""
        return self.register.caller(name, name="leaver") if name in PEOPLE else self.named(name)

    def send(self, name: str, sample: Sample, *, leaving: bool = False) -> httpx.Response:
        """Send a request as somebody."""
        caller = self.leaver(name) if leaving else self.named(name)
        http = caller.http if caller else self.register.client()
        return http.request(sample.method, sample.target, json=sample.body, headers=sample.headers)

    def _make(self, name: str) -> Caller | None:
        if name == "operator":
            return self.scene.operator
        if name == "liaison":
            return self.scene.liaison
        if name in PEOPLE:
            return self.register.caller(name)
        if name in SCOPES:
            return self.register.key(SCOPES[name])
        return self._shut_out(name)

    def _shut_out(self, name: str) -> Caller | None:
        if name == "anonymous":
            return None
        if name.endswith("key"):
            return _spoiled_key(self.register, name)
        caller = self.register.caller("supervisor", agency=name, name=name)
        if name == "garbage token":
            caller.http.headers["Authorization"] = f"Bearer {new_token(KEY_PREFIX)}"
        _spoil(self.register, caller, name)
        return caller


def _spoil(register: Register, caller: Caller, how: str) -> None:
    now = register.clock()
    changes = {
        "expired session": ("UPDATE sessions SET expires_at = $2 WHERE user_id = $1", caller.id, now),
        "closed session": ("UPDATE sessions SET closed_at = $2 WHERE user_id = $1", caller.id, now),
        "idle session": (
            "UPDATE sessions SET seen_at = $2 WHERE user_id = $1", caller.id, now - timedelta(seconds=1800)
        ),
        "disabled user": ("UPDATE users SET disabled_at = $2 WHERE id = $1", caller.id, now),
        "user of a disabled agency": ("UPDATE agencies SET disabled_at = $2 WHERE id = $1", caller.agency_id, now),
    }  # fmt: skip
    if how in changes:
        statement, *arguments = changes[how]
        register.rows(statement, *arguments)


def _spoiled_key(register: Register, how: str) -> Caller:
    caller = register.key("figures:exact", "metrics")
    column = "revoked_at" if how == "revoked key" else "expires_at"
    register.rows(f"UPDATE service_keys SET {column} = $2 WHERE id = $1", caller.id, register.clock())  # noqa: S608 - names of ours
    return caller


def make_spare(scene: Scene) -> Spare:
    """Put an agency, a user, a key, an event and two operations there to be changed."""
    register = scene.register
    user = register.caller("auditor", agency="spare")
    key = register.key("metrics")
    recorded = scene.supervisor.record("nationality_asserted", [scene.persons["unplaced"].id], "2022-09-02",
                                       nationality="VNM", source="claimed_self")  # fmt: skip
    agency = register.caller("auditor", agency="never called").agency_id
    register.caller("admin", name="second")
    operation, visit = (
        caller.post("/v1/operations", {"kind": "consular_visit"}).json()["id"]
        for caller in (register.caller("officer"), scene.liaison)
    )
    event: str = recorded["items"][0]["event_id"]
    return Spare(str(agency), str(user.id), str(key.id), event, operation, visit)
