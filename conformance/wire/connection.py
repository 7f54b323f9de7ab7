"""One MCP connection, whatever the transport: what checks and survey talk through."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.shapes import as_list, as_object, is_object
from conformance.wire import jsonrpc
from conformance.wire.http import VERSION, HttpClient, Reply

CLIENT_INFO = {"name": "pytest-mcp-conformance", "title": "MCP conformance audit", "version": VERSION}
SERVED = "answer to"
"""How the purpose of our answers to the server's own requests begins."""
HANDSHAKE_REVISIONS = ("2025-06-18", "2025-11-25")
"""Revisions whose protocol is judged."""
STATELESS_REVISION = "2026-07-28"
"""The first revision without handshake and session."""
REVISIONS = ("2025-03-26", *HANDSHAKE_REVISIONS, STATELESS_REVISION)
"""Revisions whose authorization is judged, oldest first."""


@dataclass(frozen=True, repr=False)
class Answer:
    """What came back for one message: the HTTP reply and every JSON-RPC message that arrived for it.

    `response` is the message answering our id, None where none came. `seconds` is the time until it was there.
    """

    http: Reply
    messages: tuple[Any, ...] = ()
    response: dict[str, Any] | None = None
    seconds: float = 0.0
    arrival: str = ""

    def __repr__(self) -> str:
        return f"<Answer {self.summary}>"

    @property
    def exchange(self) -> str:
        """The recorded exchange in which the response arrived."""
        return self.arrival or self.http.exchange

    @property
    def result(self) -> dict[str, Any] | None:
        """The result object, None where the answer is anything else."""
        return _object_or_none((self.response or {}).get("result"))

    @property
    def error(self) -> dict[str, Any] | None:
        """The error object, None where the answer is anything else."""
        return _object_or_none((self.response or {}).get("error"))

    @property
    def error_code(self) -> Any:  # noqa: ANN401 - whatever the server sent
        """The code of the error object; None without one."""
        return (self.error or {}).get("code")

    @property
    def summary(self) -> str:
        """One line: HTTP status and what the body amounts to."""
        if self.error is not None:
            return f"HTTP {self.http.status}, JSON-RPC error {self.error_code!r}: {self.error.get('message')!r}"
        if self.result is not None:
            members = ", ".join(sorted(map(str, self.result))) or "empty"
            return f"HTTP {self.http.status}, JSON-RPC result ({members})"
        if self.response is not None:
            return f"HTTP {self.http.status}, a response with neither result object nor error object"
        return f"{self.http.summary}, no JSON-RPC response"


class Connection(ABC):
    """A connection to the target on which JSON-RPC messages are exchanged one at a time.

    `revision` is the negotiated one, empty before the handshake. `opening` is the answer to `initialize`.
    """

    transport: str

    def __init__(self, http: HttpClient, url: str, token: str | None) -> None:
        self.http = http
        self.url = url
        self.token = token
        self.revision = ""
        self.opening: Answer | None = None
        self._ids = itertools.count(1)
        self._asked: list[jsonrpc.Id] = []
        self._serving = False

    @abstractmethod
    def post(self, body: bytes, *, purpose: str, id: jsonrpc.Id | None = None) -> Answer:
        """Send bytes as one message and, given an id, wait for the response to it. Raises NoAnswer."""

    def patience(self, method: str) -> float:
        """Seconds to wait in silence: the time-out, three times as long for a tool at work."""
        return self.http.timeout * (3 if method == "tools/call" else 1)

    @abstractmethod
    def close(self) -> None:
        """End the connection and the session where there is one."""

    def request(self, method: str, params: Mapping[str, Any] | None = None, *, id: jsonrpc.Id | None = None) -> Answer:
        """Send a request and wait for its response; ids count up from 1 unless given. Raises NoAnswer."""
        number = next(self._ids) if id is None else id
        self._asked.append(number)
        return self.post(jsonrpc.encode(jsonrpc.request(method, params, number)), purpose=method, id=number)

    def notify(self, method: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Send a notification. Raises NoAnswer."""
        return self.post(jsonrpc.encode(jsonrpc.notification(method, params)), purpose=method)

    def initialize(self, revision: str, capabilities: Mapping[str, Any] | None = None) -> Answer:
        """Send `initialize` asking for a revision, and adopt what the server answers. Raises NoAnswer."""
        params = {
            "protocolVersion": revision,
            "capabilities": dict(capabilities or {}),
            "clientInfo": CLIENT_INFO,
        }
        answer = self.request("initialize", params)
        self.opening = answer
        granted = (answer.result or {}).get("protocolVersion")
        self.revision = granted if isinstance(granted, str) else ""
        return answer

    def open(self, revision: str) -> Answer:
        """The whole handshake: `initialize`, then `notifications/initialized`. Raises NoAnswer."""
        answer = self.initialize(revision)
        if answer.result is not None:
            self.notify("notifications/initialized")
        return answer

    def take(self, messages: Iterable[Any], id: jsonrpc.Id | None) -> dict[str, Any] | None:
        """Find the response to an id among messages, answering requests of the server on the way."""
        found: dict[str, Any] | None = None
        for message in messages:
            for one in as_list(message) or [message]:
                kind = jsonrpc.kind_of(one)
                if kind == "request" and is_object(one):
                    if not self._serving:
                        self._serve(as_object(one))
                elif id is not None and found is None and self._answers(one, id):
                    found = as_object(one)
        return found

    def _answers(self, message: object, id: jsonrpc.Id) -> bool:
        """Whether a message is meant as the response to our open request; its id may have come back wrong."""
        members = as_object(message)
        if (
            "method" in members
            or not members.keys() & {"jsonrpc", "id"}
            or not members.keys() & {"id", "result", "error"}
        ):
            return False
        answered = members.get("id")
        earlier = any(jsonrpc.same_id(answered, one) for one in self._asked)
        return jsonrpc.same_id(answered, id) or not earlier

    def _serve(self, request: dict[str, Any]) -> None:
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": request["id"]}
        if request["method"] == "ping":
            answer["result"] = {}
        else:
            answer["error"] = {
                "code": jsonrpc.METHOD_NOT_FOUND,
                "message": "the client declared no capabilities",
            }
        self._serving = True
        try:
            self.post(jsonrpc.encode(answer), purpose=f"{SERVED} {request['method']}")
        finally:
            self._serving = False


def _object_or_none(value: object) -> dict[str, Any] | None:
    return as_object(value) if is_object(value) else None
