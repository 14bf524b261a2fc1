"""TLS to the database in the words of libpq: what is right connects, also `pg_dump`; what is wrong says so."""

import datetime
import gc
import ipaddress
import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.cli.failures import Status
from service.db.embedded import find_binaries
from service.db.embedded.account import choose_account
from tests.cli.commands import Here, free_port
from tests.db.embedded_clusters import alive, cluster_at, open_folder, require, until

OWNER = "safe_return_owner"
HBA = """
hostssl all safe_return_api 127.0.0.1/32 scram-sha-256 clientcert=verify-ca
hostssl all all 127.0.0.1/32 scram-sha-256
"""


def _account_in(url: str) -> tuple[str, str]:
    role, _, rest = url.removeprefix("postgresql://").partition(":")
    return role, rest.partition("@")[0]


class Authority:
    """An authority that signs certificates, in PEM files of one folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._signed(self._name, self._key.public_key(), x509.BasicConstraints(ca=True, path_length=0))
        self.file = self._write(name, own.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, *hosts: str) -> tuple[Path, Path]:
        """Return the files of a certificate for these addresses and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        of = x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address(host)) for host in hosts or ("192.0.2.1",)]
        )
        made = self._signed(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key.public_key(), of)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return self._write(f"{name}.crt", made.public_bytes(serialization.Encoding.PEM)), self._write(
            f"{name}.key", private
        )

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        builder = builder.serial_number(x509.random_serial_number()).add_extension(extension, critical=False)
        builder = builder.not_valid_before(now - datetime.timedelta(days=1))
        return builder.not_valid_after(now + datetime.timedelta(days=2)).sign(self._key, hashes.SHA256())

    def _write(self, name: str, content: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(content)
        path.chmod(0o600)
        return path


@dataclass(frozen=True)
class Secured:
    """A server that speaks TLS, and the files for it."""

    folder: Path
    port: int
    passwords: dict[str, str]
    authority: Path
    other: Path
    certificate: Path
    key: Path
    strange: tuple[Path, Path]

    def at(self, role: str = OWNER, /, **parameters: object) -> str:
        host = parameters.pop("host", "127.0.0.1")
        words = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://{role}:{self.passwords[role]}@{host}:{self.port}/safe_return?{words}"


@pytest.fixture(scope="module")
def secured() -> Iterator[Secured]:
    require("machine")  # the server of the package speaks no TLS
    folder = open_folder()
    cluster = cluster_at(folder / "pg", "machine")
    with cluster.running():
        passwords = dict(_account_in(cluster.url(role)) for role in ("owner", "api"))
        cluster_binaries = find_binaries(source="machine").folder
    files = folder / "files"
    files.mkdir()
    authority, other = Authority(files, "authority"), Authority(files, "other")
    certificate, key = authority.issue("server", "127.0.0.1")
    own = authority.issue("safe_return_api")
    data = folder / "pg" / "data"
    account = choose_account(None, data)
    for source, name in ((certificate, "server.crt"), (key, "server.key"), (authority.file, "root.crt")):
        shutil.copy(source, data / name)
        os.chown(data / name, account.uid, account.gid)
        (data / name).chmod(0o600)
    (data / "pg_hba.conf").write_text(HBA)
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1,127.0.0.2", "port": str(port), "unix_socket_directories": "", "fsync": "off",
        "ssl": "on", "ssl_ca_file": "root.crt", "shared_buffers": "16MB", "max_connections": "20",
    }  # fmt: skip
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = account.spawn([str(cluster_binaries / "postgres"), "-D", str(data), *options], data, log)
    try:
        until(lambda: b"ready to accept" in (folder / "log").read_bytes() or not alive(server.pid))
        assert alive(server.pid), (folder / "log").read_text()
        yield Secured(folder, port, passwords, authority.file, other.file, *own, other.issue("stranger"))
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
    assert not alive(server.pid)


def ask(here: Here, url: str) -> str:
    """Return what a command says of a URL; the database is empty, so a connection ends at the schema."""
    here.patch.setenv("SAFE_RETURN_DATABASE_URL", url)
    here.patch.setenv("SAFE_RETURN_OWNER_URL", url)
    with warnings.catch_warnings():
        # asyncpg leaves the transport of a handshake that failed to the garbage collector
        warnings.simplefilter("ignore", ResourceWarning)
        ran = here("user", "list")
        gc.collect()
    assert ran.status == Status.ENVIRONMENT
    assert len(ran.err.splitlines()) == 1
    assert str(url.partition(":")[2].partition(":")[2].partition("@")[0]) not in ran.err
    return ran.err


CONNECTED = "has not been migrated yet"


def test_what_is_right_connects(here: Here, secured: Secured) -> None:
    verified: dict[str, object] = {"sslmode": "verify-full", "sslrootcert": secured.authority}
    own: dict[str, object] = {"sslcert": secured.certificate, "sslkey": secured.key}
    for url in (
        secured.at(sslmode="require"),
        secured.at(**verified),
        secured.at(host="127.0.0.2", sslmode="verify-ca", sslrootcert=secured.authority),
        secured.at("safe_return_api", **verified, **own),
        secured.at(**verified, connect_timeout=60, keepalives=1),
    ):
        assert CONNECTED in ask(here, url)


def test_what_is_wrong_says_so_in_one_line_that_names_the_parameter(here: Here, secured: Secured) -> None:
    verified: dict[str, object] = {"sslmode": "verify-full", "sslrootcert": secured.authority}
    strange: dict[str, object] = dict(zip(("sslcert", "sslkey"), secured.strange, strict=True))
    for url, said in (
        (secured.at(sslmode="verify-full", sslrootcert=secured.other), "sslrootcert"),
        (secured.at(sslmode="verify-full", sslrootcert="system"), "sslrootcert"),
        (secured.at(sslmode="verify-full"), "sslrootcert"),
        (secured.at(host="127.0.0.2", **verified), "host"),
        (secured.at("safe_return_api", **verified), "sslcert"),
        (secured.at("safe_return_api", **verified, **strange), "sslcert"),
        (secured.at(**verified, sslcert=secured.certificate, sslkey=secured.strange[1]), "sslkey"),
        (secured.at(sslmode="verify-full", sslrootcert=secured.key), "sslrootcert"),
        (secured.at(sslmode="verify-full", sslrootcert="/nowhere/root.crt"), "sslrootcert"),
        (secured.at(sslmode="yes"), "sslmode"),
        (secured.at(**verified, channel_bindings="require"), "channel_bindings"),
    ):
        assert said in ask(here, url), said
        assert CONNECTED not in ask(here, url), said


def test_pg_dump_takes_the_same_url_and_migrate_too(here: Here, secured: Secured) -> None:
    url = secured.at(sslmode="verify-full", sslrootcert=secured.authority)
    here.patch.setenv("SAFE_RETURN_DATABASE_URL", url)
    here.patch.setenv("SAFE_RETURN_OWNER_URL", url)
    assert here("migrate").status == 0
    dump = shutil.which("pg_dump", path=str(find_binaries(source="machine").folder)) or shutil.which("pg_dump")
    assert dump is not None
    dumped = subprocess.run([dump, "--schema-only", url], capture_output=True, text=True, check=False)
    assert dumped.returncode == 0, dumped.stderr
    assert "CREATE TABLE public.cases" in dumped.stdout
