"""The unit for systemd: what the service may do, held against systemd's own reading where there is one."""

import re
import shutil
from pathlib import Path

import pytest

from tests.packaging.test_packaging import UNIT, run


def test_the_unit_gives_the_service_no_more_than_it_needs() -> None:
    lines = UNIT.read_text().splitlines()
    wanted = [
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "CapabilityBoundingSet=",
        "DynamicUser=yes",
    ]
    wanted += ["Type=notify", "ExecReload=/bin/kill -HUP $MAINPID", "StateDirectory=safe-return"]

    assert [line for line in wanted if line not in lines] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd on this machine")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "safe-return.service"
    here = UNIT.read_text().replace("/opt/safe-return/.venv/bin/python", "/bin/true")
    unit.write_text(re.sub(r"(?m)^Documentation=.*\n", "", here))

    answer = run("systemd-analyze", "verify", "--man=no", unit)

    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")
