"""The bill of materials and the look-up of known vulnerabilities, against the requirement files and a database."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.packaging import advisories
from tests.packaging.test_packaging import DEV, ROOT, entries, pins

KNOWN = {"id": "GHSA-0000-0000-0000", "aliases": ["CVE-2026-0001"], "affected": [], "summary": "An invented one."}


class Advisories(BaseHTTPRequestHandler):
    """Answers like OSV; knows of one vulnerability, of one package."""

    faulty = ""
    asked: list[str]

    def do_POST(self) -> None:
        told: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = told["package"]["name"]
        self.asked.append(name)
        body = json.dumps({"vulns": [KNOWN]} if name == self.faulty else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def database() -> Iterator[tuple[type[Advisories], str]]:
    handler = type("Known", (Advisories,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield handler, f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    server.server_close()


def test_every_package_that_is_installed_here_is_looked_up(
    database: tuple[type[Advisories], str], capsys: pytest.CaptureFixture[str]
) -> None:
    handler, url = database
    here = {line.split("==")[0] for line in entries("dev.txt") if ";" not in line.split("--hash")[0]}
    assert advisories.audit("--osv-url", url) == 0
    assert here <= set(handler.asked)
    assert f"{len(handler.asked)} packages were looked up, 0 known vulnerabilities" in capsys.readouterr().out


def test_a_known_vulnerability_is_named(
    database: tuple[type[Advisories], str], capsys: pytest.CaptureFixture[str]
) -> None:
    handler, url = database
    handler.faulty = "asyncpg"
    assert advisories.audit("--osv-url", url) == advisories.FOUND
    version = pins(entries("runtime.txt"))["asyncpg"]
    assert f"asyncpg {version}: CVE-2026-0001 GHSA-0000-0000-0000, not mended yet\n" in capsys.readouterr().out


def test_without_a_network_nothing_passes_for_audited(capsys: pytest.CaptureFixture[str]) -> None:
    nobody = "http://127.0.0.1:9/v1/query"
    assert advisories.audit("--osv-url", nobody) == advisories.COULD_NOT_LOOK
    said = capsys.readouterr()
    assert said.out == ""
    assert "Nothing was audited" in said.err
    assert "needs a network" in said.err


def test_an_answer_that_skips_a_package_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "no answer"}]}
    answer = subprocess.CompletedProcess([], 0, json.dumps(told), "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    assert advisories.audit() == advisories.COULD_NOT_LOOK
    assert "skipped: b" in capsys.readouterr().err


def test_the_bill_of_materials_names_what_is_pinned_with_its_hashes() -> None:
    made = bill("runtime.txt")
    assert {one["name"]: one["version"] for one in made["components"]} == pins(entries("runtime.txt"))
    assert all(one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}" for one in made["components"])
    assert all(one["externalReferences"][0]["hashes"] for one in made["components"])
    assert (made["bomFormat"], made["metadata"]["component"]["name"]) == ("CycloneDX", "safe-return")
    assert "timestamp" not in made["metadata"]
    assert "serialNumber" not in made


def bill(name: str) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", "--pyproject", "pyproject.toml"]
    command += ["--output-reproducible", f"requirements/{name}"]
    written = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=120)
    assert written.stderr == b""
    found: dict[str, Any] = json.loads(written.stdout)
    return found


def test_dev_runs_what_is_tested_here() -> None:
    text = DEV.read_text()
    assert "-W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible" in text
    assert "-m tests.packaging.advisories" in text
