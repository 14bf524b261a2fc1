"""Looking up the pinned packages in a database of known vulnerabilities: `./dev audit`.

pip-audit ends with the same status where it found something and where it could not look, and has been seen to report
nothing found where it looked up nothing. So its answer counts only if it names every package, none of them skipped.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
PINNED: Final = "requirements/dev.txt"
"""All that is pinned: it contains the run-time set."""

FOUND: Final = 1
COULD_NOT_LOOK: Final = 3
"""As `safe-return` and `./dev` end with for a problem of the machine."""


def audit(*arguments: str) -> int:
    """Return the exit status: 0 where nothing is known, `FOUND`, or `COULD_NOT_LOOK`.

    Args:
        arguments: for pip-audit, such as `--osv-url` of a mirror or `--ignore-vuln`.
    """
    command = [sys.executable, "-m", "pip_audit", "--strict", "--disable-pip", "--vulnerability-service", "osv"]
    command += ["--requirement", PINNED, "--format", "json", "--progress-spinner", "off", *arguments]
    answer = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    packages = _packages(answer.stdout)
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    if not packages or skipped:
        reason = f"skipped: {', '.join(skipped)}" if skipped else (answer.stderr.splitlines() or ["no reason"])[-1]
        sys.stderr.write(
            f"Nothing was audited: the vulnerability database could not be asked ({reason}).\n"
            "It needs a network: run it where api.osv.dev can be reached, or name a mirror with --osv-url.\n"
        )
        return COULD_NOT_LOOK
    faults = [(one, fault) for one in packages for fault in one["vulns"]]
    for one, fault in faults:
        mended = f"mended in {', '.join(fault['fix_versions'])}" if fault["fix_versions"] else "not mended yet"
        names = " ".join(sorted({fault["id"], *fault["aliases"]}))
        sys.stdout.write(f"{one['name']} {one['version']}: {names}, {mended}\n")
    sys.stdout.write(f"{len(packages)} packages were looked up, {len(faults)} known vulnerabilities.\n")
    return FOUND if faults else 0


def _packages(answer: str) -> list[dict[str, Any]]:
    """Return what pip-audit says of each package; nothing where it said nothing."""
    try:
        found: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        return []
    return found


if __name__ == "__main__":
    sys.exit(audit(*sys.argv[1:]))
