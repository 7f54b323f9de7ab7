"""Requests of several conversations at the same time on one connection (revision 2026-07-28, basic/versioning)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from conformance.ceremony.introductions import (
    OTHER_CLIENT,
    Answers,
    ask,
    asked_methods,
    without,
)
from conformance.probe import Probe
from conformance.wire.meta import CAPABILITIES_KEY, CLIENT_KEY


@dataclass(frozen=True)
class Interleaving:
    """Answers to requests that were sent before any was answered: `good` ones, and a `poor` one between them.

    The poor one does not say what its client can do.
    """

    good: Answers
    poor: Answers

    @classmethod
    def perform(cls, probe: Probe) -> "Interleaving":
        """Send the requests of different clients on one connection. Raises CouldNotRun, NoAnswer."""
        methods = asked_methods(probe.survey)
        wanted = [(method, _client(number)) for number, method in enumerate([*methods, *methods], 1)]
        wanted.insert(1, (methods[-1], without(CAPABILITIES_KEY)))
        with probe.fresh() as connection, ThreadPoolExecutor(len(wanted)) as pool:
            sent = [pool.submit(ask, connection, "among others", method, meta) for method, meta in wanted]
            answers = [(method, meta, one.result()) for (method, meta), one in zip(wanted, sent, strict=True)]
        good = {
            f"{method} of client {meta[CLIENT_KEY]['version']}": answer
            for method, meta, answer in answers
            if CAPABILITIES_KEY in meta
        }
        poor = {
            f"{method} without capabilities": answer for method, meta, answer in answers if CAPABILITIES_KEY not in meta
        }
        return cls(good, poor)


def _client(number: int) -> dict[str, Any]:
    """What a client says of itself; every other one can do more."""
    able: dict[str, Any] = {"sampling": {}, "elicitation": {}} if number % 2 else {}
    return without() | {CLIENT_KEY: OTHER_CLIENT | {"version": str(number)}, CAPABILITIES_KEY: able}
