"""One MCP connection, whatever the transport: what checks and survey talk through."""

import itertools
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from conformance.shapes import as_list, as_object, excerpt, is_object
from conformance.wire import jsonrpc
from conformance.wire.heard import Heard, Message
from conformance.wire.http import VERSION, HttpClient, NoAnswer, Reply

CLIENT_INFO = {"name": "pytest-mcp-conformance", "title": "MCP conformance audit", "version": VERSION}
CLOSED = "CLOSE"
"""Method of the reply to a cancellation that is no message but the end of a stream."""
SERVED = "answer to"
"""How the purpose of our answers to the server's own requests begins."""
HANDSHAKE_REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
"""Revisions with handshake and session, whose protocol is judged; oldest first."""
STATELESS_REVISION = "2026-07-28"
"""The first revision without handshake and session."""
REVISIONS = (*HANDSHAKE_REVISIONS, STATELESS_REVISION)
"""Revisions that can be audited, oldest first."""


@dataclass(frozen=True, repr=False)
class Answer:
    """What came back for one message: the HTTP reply and every JSON-RPC message that arrived for it.

    `response` is the message answering our id, None where none came. `seconds` is the time until it was there.
    Over stdio the reply has status 0 and no header.
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
        status = f"HTTP {self.http.status}, " if self.http.status else ""
        if self.error is not None:
            said = excerpt(f"{self.error_code!r}: {self.error.get('message')!r}")
            return f"{status}JSON-RPC error {said}"
        if self.result is not None:
            members = excerpt(", ".join(sorted(map(str, self.result))) or "empty")
            return f"{status}JSON-RPC result ({members})"
        if self.response is not None:
            return f"{status}a response with neither result object nor error object"
        return f"{self.http.summary}, no JSON-RPC response" if status else "no JSON-RPC response"

    @property
    def refused(self) -> bool:
        """Whether the transport turned the message down with a status of its own."""
        return self.http.status >= 400


Handler = Callable[[dict[str, Any]], Mapping[str, Any]]
"""Answers a request of the server: params in, result out. Raises Refusal, Silence."""


class Refusal(Exception):
    """Our answer to a request of the server that we decline: a JSON-RPC error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Silence(Exception):
    """Our answer to a request of the server that we leave unanswered."""


class Connection(ABC):
    """A connection to the target on which JSON-RPC messages are exchanged.

    `revision` is the negotiated one, empty before the handshake. `opening` is the answer to `initialize`. `heard` has
    every message of the server, `conversation` is the name under which they are recorded. `linger` is how many seconds
    the stream of an answer is read on after the response. `handlers` answer requests of the server by method; `ping` is
    answered without one, others are refused. `capabilities` are those last declared in `initialize`. `asked` are the
    ids of our requests, `cancelled` those of them that we gave up.
    """

    transport: str
    quick = "ping"
    """A method that every server answers at once."""

    def __init__(self, http: HttpClient, url: str, token: str | None) -> None:
        self.http = http
        self.url = url
        self.token = token
        self.revision = ""
        self.opening: Answer | None = None
        self.heard = Heard()
        self.conversation = http.recorder.new_conversation()
        self.linger = 0.0
        self.handlers: dict[str, Handler] = {}
        self.capabilities: Mapping[str, Any] = {}
        self.cancelled: list[jsonrpc.Id] = []
        self._ids = itertools.count(1)
        self.asked: list[jsonrpc.Id] = []

    @abstractmethod
    def post(self, body: bytes, *, purpose: str, id: jsonrpc.Id | None = None) -> Answer:
        """Send bytes as one message and, given an id, wait for the response to it. Raises NoAnswer."""

    @abstractmethod
    def close(self) -> None:
        """End the connection and the session where there is one."""

    @contextmanager
    @abstractmethod
    def listening(self) -> Generator[Reply | None]:
        """Hear what the server sends without being asked, as long as the block lasts; it is in `heard`.

        Gives the reply of a server that offers no such stream, None where it listens. Raises NoAnswer.
        """

    def patience(self, method: str) -> float:
        """Seconds to wait in silence: the time-out, three times as long for a tool at work or a server that starts."""
        return self.http.timeout * (3 if method in ("tools/call", "initialize") else 1)

    def introduced(self, params: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Parameters with what each request of the revision says of its client."""
        return None if params is None else dict(params)

    def alive(self, *, id: jsonrpc.Id | None = None) -> Answer:
        """The answer to a request that every server answers at once. Raises NoAnswer."""
        return self.request(self.quick, id=id)

    def next_id(self) -> int:
        """An id that no request of this connection had yet."""
        return next(self._ids)

    def request(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        id: jsonrpc.Id | None = None,
        purpose: str = "",
    ) -> Answer:
        """Send a request and wait for its response. Raises NoAnswer.

        Ids count up from 1 unless given. `purpose` is what the transcript says of it, its method unless given.
        """
        number = self.next_id() if id is None else id
        self.asked.append(number)
        body = jsonrpc.encode(jsonrpc.request(method, params, number))
        return self.post(body, purpose=purpose or method, id=number)

    def start(self, method: str, params: Mapping[str, Any] | None = None, *, id: jsonrpc.Id | None = None) -> "Pending":
        """Send a request without waiting for its response."""
        return Pending(self, method, params, self.next_id() if id is None else id)

    def notify(self, method: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Send a notification. Raises NoAnswer."""
        return self.post(jsonrpc.encode(jsonrpc.notification(method, params)), purpose=method)

    def cancel(self, pending: "Pending", reason: str) -> Answer:
        """Tell the server that no response to a request is wanted any more. Raises NoAnswer."""
        self.cancelled.append(pending.id)
        return self.notify("notifications/cancelled", {"requestId": pending.id, "reason": reason})

    def initialize(self, revision: str, capabilities: Mapping[str, Any] | None = None) -> Answer:
        """Send `initialize` asking for a revision, and adopt what the server answers. Raises NoAnswer."""
        self.capabilities = dict(capabilities or {})
        params = {
            "protocolVersion": revision,
            "capabilities": self.capabilities,
            "clientInfo": CLIENT_INFO,
        }
        answer = self.request("initialize", params)
        self.begin_with(answer)
        return answer

    def begin_with(self, answer: Answer) -> None:
        """Adopt what the server answered to `initialize`."""
        self.opening = answer
        granted = (answer.result or {}).get("protocolVersion")
        self.revision = granted if isinstance(granted, str) else ""

    def open(self, revision: str, capabilities: Mapping[str, Any] | None = None) -> Answer:
        """The whole handshake: `initialize`, then `notifications/initialized`. Raises NoAnswer."""
        return self.ready(self.initialize(revision, capabilities))

    def ready(self, answer: Answer) -> Answer:
        """Send `notifications/initialized` where `initialize` had this answer and it is a result. Raises NoAnswer."""
        if answer.result is not None:
            self.notify("notifications/initialized")
        return answer

    def hear(self, messages: Iterable[Any], channel: str, arrival: str = "", *, serve: bool = True) -> None:
        """Take messages in as they arrive, and answer the requests among them unless told not to."""
        for message in messages:
            for one in as_list(message) or [message]:
                self.heard.add(one, arrival, channel)
                if serve and jsonrpc.kind_of(one) == "request" and is_object(one):
                    self._serve(as_object(one))

    def response_to(self, id: jsonrpc.Id, messages: Iterable[Any]) -> dict[str, Any] | None:
        """The first of the messages that is meant as the response to our open request."""
        single = (one for message in messages for one in (as_list(message) or [message]))
        return next((as_object(one) for one in single if self.answers(one, id)), None)

    def answers(self, message: object, id: jsonrpc.Id) -> bool:
        """Whether a message is meant as the response to our open request; its id may have come back wrong."""
        members = as_object(message)
        if (
            "method" in members
            or not members.keys() & {"jsonrpc", "id"}
            or not members.keys() & {"id", "result", "error"}
        ):
            return False
        answered = members.get("id")
        return jsonrpc.same_id(answered, id) or not any(jsonrpc.same_id(answered, one) for one in self.asked)

    def _serve(self, request: dict[str, Any]) -> None:
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": request["id"]}
        method = str(request["method"])
        handler = self.handlers.get(method, HANDLERS.get(method, _decline))
        try:
            answer["result"] = dict(handler(as_object(request.get("params"))))
        except Refusal as refusal:
            answer["error"] = {"code": refusal.code, "message": str(refusal)}
        except Silence:
            return
        with suppress(NoAnswer):
            self.post(jsonrpc.encode(answer), purpose=f"{SERVED} {method}")


def _decline(_: dict[str, Any]) -> Mapping[str, Any]:
    raise Refusal(jsonrpc.METHOD_NOT_FOUND, "the client declared no capability for this")


def _pong(_: dict[str, Any]) -> Mapping[str, Any]:
    return {}


HANDLERS: Mapping[str, Handler] = {"ping": _pong}
"""What every client answers."""


class Pending:
    """A request that was sent and is answered in its own time; `id` is its request id."""

    def __init__(self, connection: Connection, method: str, params: Mapping[str, Any] | None, id: jsonrpc.Id) -> None:
        self.id = id
        self._mark = connection.heard.mark
        self._connection = connection
        self._answer: Answer | NoAnswer | None = None
        self._thread = threading.Thread(target=self._run, args=(method, params), name=f"request {id}", daemon=True)
        self._thread.start()

    def _run(self, method: str, params: Mapping[str, Any] | None) -> None:
        try:
            self._answer = self._connection.request(method, params, id=self.id)
        except NoAnswer as failure:
            self._answer = failure

    def heard(self, wanted: Callable[[Any], bool], seconds: float) -> Message | None:
        """The first wanted message since the request was sent, waited for at most so many seconds."""
        return self._connection.heard.until(wanted, seconds, self._mark)

    def cancel(self, reason: str) -> Answer:
        """Tell the server that no response is wanted any more. Raises NoAnswer."""
        return self._connection.cancel(self, reason)

    def answer(self, seconds: float) -> Answer | None:
        """The answer; None where it does not come in so many seconds. Raises NoAnswer."""
        self._thread.join(seconds)
        if isinstance(self._answer, NoAnswer):
            raise self._answer
        return self._answer


def _object_or_none(value: object) -> dict[str, Any] | None:
    return as_object(value) if is_object(value) else None
