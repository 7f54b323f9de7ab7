"""Results that ask the client for input, and what can be wrong about them."""

import asyncio
from collections.abc import Mapping

from conformance.reference.calls import Call
from conformance.reference.faults import Faults
from conformance.reference.inputs import Question, States
from conformance.reference.jsonrpc import INTERNAL_ERROR, INVALID_PARAMS, JsonObject, Request, RpcError, request_message
from conformance.reference.sessions import Session

_MOST_OPEN = 5
_EXTRA: JsonObject = {"method": "ping", "params": {}}


def owner_of(session: Session) -> str:
    """Whose states those of a session are; with a fault those of one connection alone."""
    return session.user + session.peer


class Interim:
    """Makes the results that ask; for faults alone, `open` counts those that came in a row."""

    def __init__(self, faults: Faults, states: States) -> None:
        self.faults = faults
        self.open = 0
        self._states = states
        self._before: tuple[object, JsonObject] = ("", {})

    def remember(self, request: Request, call: Call) -> None:
        """For a fault alone, let a client have the capabilities of whoever called the same tool just before."""
        tool, before = request.params.get("name"), self._before
        if before[0] == tool and tool and self.faults.active("capabilities-remembered-by-tool"):
            call.session.client = {**before[1], **call.session.client}
        self._before = (tool, call.session.client)

    def passed(self, request: Request, call: Call) -> None:
        """Take notice of a final result. Raises RpcError for faults alone."""
        many, self.open = self.open >= _MOST_OPEN, 0
        if many and request.method == "server/discover" and self.faults.active("open-questions-exhaust-server"):
            raise RpcError(INTERNAL_ERROR, "There are too many open questions")
        if call.inputs.given.keys() - call.inputs.used.keys() and self.faults.active("unexpected-responses-refused"):
            raise RpcError(INVALID_PARAMS, "Invalid params: inputResponses has answers to nothing")

    def result(self, request: Request, call: Call, questions: Mapping[str, Question]) -> JsonObject:
        """The result that asks these questions."""
        self.open += 1
        missing = call.inputs.known and not request.params.get("inputResponses")
        if missing and self.faults.active("missing-responses-hang") and (task := asyncio.current_task()):
            task.cancel()
        result = self._states.wanted(request, owner_of(call.session), call.inputs, questions)
        if self.faults.active("client-asked-by-request") or self.faults.active("stdio-client-asked-by-request"):
            for number, (method, params) in enumerate(questions.values()):
                call.outlet.send(request_message(f"ask-{number}", method, params))
        if request.method == "prompts/get":
            self._spoil(result)
        if request.method == "resources/read" and self.faults.active("hints-on-interim-result"):
            result |= {"ttlMs": 1000, "cacheScope": "private"}
        return result

    def _spoil(self, result: JsonObject) -> None:
        if self.faults.active("interim-result-without-anything"):
            del result["inputRequests"], result["requestState"]
        if self.faults.active("input-requests-with-envelope"):
            result["inputRequests"] = {
                key: {"jsonrpc": "2.0", "id": key, **one} for key, one in result["inputRequests"].items()
            }
        if self.faults.active("ping-among-input-requests"):
            result["inputRequests"] = {**result["inputRequests"], "alive": _EXTRA}
