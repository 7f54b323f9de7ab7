"""Results that ask for input, and states with changed content."""

import base64
import json
from typing import Any

import pytest

from conformance.conversations import Conversation
from conformance.evidence import Exchange, Part
from conformance.interaction.retrying import rewritten
from conformance.interaction.rounds import needed_for, repeated_keys


def text(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_that_keys_which_come_twice_are_found() -> None:
    inner = '{"inputRequests": {"a": {"x": 1, "x": 2}, "b": {}, "a": {}}, "other": 1, "other": 2}'
    assert repeated_keys(f'{{"id": 1, "result": {inner}}}') == ["a"]
    assert repeated_keys('{"result": {"inputRequests": {"a": {}, "b": {}}}}') == []
    assert repeated_keys('{"result": {"inputRequests": ["a"]}}') == []
    assert repeated_keys("nothing") == []


@pytest.mark.parametrize(
    ("state", "content"),
    [
        ('{"round": 1, "paid": false}', {"round": 2, "paid": True, "conformance": True}),
        (f"v1.{text({'who': 'me'})}.signature", {"who": "me", "conformance": True}),
    ],
)
def test_that_the_content_of_a_state_is_changed_where_it_can_be_read(state: str, content: dict[str, Any]) -> None:
    changed = rewritten(state)
    if state.startswith("{"):
        assert json.loads(changed) == content
    else:
        version, payload, signature = changed.split(".")
        assert (version, signature) == ("v1", "signature")
        assert json.loads(base64.urlsafe_b64decode(payload)) == content


@pytest.mark.parametrize("state", ["round-1", "", text([1, 2]), "é.ü"])
def test_that_a_state_which_cannot_be_read_is_not_changed(state: str) -> None:
    assert rewritten(state) == ""


def test_what_each_question_needs() -> None:
    assert needed_for({"method": "elicitation/create", "params": {"mode": "url"}}) == ("elicitation", "url")
    assert needed_for({"method": "sampling/createMessage", "params": {"toolChoice": {}}}) == ("sampling", "tools")
    assert needed_for({"method": "roots/list"}) == ("roots",)
    assert needed_for({"method": "ping"}) == ()


def test_that_what_is_asked_is_held_against_what_its_own_request_declared() -> None:
    def exchange(id: int, **capabilities: object) -> Exchange:
        meta = {"io.modelcontextprotocol/clientCapabilities": capabilities}
        sent = {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": "one", "_meta": meta}}
        wanted = {"resultType": "input_required", "inputRequests": {"a": {"method": "roots/list"}}}
        received = json.dumps({"jsonrpc": "2.0", "id": id, "result": wanted})
        parts = [Part((("content-type", "application/json"),), one, len(one)) for one in (json.dumps(sent), received)]
        return Exchange("mcp", "", "POST", "", parts[0], 200, parts[1], "", 0.0, "2026-07-28")

    conversation = Conversation((exchange(1, roots={}), exchange(2)))
    (undeclared,) = conversation.asked_without("roots")
    assert undeclared.request is not None
    assert undeclared.request["id"] == 2
