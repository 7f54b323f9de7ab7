"""What the reference server wants from a client without session, and the states it gives out meanwhile."""

from typing import Any

import pytest

from conformance.reference.faults import Faults
from conformance.reference.inputs import ROOTS, InputRequiredError, Inputs, States, lacks, needed_for
from conformance.reference.jsonrpc import Request, RpcError

QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {"roots": (ROOTS, {}), "again": (ROOTS, {})}
ANSWER: dict[str, Any] = {"roots": [{"uri": "file:///one"}]}


def call(**params: Any) -> Request:
    return Request(1, "tools/call", {"name": "one", "arguments": {}, **params})


def refuses(states: States, request: Request, user: str = "alice") -> str:
    with pytest.raises(RpcError) as refusal:
        states.inputs_of(request, user)
    assert refusal.value.code == -32602
    return str(refusal.value)


def test_that_answers_are_asked_for_until_all_are_there() -> None:
    states, first = States(Faults()), Inputs({"roots": ANSWER, "more": {}})
    with pytest.raises(InputRequiredError) as wanted:
        first.take(QUESTIONS)
    assert list(wanted.value.questions) == ["again"]
    result = states.wanted(call(), "alice", first, wanted.value.questions)
    assert result["inputRequests"] == {"again": {"method": ROOTS, "params": {}}}

    retry = call(inputResponses={"again": ANSWER}, requestState=result["requestState"], _meta={"progressToken": 1})
    second = states.inputs_of(retry, "alice")
    assert second.known
    assert second.take(QUESTIONS) == {"roots": ANSWER, "again": ANSWER}


def test_that_a_state_works_for_its_user_and_request_alone() -> None:
    states = States(Faults())
    state = states.wanted(call(), "alice", Inputs(), {})["requestState"]
    assert states.inputs_of(call(requestState=state), "alice").known
    assert "somebody else" in refuses(states, call(requestState=state), "bob")
    assert "another request" in refuses(states, call(requestState=state, arguments={"more": 1}))
    for bad in ("", "x", state[:-1], state[1:], "é" + state, f"{state}.", 5, None):
        assert "not one of this server" in refuses(states, call(requestState=bad))
    assert "not one of this server" in refuses(States(Faults()), call(requestState=state))


def test_that_a_state_expires() -> None:
    states = States(Faults(), seconds=-1.0)
    state = states.wanted(call(), "alice", Inputs(), {})["requestState"]
    assert "expired" in refuses(states, call(requestState=state))


@pytest.mark.parametrize("answer", ["text", {}, {"roots": {}}, {"roots": [{"uri": 5}]}])
def test_that_what_is_no_answer_is_refused(answer: object) -> None:
    with pytest.raises(RpcError, match="roots in inputResponses"):
        Inputs({"roots": answer}).take(QUESTIONS)
    assert "must be an object" in refuses(States(Faults()), call(inputResponses=[answer]))


def test_which_capability_a_question_needs() -> None:
    form, page = needed_for("elicitation/create", {}), needed_for("elicitation/create", {"mode": "url"})
    tools = needed_for("sampling/createMessage", {"tools": []})
    assert lacks({}, form)
    assert not lacks({"elicitation": {}}, form)
    assert lacks({"elicitation": {"url": {}}}, form)
    assert lacks({"elicitation": {}}, page)
    assert lacks({"sampling": {}}, tools)
    assert not lacks({"sampling": {"tools": {}}}, tools)
