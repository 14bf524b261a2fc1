"""Idempotent retries: a response is kept in the transaction of its effect and sent again for the same key.

Source: draft-ietf-httpapi-idempotency-key-header. A response may contain a token or a name, so it is sealed.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from service.db.database import WriteConnection
from service.errors import BadRequestError, Fault, KeyReusedError
from service.http.answers import Answer
from service.http.bodies import raw_body
from service.http.models import KeptAnswer, KeptRecord
from service.http.queries import find_answer, forget_answers_before
from service.http.routing import attempts_of
from service.http.services import request_id_of, services_of
from service.sealing import KeyRing, new_data_key, seal, unseal

KEPT: Final = timedelta(hours=72)
"""How long a response is kept for a retry."""

_KEY: Final = re.compile(r'"([\x21\x23-\x7e]{1,255})"|([A-Za-z0-9_-]{1,255})')


async def once(
    db: WriteConnection,
    request: Request,
    principal_id: UUID,
    make: Callable[[], Awaitable[Answer]],
    *,
    on_repeat: Callable[[UUID | None], None],
) -> Response:
    """Return the response of `make`, which is called once per `Idempotency-Key`; without a key, each time.

    Nearly every key is new, so the first attempt does not look for a kept response. If there is one, keeping a second
    is refused by the database, or the effect itself is, and the next attempt looks first (`routing.Attempts`).

    Args:
        db: the transaction of the effect; the response is kept in it.
        request: the request; its key is scoped to caller, method and path.
        principal_id: the caller.
        make: has the effect and returns the response.
        on_repeat: called with the id of the first request when its response is sent again.

    Raises:
        BadRequestError: the key is malformed.
        KeyReusedError: the key was used with another body.
    """
    key = _key_of(request)
    if key is None:
        return (await make()).response()
    services = services_of(request)
    now = services.clock()
    key_digest = hashlib.sha256(f"{request.method} {request.scope['path']} {key}".encode()).digest()
    request_digest = hashlib.sha256(await raw_body(request)).digest()
    attempts = attempts_of(request)
    if attempts.look:
        kept = await _find(db, principal_id, key_digest, request_digest)
        if kept is not None:
            on_repeat(kept["request_id"])
            return _opened(kept, services.keys).having(idempotent_replayed="true").response()
        if attempts.failure is not None:
            raise attempts.failure
    attempts.assumed_new = not attempts.look
    made = await make()
    data_key = new_data_key()
    kept_row = {
        "principal_id": principal_id,
        "key_digest": key_digest,
        "request_digest": request_digest,
        "status": made.status,
        "headers": dict(made.headers),
        "wrapped_key": services.keys.wrap(data_key),
        "body": seal(data_key, made.body, bound_to=_place(principal_id, key_digest)),
        "kept_at": now,
        "request_id": request_id_of(request),
    }
    services.shares.keep(principal_id, len(made.body))
    db.insert(KeptAnswer, kept_row)
    return made.response()


async def forget_answers(db: WriteConnection, *, now: datetime) -> bool:
    """Delete some of the responses that were kept for longer than `KEPT`; return whether more may be left.

    Args:
        db: a transaction.
        now: UTC.
    """
    return await forget_answers_before(db, now - KEPT)


async def _find(db: WriteConnection, principal_id: UUID, key_digest: bytes, request_digest: bytes) -> KeptRecord | None:
    row = await find_answer(db, principal_id, key_digest)
    if row is not None and row["request_digest"] != request_digest:
        raise KeyReusedError("This Idempotency-Key was used with another body. Use a new key for a new request.")
    return row


def _opened(kept: KeptRecord, keys: KeyRing) -> Answer:
    place = _place(kept["principal_id"], kept["key_digest"])
    body = unseal(keys.unwrap(kept["wrapped_key"]), kept["body"], bound_to=place)
    return Answer(status=kept["status"], body=body, headers=kept["headers"])


def _key_of(request: Request) -> str | None:
    header = request.headers.get("idempotency-key")
    if header is None:
        return None
    match = _KEY.fullmatch(header.strip())
    if match is None:
        fault = Fault(
            "header", "Idempotency-Key", "invalid_key", "Must be 1 to 255 visible ASCII characters in double quotes"
        )
        raise BadRequestError(
            "The Idempotency-Key is malformed. Send 1 to 255 visible ASCII characters in double quotes.",
            faults=(fault,),
        )
    return match[1] or match[2]


def _place(principal_id: UUID, key_digest: bytes) -> str:
    return f"kept_answers/{principal_id}/{key_digest.hex()}"
