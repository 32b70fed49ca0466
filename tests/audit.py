"""Known vulnerabilities in what we build on, for `make lint`: found ones fail; lists that cannot be reached are said."""

import json
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
AUDITS = {
    "pip-audit": [str(BIN / "pip-audit"), "-r", "requirements.lock", "--require-hashes", "--disable-pip", "-f", "json",
                  "--progress-spinner", "off", "--timeout", "5"],
    "npm audit": ["npm", "audit", "--json", "--fetch-retries=0", "--fetch-timeout=5000"],
}  # fmt: skip


def find_vulnerable(report: dict) -> list[str]:
    """The packages that a report of pip-audit or npm audit names. Raises KeyError for a report that is none."""
    if "dependencies" in report:
        if any("skip_reason" in each for each in report["dependencies"]):
            raise KeyError("a list that does not know what we build on says nothing of it")
        return [each["name"] for each in report["dependencies"] if each.get("vulns")]
    return list(report["vulnerabilities"])


def main() -> int:
    worst = 0
    for name, command in AUDITS.items():
        try:
            ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
            found = find_vulnerable(json.loads(ran.stdout))
        except (ValueError, KeyError, subprocess.TimeoutExpired):
            sys.stdout.write(f"{name}: the list of vulnerabilities cannot be reached; not looked at\n")
            continue
        if found:
            sys.stdout.write(f"{name}: vulnerable: {', '.join(found)}\n")
            worst = 1
    return worst


if __name__ == "__main__":
    sys.exit(main())
