"""What a stranger gets: the commands, the requirement files, the image, the installation with compose."""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "dev"
UNIT = ROOT / "deploy" / "safe-return.service"
SCRIPTS = Path(sysconfig.get_path("scripts"))
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
ADDRESS = re.compile(r"https?://(?!127\.0\.0\.1[:/])\S*")
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)")
LACKING = 3


def run(
    *command: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# --- requirement files


def pins(lines: list[str]) -> dict[str, str]:
    found = {}
    for line in lines:
        match = PINNED.match(line)
        assert match is not None, f"not pinned to one version: {line}"
        found[re.sub(r"[-_.]+", "-", match["name"]).lower()] = match["version"]
    return found


def entries(name: str) -> list[str]:
    text = (ROOT / "requirements" / name).read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def declared(*groups: str) -> dict[str, str]:
    sets = PYPROJECT["dependency-groups"] | PYPROJECT["project"]["optional-dependencies"]
    lists = [PYPROJECT["project"]["dependencies"], *(sets[group] for group in groups)]
    return pins([line for lines in lists for line in lines])


@pytest.mark.parametrize(
    ("name", "groups"), [("runtime.txt", ["build"]), ("traces.txt", ["build", "traces"]), ("dev.txt", ["build", "dev"])]
)
def test_requirement_files_have_the_versions_of_pyproject(name: str, groups: list[str]) -> None:
    assert declared(*groups).items() <= pins(entries(name)).items()


def test_the_runtime_file_has_no_development_tools() -> None:
    only_dev = declared("build", "dev").keys() - declared("build").keys()

    assert not only_dev & pins(entries("runtime.txt")).keys()


def test_the_files_contain_one_another() -> None:
    runtime, traces, dev = (pins(entries(f"{name}.txt")).items() for name in ("runtime", "traces", "dev"))
    assert runtime <= traces <= dev


def test_the_package_is_built_with_the_pinned_setuptools() -> None:
    assert pins(PYPROJECT["build-system"]["requires"]) == pins(PYPROJECT["dependency-groups"]["build"])


@pytest.mark.parametrize("name", ["runtime.txt", "traces.txt", "dev.txt"])
def test_every_requirement_has_a_hash(name: str) -> None:
    assert [line for line in entries(name) if not re.search(r" --hash=sha256:[0-9a-f]{64}\b", line)] == []


def test_no_file_of_the_set_up_names_an_address() -> None:
    files = [*(ROOT / "requirements").iterdir(), *(ROOT / ".ci").iterdir()]
    files += [ROOT / name for name in ("pyproject.toml", "Dockerfile", "dev")]

    assert "resolved" not in (ROOT / "openapi" / "lint" / "package-lock.json").read_text()
    assert {file.name: ADDRESS.findall(file.read_text()) for file in files} == {file.name: [] for file in files}


# --- ./dev and .ci/run


@pytest.mark.parametrize(("script", "shell"), [(DEV, "sh"), (ROOT / ".ci" / "run", "bash")])
def test_scripts_are_executable_and_sound(script: Path, shell: str) -> None:
    assert os.access(script, os.X_OK)
    assert run(shell, "-n", script).stderr == ""


def test_ci_runs_what_a_developer_runs() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()

    assert lines[-1].startswith("exec ./dev test")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what ./dev needs, in a folder with a space in its name, with no environment."""
    folder = tmp_path / "some folder"
    folder.mkdir()
    shutil.copy2(DEV, folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH with the tools ./dev uses, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("cat", "cmp", "readlink"):
        (folder / tool).symlink_to(shutil.which(tool) or pytest.fail(f"{tool} is missing"))
    return folder


def program(file: Path, script: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def made(project: Path, name: str) -> None:
    """Lay down what ./dev leaves behind, around a Python that only prints its arguments."""
    python = program(project / ".venv" / "bin" / "python", 'printf "%s\\n" "$@"')
    stamp = project / ".venv" / "made"
    stamp.mkdir()
    (stamp / "place").write_text(f"{project}\n{python}\n\n")
    shutil.copy(project / "requirements" / name, stamp)


def dev(project: Path, path: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return run(project / "dev", *words, env={"PATH": str(path)}, cwd=cwd or project)


def test_dev_alone_says_how_it_is_used(project: Path, path: Path) -> None:
    answer = dev(project, path)

    assert (answer.returncode, answer.stdout[:6]) == (0, "Usage:")
    assert not (project / ".venv").exists()


def test_dev_without_python_says_so(project: Path, path: Path) -> None:
    answer = dev(project, path, "serve")

    assert answer.returncode == LACKING
    assert "needs Python 3.11 or newer with venv. There is no Python on the PATH." in answer.stderr


def test_dev_with_an_old_python_says_so(project: Path, path: Path) -> None:
    program(path / "python3", "echo python 3 9 able /usr/bin/python3")

    answer = dev(project, path, "serve")

    assert answer.returncode == LACKING
    assert "needs Python 3.11 or newer with venv. python3 is 3.9." in answer.stderr
    assert "apt-get install python3 python3-venv" in answer.stderr


def test_dev_with_a_python_without_venv_names_the_package(project: Path, path: Path) -> None:
    program(path / "python3.13", "echo 'python3.13: command not found' >&2; exit 127")
    program(path / "python3.12", "echo python 3 12 unable /usr/bin/python3.12")

    answer = dev(project, path, "serve")

    assert answer.returncode == LACKING
    assert "apt-get install python3.12-venv\n" in answer.stderr


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        (["serve", "--port", "1"], ["serve", "--demo", "--port", "1"]),
        (["user", "password", "a b"], ["user", "password", "a b"]),
    ],
)
def test_dev_passes_words_on_without_making_anything(
    project: Path, path: Path, tmp_path: Path, words: list[str], arguments: list[str]
) -> None:
    made(project, "runtime.txt")
    link = tmp_path / "linked"
    link.symlink_to(project)

    answer = dev(link, path, *words, cwd=tmp_path)

    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.splitlines() == ["-P", "-m", "service", *arguments]


def test_dev_does_not_use_an_environment_for_other_requirements(project: Path, path: Path) -> None:
    made(project, "runtime.txt")
    with (project / "requirements" / "runtime.txt").open("a") as file:
        file.write("# changed\n")

    assert dev(project, path, "serve").returncode == LACKING


def test_dev_does_not_use_an_environment_that_was_moved(project: Path, path: Path) -> None:
    made(project, "runtime.txt")
    moved = project.rename(project.with_name("elsewhere"))

    assert dev(moved, path, "serve").returncode == LACKING


def test_dev_does_not_test_with_the_runtime_set_alone(project: Path, path: Path) -> None:
    made(project, "runtime.txt")

    assert dev(project, path, "test").returncode == LACKING


# --- the image


def dockerfile() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text()
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in kept.splitlines() if line.strip()]
    return [(word, " ".join(rest.split())) for word, rest in lines]


def last_stage() -> dict[str, str]:
    instructions = dockerfile()
    begin = max(index for index, (word, _) in enumerate(instructions) if word == "FROM")
    return dict(instructions[begin:])


def test_the_dockerfile_passes_hadolint() -> None:
    answer = run(SCRIPTS / "hadolint", "--ignore", "DL3008", ROOT / "Dockerfile")

    assert (answer.returncode, answer.stdout) == (0, "")


def test_the_image_is_made_in_two_stages_on_debian() -> None:
    instructions = dockerfile()

    assert instructions[0] == ("ARG", "BASE=debian:trixie-slim")
    assert [rest for word, rest in instructions if word == "FROM"] == ["${BASE} AS build", "${BASE}"]


def test_the_image_runs_as_an_ordinary_user() -> None:
    stage = last_stage()

    assert stage["USER"] == "10001:10001"
    assert list(stage).index("USER") < list(stage).index("CMD")


def test_the_image_starts_and_checks_itself_without_a_shell() -> None:
    stage = last_stage()
    check = json.loads(stage["HEALTHCHECK"].split(" CMD ", maxsplit=1)[1])

    assert " ".join(json.loads(stage["CMD"])) == "safe-return serve --host 0.0.0.0 --port 8000"
    assert "http://127.0.0.1:8000/health/ready" in check[-1]
    assert stage["STOPSIGNAL"] == "SIGTERM"


def test_the_image_installs_only_what_has_a_known_hash() -> None:
    installs = [rest for word, rest in dockerfile() if word == "RUN" and "pip install" in rest]

    assert [("--require-hashes" in rest, "--no-index" in rest) for rest in installs] == [
        (True, False),
        (False, True),
    ]


def test_the_image_holds_no_secret() -> None:
    named = [name for word, rest in dockerfile() if word in {"ENV", "ARG"} for name in re.findall(r"(\w+)=", rest)]

    assert named
    assert [name for name in named if re.search("PASSWORD|SECRET|TOKEN|KEY|URL", name)] == []


def is_sent_to_the_builder(file: str) -> bool:
    """Whether .dockerignore lets a file through: the last line that fits it or a folder above it decides."""
    parts = file.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    sent = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        shapes = [pattern, pattern.removeprefix("**/")]
        if any(fnmatch.fnmatchcase(place, shape) for place in above for shape in shapes):
            sent = line.startswith("!")
    return sent


@pytest.mark.parametrize(
    "file",
    [
        ".git/config",
        "var/key",
        ".venv/bin/python",
        "tests/test_a.py",
        "openapi/lint/package-lock.json",
        ".env",
        "service/.env",
        "service/a.key",
    ],
)
def test_what_is_no_part_of_the_image_stays_outside(file: str) -> None:
    assert not is_sent_to_the_builder(file)


@pytest.mark.parametrize(
    "file",
    ["service/settings.py", "migrations/env.py", "requirements/runtime.txt", "pyproject.toml", "README.md"],
)
def test_what_the_image_is_made_of_goes_in(file: str) -> None:
    assert is_sent_to_the_builder(file)


# --- compose


def test_compose_starts_the_service_after_the_database_and_the_migrations() -> None:
    services = COMPOSE["services"]

    assert services["migrate"]["command"] == ["safe-return", "migrate"]
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services["api"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


@pytest.mark.parametrize("name", ["api", "migrate"])
def test_compose_gives_the_service_no_more_than_it_needs(name: str) -> None:
    service = COMPOSE["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [re.sub(":.*", "", mount).split("/") for mount in service["tmpfs"]] == [["", "tmp"]]
    assert "privileged" not in service


def test_only_the_migrations_know_the_owner() -> None:
    services = COMPOSE["services"]

    assert "safe_return_owner" in services["migrate"]["environment"]["SAFE_RETURN_OWNER_URL"]
    assert "OWNER" not in json.dumps(services["api"]["environment"])


def test_compose_listens_on_this_machine_alone() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]

    assert ports == ["127.0.0.1:8000:8000"]


def test_compose_refuses_to_start_without_passwords() -> None:
    text = (ROOT / "compose.yaml").read_text()
    variables = re.findall(r"(?<!\$)\$\{?(\w+)([^}\s]*)", text)

    assert {name for name, _ in variables} == {
        "SAFE_RETURN_POSTGRES_PASSWORD",
        "SAFE_RETURN_OWNER_PASSWORD",
        "SAFE_RETURN_API_PASSWORD",
    }
    assert {rest[:2] for _, rest in variables} == {":?"}


def test_the_set_up_names_only_settings_that_exist() -> None:
    services = COMPOSE["services"]
    named = {*services["api"]["environment"], *services["migrate"]["environment"]}
    named |= set(re.findall(r"(SAFE_RETURN_\w+)=", last_stage()["ENV"] + UNIT.read_text()))

    assert named <= {f"SAFE_RETURN_{name.upper()}" for name in Settings.model_fields}
