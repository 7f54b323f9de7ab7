"""Audits the reference server with one fault switched on, and compares the verdicts with the green ones."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from conformance.reference import FAULTS, ReferenceServer

REPOSITORY = Path(__file__).parent.parent


@dataclass(frozen=True)
class Proof:
    """What one fault did. `tripped` turned fail or warn, `silenced` could no longer be judged."""

    fault: str
    expected: list[str]
    tripped: list[str]
    expected_silenced: list[str]
    silenced: list[str]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether exactly the declared requirements changed."""
        return self.expected == self.tripped and self.expected_silenced in (self.silenced, ["*"])

    def as_json(self) -> dict[str, object]:
        """The entry of proof.json."""
        return {**asdict(self), "holds": self.holds}


def audit(server: ReferenceServer, *options: str) -> dict[str, dict[str, object]]:
    """Results of an audit in a process of its own, which signs in and approves, the requirements by id."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", f"--target-url={server.url}", "--report-dir", folder, "-q", "-q"]
        command += ["--patience=2", "-p", "no:cacheprovider", "-W", "error", *options]
        command += [f"--consent-field=username={server.username}", f"--consent-field=password={server.password}"]
        finished = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
        results = Path(folder, "results.json")
        if not results.exists():
            raise AssertionError(f"the audit wrote no results:\n{finished.stdout}\n{finished.stderr}")
        document = json.loads(results.read_text())
    errors = [one for one in document["checks"] if one["verdict"] == "error"]
    assert not errors, errors
    return {one["id"]: one for one in document["requirements"]}


@cache
def green() -> dict[str, str]:
    """Verdicts of the reference server without fault, of the requirements that are decided there."""
    with ReferenceServer(consent="form") as server:
        verdicts = {name: str(one["verdict"]) for name, one in audit(server).items()}
    return {name: verdict for name, verdict in verdicts.items() if verdict != "not-judged"}


def prove(name: str) -> Proof:
    """Audit the reference server with a fault and say which verdicts changed."""
    started = time.monotonic()
    with ReferenceServer(fault=name, consent="form") as server:
        verdicts = {one: str(row["verdict"]) for one, row in audit(server).items()}
    changed = {one: verdicts[one] for one, verdict in green().items() if verdicts[one] != verdict}
    tripped = sorted(one for one, verdict in changed.items() if verdict in ("fail", "warn"))
    silenced = sorted(changed.keys() - set(tripped))
    fault = FAULTS[name]
    return Proof(
        name,
        sorted(fault.trips),
        tripped,
        sorted(fault.silences),
        silenced,
        round(time.monotonic() - started, 2),
    )
