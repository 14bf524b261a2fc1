"""The settings: variables that begin with SAFE_RETURN_. Read once at the entry point and passed on, never global."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LARGEST_BODY: Final = 512 * 1024
"""Bytes: 500 people on one list, or the longest texts, also from a client that escapes every character."""

PROJECT: Final = Path(__file__).resolve().parent.parent


PREFIX: Final = r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,59}){0,5}"
"""What a proxy puts before every path of the register."""

Network = IPv4Network | IPv6Network


def _split(value: object) -> object:
    """Return the parts of a list with commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class Counting(BaseSettings):
    """Where the workers of one service count together: prometheus-client's own variable, which `serve` sets."""

    model_config = SettingsConfigDict(env_prefix="PROMETHEUS_", frozen=True, extra="ignore")

    multiproc_dir: Path | None = Field(default=None, description="Their folder. Unset: a process counts for itself.")


class Supervised(BaseSettings):
    """By whom the service was started: the variable of sd_notify(3)."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_", frozen=True, extra="ignore")

    socket: str = Field(default="", description="Where systemd waits to be told. Empty: nobody waits.")


class Settings(BaseSettings):
    """The settings of a running service."""

    model_config = SettingsConfigDict(env_prefix="SAFE_RETURN_", frozen=True, extra="ignore")

    database_url: SecretStr | None = Field(
        default=None, description="postgresql://... of the run-time role. Unset: the embedded PostgreSQL is used."
    )
    owner_url: SecretStr | None = Field(
        default=None, description="postgresql://... of the role that owns the tables and migrates. Unset: DATABASE_URL."
    )
    embedded: bool = Field(default=True, description="Whether an embedded PostgreSQL may be started.")
    var: Path = Field(default=PROJECT / "var", description="Folder for the key file and the embedded database.")
    key_file: Path | None = Field(default=None, description="File with the key-encryption keys. Unset: VAR/key.")
    mark_file: Path | None = Field(
        default=None, description="File with the high-water mark of the register. Unset: KEY_FILE.mark."
    )
    keys: SecretStr | None = Field(default=None, description="The content of a key file, instead of a file.")
    wal_archive: Path | None = Field(
        default=None, description="Folder to which the embedded PostgreSQL copies its log. Unset: it keeps no copy."
    )
    postgres_bin: Path | None = Field(default=None, description="Folder with the initdb and postgres to use.")
    postgres_user: str | None = Field(default=None, description="User that PostgreSQL runs as when started by root.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)] = Field(
        default=("127.0.0.1", "::1"),
        validate_default=True,
        description="Addresses or networks of proxies whose X-Forwarded-... headers are believed, with commas.",
    )
    path_prefix: str = Field(
        default="",
        pattern=rf"^{PREFIX}$",
        description="Path under which a proxy serves the register.",
    )
    workers: int = Field(default=1, ge=1, le=64, description="Worker processes.")
    pool_size: int = Field(default=8, ge=1, le=200, description="Database connections of one worker.")
    statement_cache_size: int = Field(
        default=512, ge=0, description="Prepared statements kept for a connection; 0 behind a transaction pooler."
    )
    write_timeout_s: float = Field(
        default=10.0, gt=0, le=10, description="Longest time for a write transaction, seconds."
    )
    requests_at_once: int | None = Field(
        default=None, ge=1, description="Most requests one worker has in hand; others wait. Unset: 8 a connection."
    )
    body_limit_bytes: int = Field(default=LARGEST_BODY, ge=1024, description="Largest request body, bytes.")
    body_timeout_s: float = Field(default=15.0, gt=0, description="Longest time for a request body to arrive, seconds.")
    requests_of_one: int | None = Field(
        default=None, ge=1, description="Most of these that one principal has in hand; then 429. Unset: a quarter."
    )
    refused_limit: int = Field(
        default=3000, ge=1, description="Calls of one principal refused by a worker within an hour; then 429."
    )
    kept_limit_bytes: int = Field(
        default=64 * 1024 * 1024, ge=1024, description="Answers a worker keeps for one principal within an hour, bytes."
    )
    session_idle_s: int = Field(default=1800, ge=60, description="Idle time after which a session ends, seconds.")
    session_absolute_s: int = Field(default=43200, ge=300, description="Age at which a session ends, seconds.")
    search_limit: int = Field(
        default=60,
        ge=1,
        le=1_000_000,
        description="Searches per principal within five minutes before they are slowed.",
    )
    fold_every_s: float = Field(
        default=5.0, gt=0, description="Pause between foldings of the ledger's settled days, seconds."
    )
    tidy_every_s: float = Field(default=600.0, gt=0, description="Pause between deletions of outdated rows, seconds.")
    traces_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Where OpenTelemetry spans go, by OTLP over HTTP. Unset: nowhere.",
    )
    log_level: str = Field(default="info", description="debug, info, warning or error.")

    @property
    def most_at_once(self) -> int:
        """Requests one worker has in hand at most. At 0.3 s each the last of them waits 2.4 s for a connection."""
        return self.requests_at_once or 8 * self.pool_size

    @property
    def share_of_one(self) -> int:
        """Requests that one principal has in hand at most: the others always have places left."""
        return self.requests_of_one or max(1, self.most_at_once // 4)

    @property
    def key_path(self) -> Path:
        """The path of the key file in use."""
        return self.key_file or self.var / "key"

    @property
    def mark_path(self) -> Path:
        """The path of the file with the high-water mark."""
        return self.mark_file or self.key_path.with_name(f"{self.key_path.name}.mark")
