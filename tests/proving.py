"""Audits the reference server, each time in a process of its own."""

import gc
import importlib
import json
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conformance.data import CHECKS
from conformance.plugins import reporting
from conformance.redaction import Redactor
from conformance.reference import ReferenceServer
from conformance.reference.faults import Profile
from conformance.survey import Surveyor
from tests.auditing import environment, passed_on
from tests.forks import DidNotEnd, forked

REPOSITORY = Path(__file__).parent.parent
TIME_LIMIT = 120.0
"""Seconds after which an audit is ended."""

_VERDICTS = "verdicts.json"
_NOT_NEEDED = (
    "cacheprovider debugging doctest faulthandler junitxml legacypath logging pastebin recwarn setuponly setupplan skipping"
    " stepwise subtests threadexception tmpdir unittest unraisableexception warnings"
).split()
"""Plugins of pytest that an audit can do without, and that cost time at each check."""


def sign_in(server: ReferenceServer) -> Sequence[str]:
    """The options with which an audit signs in on the pages of the server, and has a token of another user."""
    fields = (f"--consent-field=username={server.username}", f"--consent-field=password={server.password}")
    return (*fields, f"--second-token={server.access_token_for('bob')}")


@dataclass(frozen=True)
class Deployment:
    """How the reference server is started and audited.

    `serve` makes the server with the fault of that name, or with none. `options` are those of the audit.
    `waits` shrinks the times that checks wait for: constants of `conformance.waits` and the seconds they are set
    to in the process of the audit. Checks must read them as `waits.NAME`, and `serve` must let codes and tokens
    of the server end in less. `lacks`: requirements that such a deployment cannot keep, or that cannot be judged
    there. `target` is the option that names what is audited.
    """

    serve: Callable[[str | None], ReferenceServer]
    options: Callable[[ReferenceServer], Sequence[str]] = sign_in
    waits: Mapping[str, float] = field(default_factory=dict[str, float])
    lacks: frozenset[str] = frozenset()
    target: Callable[[ReferenceServer], str] = "--target-url={0.url}".format


_OPEN_TO_ALL = frozenset({"security.local-access-restricted"})
PROFILES: Mapping[Profile, Deployment] = {
    "combined": Deployment(lambda fault: ReferenceServer(fault, consent="form"), waits={"CLOCK_LEEWAY": 1.0}),
    "strict": Deployment(
        lambda fault: ReferenceServer(fault, consent="form", profile="strict"),
        lacks=frozenset({"token.invalid-replay-does-not-revoke"}),
    ),
    "separate": Deployment(lambda fault: ReferenceServer(fault, consent="form", profile="separate")),
    "plain": Deployment(
        lambda fault: ReferenceServer(fault, consent="form", profile="plain"),
        lacks=frozenset({"server-metadata.available"}),
    ),
    "proxy": Deployment(lambda fault: ReferenceServer(fault, consent="form", profile="proxy")),
    "brief": Deployment(
        lambda fault: ReferenceServer(fault, consent="form", profile="brief"),
        lambda server: (*sign_in(server), "--patience=4"),
        {"CODE_AGE": 3.0},
    ),
    "tls": Deployment(
        lambda fault: ReferenceServer(fault, consent="form", profile="tls"),
        lambda server: (*sign_in(server), f"--ca-file={server.ca_file}"),
    ),
    "lazy": Deployment(
        lambda fault: ReferenceServer(fault, consent="form", profile="lazy"), waits={"CLOCK_LEEWAY": 1.0}
    ),
    "lists": Deployment(lambda fault: ReferenceServer(fault, consent="form", profile="lists")),
    "service": Deployment(lambda fault: ReferenceServer(fault, consent="form", profile="service")),
    "open": Deployment(lambda fault: ReferenceServer(fault, profile="open"), lambda _: (), lacks=_OPEN_TO_ALL),
    "sse": Deployment(
        lambda fault: ReferenceServer(fault, profile="sse"),
        lambda _: ("--transport=http+sse",),
        lacks=_OPEN_TO_ALL,
        target="--target-url={0.sse_url}".format,
    ),
    "stdio": Deployment(
        lambda fault: ReferenceServer(fault, profile="stdio"),
        lambda _: passed_on(),
        target="--target-command={0.command}".format,
    ),
    "modern": Deployment(lambda fault: ReferenceServer(fault, profile="modern"), lambda _: (), lacks=_OPEN_TO_ALL),
    "modern-stdio": Deployment(
        lambda fault: ReferenceServer(fault, profile="modern-stdio"),
        lambda _: passed_on(),
        waits={"IDLE": 3.0},
        target="--target-command={0.command}".format,
    ),
    "impatient": Deployment(
        lambda fault: ReferenceServer(fault, profile="impatient"),
        lambda _: ("--stress",),
        waits={"IDLE": 3.0},
        lacks=_OPEN_TO_ALL,
    ),
}


@dataclass(frozen=True, order=True)
class Trial:
    """What is audited and how; `folders` or files of conformance/checks are those whose checks are run."""

    revision: str
    profile: Profile
    options: tuple[str, ...]
    folders: tuple[str, ...]


@dataclass(frozen=True)
class Audited:
    """An ended audit: the verdicts of the requirements that its checks decide, by id, and how many requests it took.

    Requests of the survey about the protocol (its handshakes and lists) are not counted.
    """

    verdicts: dict[str, str]
    requests: int


class AuditFailed(Exception):
    """An audit hung, crashed, or met a defect of the suite. The message says which."""


def audit(trial: Trial, fault: str | None = None) -> Audited:
    """Audit the reference server with a fault, or without. Raises AuditFailed."""
    with tempfile.TemporaryDirectory(prefix="proof-") as name:
        folder = Path(name)
        output = folder / "output.txt"
        variables = {**environment(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        try:
            forked(
                _audit_here,
                trial,
                fault,
                folder,
                folder=REPOSITORY,
                environment=variables,
                output=output,
                seconds=TIME_LIMIT,
            )
        except DidNotEnd:
            raise AuditFailed(f"the audit did not end within {TIME_LIMIT:g} s") from None
        if not (folder / _VERDICTS).exists():
            said = output.read_text("utf-8", "replace") if output.exists() else ""
            raise AuditFailed(f"the audit had no results:\n{said[-3000:]}")
        results = json.loads((folder / _VERDICTS).read_text("utf-8"))
    if results["errors"]:
        raise AuditFailed(f"defects of the suite: {results['errors']}")
    return Audited(results["verdicts"], results["requests"])


def _audit_here(trial: Trial, fault: str | None, folder: Path) -> None:
    """Audit in this process, which ends afterwards and takes the server with it."""
    gc.disable()
    warnings.simplefilter("error")
    tempfile.tempdir = str(folder)
    deployment = PROFILES[trial.profile]
    for name, seconds in deployment.waits.items():
        waits = importlib.import_module("conformance.waits")
        getattr(waits, name)
        setattr(waits, name, seconds)
    reporting.write_reports = partial(_keep_verdicts, _count_protocol_requests())
    _write_at_the_end_only()
    Redactor.values = _keep_as_it_is
    server = deployment.serve(fault)
    server.start()
    command = [str(CHECKS / one) for one in trial.folders]
    command += [deployment.target(server), f"--revision={trial.revision}", f"--report-dir={folder}"]
    command += ["-q", "-q", "-s", "--patience=2", "--assert=plain"]
    command += [f"-pno:{name}" for name in _NOT_NEEDED]
    command += [*deployment.options(server), *(one.format(server=server) for one in trial.options)]
    pytest.main(command)


def _count_protocol_requests() -> list[int]:
    """What will hold how many requests each survey sent to learn the protocol of the server."""
    counts, look_around = list[int](), Surveyor._look_around

    def counted(self: Surveyor) -> None:
        recorder = self._handshake.http.recorder
        before = recorder.sent
        try:
            look_around(self)
        finally:
            counts.append(recorder.sent - before)

    Surveyor._look_around = counted
    return counts


def _write_at_the_end_only() -> None:
    write = reporting.Reporter.write

    def last(self: reporting.Reporter, *, finished: bool) -> None:
        if finished:
            write(self, finished=True)

    reporting.Reporter.write = last


def _keep_as_it_is(self: Redactor, value: object) -> object:
    """Takes the place of the last look for secrets in results, which are not written."""
    return value


def _keep_verdicts(protocol: Sequence[int], results: Mapping[str, Any], folder: Path, _: object) -> list[Path]:
    """Takes the place of the reports, which cost more than the audit."""
    judged = [one for one in results["requirements"] if one["checks"] and not one["narrowed"]]
    kept = {
        "verdicts": {one["id"]: one["verdict"] for one in judged},
        "requests": results["summary"]["requests"] - sum(protocol),
        "errors": [f"{one['id']}: {one['reason']}" for one in results["checks"] if one["verdict"] == "error"],
    }
    (folder / _VERDICTS).write_text(json.dumps(kept), "utf-8")
    return [folder / _VERDICTS]
