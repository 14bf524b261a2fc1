"""What a trusted proxy says of a request: from whom it comes, under which prefix, and how others call it (ADR 37).

Nobody else is believed: a header of these from any other address has no effect.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.settings import PREFIX, Network

_TRACE: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
"""Source: W3C Trace Context, section 3.2."""

_ID: Final = re.compile(r"(?=(?:[:._-]?[0-9A-Fa-f]){16})[0-9A-Fa-f]+(?:[:._-][0-9A-Fa-f]+)*")
"""Sixteen hexadecimal digits or more, such as a UUID or nginx's `$request_id`: no name, and longer than any number."""

_LONGEST_ID: Final = 128
_PORT: Final = re.compile(r"\[(.*)\](:[0-9]+)?|([0-9.]+):[0-9]+")
_READ: Final = frozenset(
    {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-prefix", b"traceparent", b"x-request-id"}
)


def prefix_of(request: Request) -> str:
    """Return the prefix of every address that is given out in the response to a request."""
    found: str = request.scope["state"].get("prefix", "")
    return found


class Proxies:
    """Puts what trusted proxies say into the scope, and the prefix into the addresses of responses."""

    def __init__(self, app: ASGIApp, *, trusted: Iterable[Network], prefix: str) -> None:
        """Wrap an application.

        Args:
            app: everything within.
            trusted: addresses of proxies.
            prefix: stands before every address; where it is empty, a trusted proxy may name one.
        """
        self._app = app
        self._prefix = prefix
        self._networks = tuple(trusted)
        self._known = lru_cache(1024)(self._look_at)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        prefix = self._prefix
        client = scope.get("client")
        if client:
            host, is_trusted = self._known(client[0])
            scope["client"] = (host, client[1])
            said = _said(scope["headers"]) if is_trusted else None
            if said:
                prefix = prefix or _prefix(said)
                self._believe(scope, said)
        if not prefix:
            await self._app(scope, receive, send)
            return
        state["prefix"] = prefix
        if scope["path"].startswith(f"{prefix}/"):
            scope["path"] = scope["path"].removeprefix(prefix)

        async def prefixed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [_prefixed(header, prefix.encode()) for header in message["headers"]]}
            await send(message)

        await self._app(scope, receive, prefixed)

    def _believe(self, scope: Scope, said: Mapping[bytes, str]) -> None:
        state: dict[str, Any] = scope["state"]
        scope["client"] = (self._caller(scope["client"][0], said.get(b"x-forwarded-for", "")), 0)
        if said.get(b"x-forwarded-proto") in {"http", "https"}:
            scope["scheme"] = said[b"x-forwarded-proto"]
        if _TRACE.fullmatch(said.get(b"traceparent", "")):
            state["trace"] = said[b"traceparent"]
        named = said.get(b"x-request-id", "")
        if len(named) <= _LONGEST_ID and _ID.fullmatch(named):
            state["proxy_request"] = named

    def _caller(self, peer: str, forwarded: str) -> str:
        """Return the last address that no trusted proxy has, or the first one if all are trusted."""
        found = peer
        for one in reversed(forwarded.split(",")):
            host = _without_port(one.strip())
            if _address(host) is None:
                break
            found, is_trusted = self._known(host)
            if not is_trusted:
                break
        return found

    def _look_at(self, host: str) -> tuple[str, bool]:
        """Return an address as it is written shortest, and whether it is a trusted proxy's."""
        address = _address(host)
        if address is None:
            return host, False
        return address.compressed, any(address in network for network in self._networks)


def _said(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str]:
    """Return the headers that are read here; of one that is repeated, all values."""
    found: dict[bytes, str] = {}
    for name, value in headers:
        if name in _READ:
            text = value.decode("latin-1").strip()
            found[name] = f"{found[name]},{text}" if name in found else text
    return found


def _prefix(said: Mapping[bytes, str]) -> str:
    given = said.get(b"x-forwarded-prefix", "").rstrip("/")
    return given if re.fullmatch(PREFIX, given) else ""


def _prefixed(header: tuple[bytes, bytes], prefix: bytes) -> tuple[bytes, bytes]:
    name, value = header
    if name == b"location" and value.startswith(b"/"):
        return name, prefix + value
    return (name, value.replace(b"</", b"<" + prefix + b"/")) if name == b"link" else header


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """Return an address, that of IPv4 where it is written within one of IPv6; None where it is none."""
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _without_port(host: str) -> str:
    found = _PORT.fullmatch(host)
    return host if found is None else found[1] or found[3]
