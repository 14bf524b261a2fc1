"""The URL of a database in the words of libpq, as `pg_dump` takes it too (ADR 36).

Source: PostgreSQL 18, "Connection URIs" and "Parameter Key Words". The driver reads the words; what it would not
understand, or not mention, is refused here.
"""

import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from service.db.failures import InsecureError, broken_pool, failure_of
from service.errors import ServiceError

_MALFORMED: Final = "The database URL must look like postgresql://role:password@host/name: correct it."
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^:\[\]]*)(:[0-9]{1,5})?")
_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_FILES: Final = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_TAKEN: Final = frozenset(
    {
        *("host", "port", "dbname", "user", "password", "passfile", "target_session_attrs"),
        *("sslmode", *_FILES, "sslpassword", "sslnegotiation"),
        *("ssl_min_protocol_version", "ssl_max_protocol_version", "application_name", "options"),
    }
)
_SET_ASIDE: Final = frozenset(
    {
        *("connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
        *("tcp_user_timeout", "gssencmode", "fallback_application_name", "sslcompression", "sslsni"),
    }
)
"""What the service decides itself, or does without."""


class AddressError(ValueError):
    """The URL of the database cannot be used. The message is one sentence without the URL's values."""


def address_of(url: str) -> Mapping[str, Any]:
    """Return what `asyncpg.connect` is told for a URL.

    Raises:
        AddressError: it is malformed, has an unknown parameter, or names a file that cannot be used.
    """
    parts, given = _read(url)
    if unknown := sorted(given.keys() - _TAKEN - _SET_ASIDE):
        named = ", ".join(name for name in unknown if name.isidentifier())
        raise AddressError(f"The database URL has an unknown parameter: remove or correct {named or 'it'}.")
    kept = {name: value for name, value in given.items() if name in _TAKEN}
    context = _check_tls(kept)
    if context is not None:
        kept = {name: value for name, value in kept.items() if not name.startswith("ssl")}
    address: dict[str, Any] = {"dsn": parts._replace(query=urlencode(kept)).geturl()}
    return address if context is None else {**address, "ssl": context}


def place_of(url: str) -> str:
    """Return the name and host of a database, without its password."""
    parts, given = _read(url)
    user, _, hosts = parts.netloc.rpartition("@")
    name = unquote(parts.path[1:]) or given.get("dbname") or user.partition(":")[0]
    return f"{name} at {hosts or given.get('host') or 'localhost'}"


def engine_at(url: str) -> AsyncEngine:
    """Return an engine for the migrations and the rights, which connects with the same words."""
    address = address_of(url)
    return create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(**address), hide_parameters=True
    )


def failure_to_connect(error: Exception, address: Mapping[str, Any]) -> ServiceError:
    """Return the error of ours for a connection that could not be opened.

    Args:
        error: as raised by the driver.
        address: what it was told.
    """
    words = _words_of(error, own="sslcert=" in address.get("dsn", ""))
    if words is not None:
        return InsecureError(words)
    return failure_of(error) if isinstance(error, asyncpg.PostgresError) else broken_pool()


def _words_of(error: Exception, *, own: bool) -> str | None:
    """Return what is wrong with TLS where a connection failed for it: one sentence that names the parameter."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of the database's server is not accepted ({error.verify_message.rstrip('.')}): correct "
            "sslrootcert or the host in the database URL, or the server's certificate."
        )
    if isinstance(error, ssl.SSLError):
        reason = str(error.reason or "TLS").replace("_", " ").lower()
        return f"TLS with the database failed ({reason}): correct sslcert, sslkey or sslmode in the database URL."
    if own and isinstance(error, asyncpg.ConnectionDoesNotExistError | ConnectionResetError | BrokenPipeError):
        return "The database ended the connection at once: correct the certificate in sslcert, or who it accepts."
    if type(error) is ConnectionError:  # what the driver says where the server answers that it has no TLS
        return "The database does not speak TLS, which sslmode in its URL demands: turn it on there (ssl = on)."
    if isinstance(error, asyncpg.exceptions.ClientConfigurationError):
        return "The database URL demands a verified certificate: name the file of its authority in sslrootcert."
    return None


def _read(url: str) -> tuple[SplitResult, dict[str, str]]:
    """Return the parts of a URL and its parameters."""
    try:
        parts = urlsplit(url)
        given = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query), keep_blank_values=True))
    except ValueError:
        raise AddressError(_MALFORMED) from None
    hosts = parts.netloc.rpartition("@")[2].split(",")
    if parts.scheme not in {"postgresql", "postgres"} or not all(_HOST.fullmatch(host) for host in hosts):
        raise AddressError(_MALFORMED)
    return parts, given


def _check_tls(given: Mapping[str, str]) -> ssl.SSLContext | None:
    """Return the context for the authorities of this system, where those are wanted; check every named file."""
    if given.get("sslmode", "prefer") not in _MODES:
        raise AddressError(f"Unknown sslmode in the database URL: use one of {', '.join(_MODES)}.")
    of_system = given.get("sslrootcert") == "system"
    for name in _FILES:
        if name in given and not (of_system and name == "sslrootcert"):
            _check_file(name, given[name])
    if "sslrootcert" in given and not of_system:
        _check_certificates(given["sslrootcert"])
    context = ssl.create_default_context() if of_system else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if "sslcert" in given:
        _load_own(context, given)
    return context if of_system else None


def _check_file(name: str, path: str) -> None:
    try:
        Path(path).read_bytes()
    except OSError as error:
        raise AddressError(f"{name} in the database URL cannot be read ({error.strerror}): correct its path.") from None


def _check_certificates(path: str) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise AddressError("sslrootcert in the database URL holds no certificate: name a PEM file.") from None


def _load_own(context: ssl.SSLContext, given: Mapping[str, str]) -> None:
    try:
        context.load_cert_chain(given["sslcert"], given.get("sslkey"), lambda: given.get("sslpassword", ""))
    except (ssl.SSLError, OSError):
        raise AddressError(
            "sslcert and sslkey in the database URL are not a certificate and its key: correct them."
        ) from None
