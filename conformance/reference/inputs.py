"""What the server wants from a client without session: asked for in a result, given with the next try.

https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr

The state that goes to the client and comes back holds all answers so far. It is signed with a key of this process, so
that another process, such as the next one over stdio, refuses it.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import INVALID_PARAMS, JsonObject, Request, RpcError, as_array, as_object

ASKING_METHODS = frozenset(("tools/call", "prompts/get", "resources/read"))
"""The methods that may be answered with what is wanted."""
STATE_SECONDS = 300.0
"""How long a state can come back."""
SAMPLE, ELICIT, ROOTS = "sampling/createMessage", "elicitation/create", "roots/list"
Question = tuple[str, JsonObject]
"""The method and the parameters of what the client shall do."""
_OURS = ("_meta", "inputResponses", "requestState")
_ANY: JsonObject = {"role": "assistant", "action": "accept", "content": {}, "roots": []}
_ACTIONS = ("accept", "decline", "cancel")


class InputRequiredError(Exception):
    """The request cannot be ended before the client has answered these questions."""

    def __init__(self, questions: Mapping[str, Question]) -> None:
        super().__init__("The client must be asked: " + ", ".join(questions))
        self.questions = questions


@dataclass(slots=True)
class Inputs:
    """What the client gave with a request.

    For faults alone, answers that are none are used where it is `careless`.

    `given` are its answers by key, those that came back in the state among them. `used` are those that were asked
    for. `known` says that a good state came with them.
    """

    given: JsonObject = field(default_factory=dict[str, object])
    known: bool = False
    used: JsonObject = field(default_factory=dict[str, object])
    careless: bool = False
    _numbers: Iterable[int] = field(default_factory=lambda: count(1))

    def next_key(self) -> str:
        """The key of a question that has no better one: the same at each try, as the questions come in order."""
        return f"input-{next(iter(self._numbers))}"

    def take(self, questions: Mapping[str, Question]) -> JsonObject:
        """The answers to questions.

        Raises InputRequiredError for those that have none yet, RpcError(-32602) for an answer that is none.
        """
        missing = {key: one for key, one in questions.items() if key not in self.given}
        for key in questions.keys() - missing.keys():
            method, answer = questions[key][0], as_object(self.given[key])
            if self.careless:
                answer = _ANY | (answer or {})
            elif answer is None or not _FORMS[method](answer):
                raise RpcError(INVALID_PARAMS, f"Invalid params: {key} in inputResponses is no answer to {method}")
            self.used[key] = answer
        if missing:
            raise InputRequiredError(missing)
        return {key: self.used[key] for key in questions}


class States:
    """Turns the answers so far into a state for the client, and knows its own states again."""

    def __init__(self, faults: Faults, seconds: float = STATE_SECONDS) -> None:
        self.faults = faults
        self.seconds = seconds
        self._key = secrets.token_bytes(32)

    def wanted(self, request: Request, user: str, inputs: Inputs, questions: Mapping[str, Question]) -> JsonObject:
        """The result that asks the client."""
        return {
            "resultType": "input_required",
            "inputRequests": {key: {"method": method, "params": params} for key, (method, params) in questions.items()},
            "requestState": self._sign(request, user, inputs.used),
        }

    def inputs_of(self, request: Request, user: str) -> Inputs:
        """What came with a request. Raises RpcError(-32602) where it is malformed, or the state not of this request."""
        responses = as_object(request.params.get("inputResponses", {}))
        if responses is None and self.faults.active("array-of-responses-passed-over"):
            responses = {}
        if responses is None:
            raise RpcError(INVALID_PARAMS, "Invalid params: inputResponses must be an object")
        if "requestState" not in request.params:
            return Inputs(responses)
        answers = self._read(request, user)
        if not responses and self.faults.active("missing-responses-refused"):
            raise RpcError(INVALID_PARAMS, "Invalid params: inputResponses is missing")
        careless = self.faults.active("input-responses-unchecked")
        return Inputs(answers | responses, known=True, careless=careless)

    def _sign(self, request: Request, user: str, answers: JsonObject) -> str:
        told = {"of": _digest(request), "user": user, "until": time.time() + self.seconds, "answers": answers}
        payload = base64.urlsafe_b64encode(json.dumps(told).encode("utf-8", "surrogatepass")).decode()
        return f"{payload}.{self._signature(payload)}"

    def _signature(self, payload: str) -> str:
        return hmac.new(self._key, payload.encode(), hashlib.sha256).hexdigest()

    def _read(self, request: Request, user: str) -> JsonObject:
        state, faults = request.params["requestState"], self.faults
        payload, _, signature = state.partition(".") if isinstance(state, str) else ("", "", "")
        good = state and hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), self._good(payload))
        told = _told(payload) if good or faults.active("state-signature-unchecked") else None
        if not signature and faults.active("made-up-state-accepted"):
            return {}
        if told is None:
            raise RpcError(INVALID_PARAMS, "Invalid params: requestState is not one of this server")
        if told["until"] < time.time():
            raise RpcError(INVALID_PARAMS, "Invalid params: requestState has expired")
        if told["user"] != user and not faults.active("state-of-any-user"):
            raise RpcError(INVALID_PARAMS, "Invalid params: requestState belongs to somebody else")
        if told["of"] != _digest(request) and not faults.active("state-of-any-request"):
            raise RpcError(INVALID_PARAMS, "Invalid params: requestState belongs to another request")
        return told["answers"]

    def _good(self, payload: str) -> bytes:
        return self._signature(payload).encode() if payload.isascii() else b""


def _told(payload: str) -> JsonObject | None:
    try:
        return as_object(json.loads(base64.urlsafe_b64decode(payload)))
    except (ValueError, binascii.Error):
        return None


def _digest(request: Request) -> str:
    """What tells a request from others, whatever was given with it."""
    asked = {name: value for name, value in request.params.items() if name not in _OURS}
    return hashlib.sha256(json.dumps([request.method, asked], sort_keys=True).encode()).hexdigest()


def _is_elicited(answer: JsonObject) -> bool:
    return answer.get("action") in _ACTIONS and as_object(answer.get("content", {})) is not None


def _is_sample(answer: JsonObject) -> bool:
    content = answer.get("content")
    return isinstance(answer.get("role"), str) and (as_object(content) or as_array(content)) is not None


def _are_roots(answer: JsonObject) -> bool:
    roots = as_array(answer.get("roots"))
    return roots is not None and all(isinstance((as_object(one) or {}).get("uri"), str) for one in roots)


_FORMS: Mapping[str, Callable[[JsonObject], bool]] = {SAMPLE: _is_sample, ELICIT: _is_elicited, ROOTS: _are_roots}


def needed_for(method: str, params: JsonObject) -> tuple[str, ...]:
    """The path to the capability that a client needs for a question."""
    if method == SAMPLE:
        return ("sampling", "tools") if "tools" in params else ("sampling",)
    if method == ELICIT:
        return ("elicitation", "url" if params.get("mode") == "url" else "form")
    return ("roots",)


def lacks(client: JsonObject, path: tuple[str, ...]) -> bool:
    """Whether a client did not declare a capability; elicitation without any mode means forms."""
    declared: JsonObject | None = client
    for name in path:
        if name == "form" and declared == {}:
            return False
        declared = as_object((declared or {}).get(name))
    return declared is None
