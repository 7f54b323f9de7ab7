"""Compares the verdicts on the reference server with a fault with those on the server without."""

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from conformance.catalogue import load
from conformance.checks import shipped_checks
from conformance.reference import FAULTS
from conformance.reference.faults import Fault
from tests.auditing import made_once
from tests.proving import PROFILES, Audited, AuditFailed, Trial, audit

AREAS_OF: Mapping[str, tuple[str, ...]] = {
    "authorization/authorization_endpoint": ("authorization-endpoint", "pkce", "issuer", "scope"),
    "authorization/discovery": ("resource-metadata", "server-metadata", "challenge", "transport-security", "cors"),
    "authorization/registration": ("registration", "client-metadata-document"),
    "authorization/token_endpoint": ("token", "client-credentials", "dpop"),
    "authorization/tokens": ("bearer", "audience", "refresh", "revocation", "introspection"),
    "base": ("jsonrpc", "lifecycle", "discover", "ping", "meta", "security"),
    "transport": ("transport", "session", "stdio", "legacy-sse"),
    "features": ("resources", "prompts", "completion", "pagination", "caching", "subscriptions"),
    "interaction": ("logging", "progress", "cancellation", "sampling", "elicitation", "roots", "mrtr"),
    "tasks": ("tasks", "tasks-extension"),
    "tools": ("tools",),
}
"""Folders of checks, in the order of a trial, and the areas they decide."""
EVERYTHING = (*AREAS_OF, "transcript")
PROTOCOL = tuple(one for one in EVERYTHING if not one.startswith("authorization/"))
_TRANSCRIPT_OF_TOKENS = "transcript/authorization"
"""Passive checks of the authorization, which are all that run where nothing of the protocol is."""
_BUSIEST = ("base", "features")
"""Whose checks bring about messages of every kind for passive checks of the protocol to judge."""


@dataclass(frozen=True)
class Proof:
    """What one fault did. `tripped` turned fail or warn, `silenced` could no longer be judged.

    What decides requirements with requests that are not made is silenced by chance only, which does not count.
    `problem` says why there are no verdicts, where there are none.
    """

    fault: str
    revision: str
    profile: str
    expected: list[str]
    tripped: list[str]
    expected_silenced: list[str]
    silenced: list[str]
    seconds: float
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether exactly the declared requirements changed."""
        as_declared = self.expected == self.tripped and self.expected_silenced in (self.silenced, ["*"])
        return as_declared and not self.problem

    def as_json(self) -> dict[str, object]:
        """The entry of proof.json."""
        return {**asdict(self), "holds": self.holds}


Breadth = Literal["files", "folders", "everything"]
"""Which checks a fault is proven with.

files: those in the files that decide what it changes, or the folders where passive checks alone may notice it,
which need the traffic of others. folders: those in all folders that may notice it. everything: all.
"""


def trial_of(fault: Fault, breadth: Breadth = "folders") -> Trial:
    """The audit that proves a fault."""
    if breadth == "everything":
        places = EVERYTHING
    elif breadth == "files" and any(map(_actively_decided, fault.trips)):
        places = _files_for(fault)
    else:
        places = _folders_for(fault)
    return Trial(fault.revision, fault.profile, fault.options, places)


def _files_for(fault: Fault) -> tuple[str, ...]:
    files = {file for one in fault.trips | fault.silences for file in _deciding(one)}
    return tuple(sorted(files, key=lambda file: (_is_passive(file), file)))


def _folders_for(fault: Fault) -> tuple[str, ...]:
    needed = set(_folders(fault.trips | fault.silences))
    passive = "transcript" if needed.intersection(PROTOCOL) else _TRANSCRIPT_OF_TOKENS
    return (*(one for one in AREAS_OF if one in needed), passive)


def _folders(ids: Iterable[str]) -> Iterable[str]:
    """The folders that decide these requirements, and those whose traffic the passive checks read."""
    for one in ids:
        deciding = {file.rpartition("/")[0] for file in _deciding(one)}
        yield from deciding
        if one != "*":
            yield _folder_of(one)
            if "transcript" in deciding:
                yield from _BUSIEST


def _folder_of(id: str) -> str:
    area = load()[id].area
    return next(folder for folder, areas in AREAS_OF.items() if area in areas)


def _deciding(id: str) -> frozenset[str]:
    """The files whose checks decide a requirement; none decides `*`."""
    return _deciding_files().get(id, frozenset())


@cache
def _deciding_files() -> Mapping[str, frozenset[str]]:
    files = dict[str, frozenset[str]]()
    for check, ids in shipped_checks().items():
        for one in ids:
            files[one] = files.get(one, frozenset()) | {check.partition("::")[0]}
    return files


def _is_passive(file: str) -> bool:
    return file.startswith("transcript/")


def _actively_decided(id: str) -> bool:
    """Whether all checks that decide a requirement make the requests they need."""
    return not any(map(_is_passive, _deciding(id)))


def _brings_about(trial: Trial, id: str) -> bool:
    """Whether a trial makes the requests after which a requirement is decided."""
    by_itself = _actively_decided(id) and _deciding(id).issubset(trial.folders)
    return by_itself or _folder_of(id) in trial.folders


_together: list[Path] = []


def share(folder: Path) -> None:
    """Keep audits without fault in a folder, for all processes of a test run."""
    _together[:] = [folder]


@cache
def faultless(trial: Trial) -> Audited:
    """The audit of the reference server without fault. Raises AuditFailed."""
    if not _together:
        return audit(trial)
    name = "faultless-" + hashlib.sha256(repr(trial).encode()).hexdigest()[:16]
    return made_once(_together[0] / name, lambda _: audit(trial))


def baseline_of(trial: Trial) -> Trial:
    """The audit whose verdicts without fault are those of a trial: for one of files, that of everything."""
    of_files = any(one.endswith(".py") for one in trial.folders)
    return replace(trial, folders=EVERYTHING) if of_files and not trial.options else trial


def green(trial: Trial) -> dict[str, str]:
    """Verdicts on the reference server without fault, for a trial. Raises AuditFailed."""
    return faultless(baseline_of(trial)).verdicts


def broken(trial: Trial) -> dict[str, str]:
    """What the reference server breaks without a fault, though its deployment need not. Raises AuditFailed."""
    lacks = PROFILES[trial.profile].lacks
    return {one: verdict for one, verdict in green(trial).items() if verdict in ("fail", "warn") and one not in lacks}


def prove(name: str, breadth: Breadth = "folders") -> Proof:
    """Audit the reference server with a fault and say which verdicts changed."""
    started = time.monotonic()
    fault = FAULTS[name]
    trial = trial_of(fault, breadth)
    problem, changed = "", dict[str, str]()
    try:
        before, after = green(trial), audit(trial, name).verdicts
        changed = {one: after.get(one, "not-judged") for one in before if after.get(one) != before[one]}
    except AuditFailed as failure:
        problem = str(failure)
    tripped = sorted(one for one, verdict in changed.items() if verdict in ("fail", "warn"))
    silenced = sorted(one for one in changed.keys() - set(tripped) if _brings_about(trial, one))
    return Proof(
        fault=name,
        revision=fault.revision,
        profile=fault.profile,
        expected=sorted(fault.trips),
        tripped=tripped,
        expected_silenced=sorted(one for one in fault.silences if one == "*" or _brings_about(trial, one)),
        silenced=silenced,
        seconds=round(time.monotonic() - started, 2),
        problem=problem,
    )
