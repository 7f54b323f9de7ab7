"""Requests of revision 2026-07-28 whose `_meta` does not say what it must, or says something else.

https://modelcontextprotocol.io/specification/2026-07-28/basic#meta
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from conformance.exercise import admitted
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.verdict import CouldNotRun
from conformance.wire import jsonrpc
from conformance.wire.connection import CLIENT_INFO, STATELESS_REVISION, Answer, Connection
from conformance.wire.jsonrpc import UNSUPPORTED_VERSION
from conformance.wire.meta import CAPABILITIES_KEY, CLIENT_KEY, VERSION_KEY
from conformance.wire.stateless import StatelessHttp
from conformance.wire.streamable_http import stateless_meta

IMPOSSIBLE = "1900-01-01"
"""A version that does not exist."""
OTHER_CLIENT = {"name": "another-client", "version": "99.0"}
TRACE = {
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "tracestate": "conformance=00f067aa0ba902b7",
    "baggage": "audit=conformance",
}
"""A trace context as the W3C writes it."""
Answers = dict[str, Answer]
"""Answers by the request, and what its `_meta` was like."""


def ask(
    connection: Connection, what: str, method: str, meta: Mapping[str, Any] | None, *, params: bool = True
) -> Answer:
    """The answer to a request with this `_meta`, or without one, or without params. Raises NoAnswer, CouldNotRun."""
    id = connection.next_id()
    connection.asked.append(id)
    given = None if not params else {} if meta is None else {"_meta": dict(meta)}
    body = jsonrpc.encode(jsonrpc.request(method, given, id))
    return admitted(connection.post(body, purpose=f"{method}, {what}", id=id))


def without(*names: str) -> dict[str, Any]:
    """What each request says of its client, but for some of it."""
    return {name: value for name, value in stateless_meta(STATELESS_REVISION).items() if name not in names}


def asked_methods(survey: Survey) -> list[str]:
    """`server/discover`, and a list that is served. Raises CouldNotRun where the first is not."""
    if survey.opening is None or survey.opening.result is None:
        raise CouldNotRun("server/discover is not served when its _meta says everything either")
    lists = [method for method, listing in survey.listings.items() if not listing.refusal]
    return ["server/discover", *lists[:1]]


@dataclass(frozen=True)
class Introductions:
    """Answers to requests that say less of their client than they must, on connections of their own.

    Those in `later` came when a complete request had been served, the others before any. Requests without version have
    a connection for themselves: over stdio a server of both eras may take all that follow for those of a session.
    """

    without_capabilities: Answers = field(default_factory=dict[str, Answer])
    without_version: Answers = field(default_factory=dict[str, Answer])
    without_meta: Answers = field(default_factory=dict[str, Answer])
    later: Answers = field(default_factory=dict[str, Answer])

    @property
    def refusals(self) -> Answers:
        """All that were refused with an error."""
        kinds = (self.without_capabilities, self.without_version, self.without_meta, self.later)
        return {what: answer for kind in kinds for what, answer in kind.items() if answer.error is not None}

    @classmethod
    def perform(cls, probe: Probe) -> "Introductions":
        """Send such requests before and after a complete one. Raises CouldNotRun, NoAnswer."""
        found, methods = cls(), asked_methods(probe.survey)
        with probe.fresh() as connection:
            found._send(connection, found.without_capabilities, CAPABILITIES_KEY, methods)
            found._send_later(connection, CAPABILITIES_KEY, methods[-1])
        with probe.fresh() as connection:
            found._send(connection, found.without_version, VERSION_KEY, methods)
            for what, params in (("without _meta", True), ("without params", False)):
                method = methods[-1]
                found.without_meta[f"{method} {what}"] = ask(connection, what, method, None, params=params)
            if not (probe.survey.dual_era and probe.survey.transport == "stdio"):
                found._send_later(connection, VERSION_KEY, methods[-1])
        return found

    def _send(self, connection: Connection, kept: Answers, name: str, methods: Sequence[str]) -> None:
        what = f"without {name.rpartition('/')[2]}"
        for method in methods:
            kept[f"{method} {what}"] = ask(connection, what, method, without(name))

    def _send_later(self, connection: Connection, name: str, method: str) -> None:
        if ask(connection, "complete", method, without()).result is None:
            raise CouldNotRun(f"{method} was not served when its _meta says everything either")
        what = f"without {name.rpartition('/')[2]} after a complete one"
        self.later[name] = ask(connection, what, method, without(name))


@dataclass(frozen=True)
class UnknownVersion:
    """Answers to requests of a version that does not exist: those `at_once`, and `later` ones after a good one."""

    at_once: Answers
    later: Answers

    @property
    def all(self) -> Answers:
        """Every answer."""
        return self.at_once | self.later

    @property
    def data(self) -> dict[str, Any]:
        """The data of the first refusal with the code that is meant for it; empty where there is none."""
        refused = [one for one in self.all.values() if one.error_code == UNSUPPORTED_VERSION]
        return as_object((refused[0].error or {}).get("data")) if refused else {}

    @classmethod
    def perform(cls, probe: Probe) -> "UnknownVersion":
        """Send such requests on a connection of their own. Raises CouldNotRun, NoAnswer."""
        methods = asked_methods(probe.survey)
        with probe.fresh() as connection:
            at_once = {f"the first request, {methods[0]}": _unknown(connection, methods[0])}
            if ask(connection, "complete", methods[-1], without()).result is None:
                raise CouldNotRun(f"{methods[-1]} was not served in the audited version either")
            later = {f"{method} after a good request": _unknown(connection, method) for method in methods[-1:]}
        return cls(at_once, later)


def _unknown(connection: Connection, method: str) -> Answer:
    meta = without() | {VERSION_KEY: IMPOSSIBLE}
    fields = {"MCP-Protocol-Version": IMPOSSIBLE}
    with connection.altered(fields) if isinstance(connection, StatelessHttp) else nullcontext():
        return ask(connection, f"version {IMPOSSIBLE}", method, meta)


@dataclass(frozen=True)
class Clients:
    """Answers to the same requests of several clients, by what they say of themselves; `ours` came last again."""

    nameless: Answers
    other: Answers
    ours: Answers

    @classmethod
    def perform(cls, connection: Connection, survey: Survey) -> "Clients":
        """Ask as nobody, as another client and as ourselves. Raises CouldNotRun, NoAnswer."""
        methods = asked_methods(survey)
        about = {
            "without clientInfo": without(CLIENT_KEY),
            "from another client": without() | {CLIENT_KEY: OTHER_CLIENT},
            "from the same client": without() | {CLIENT_KEY: CLIENT_INFO},
        }
        answers = [{method: ask(connection, what, method, meta) for method in methods} for what, meta in about.items()]
        return cls(*answers)
