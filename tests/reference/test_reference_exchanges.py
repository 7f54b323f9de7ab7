"""What the server sends beside its responses over Streamable HTTP, and how it copes with what the client sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance.reference import ReferenceServer

from .client import Client, Json, messages_of
from .events import Events


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer(profile="open") as running:
        yield running


@pytest.fixture
def client(server: ReferenceServer) -> Iterator[Client]:
    with Client(server) as made:
        yield made


def call_of(name: str, id: int | str = 1, token: object = None, **arguments: Any) -> Json:
    params: Json = {"name": name, "arguments": arguments}
    if token is not None:
        params["_meta"] = {"progressToken": token}
    return {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}


@contextmanager
def posted(client: Client, message: object) -> Iterator[Events]:
    headers = {"Accept": "application/json, text/event-stream"}
    with client.stream("POST", "/mcp", json=message, headers=headers) as response:
        yield Events(response)


@contextmanager
def listening(client: Client, last_id: str = "") -> Iterator[Events]:
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_id} if last_id else {})
    with client.stream("GET", "/mcp", headers=headers) as response:
        yield Events(response)


def answered(client: Client, call: Json, **answers: Json) -> tuple[list[Json], Json]:
    """What the server asked during a call, answered by the end of its method, and the result of the call."""
    asked: list[Json] = []
    with posted(client, call) as events:
        for message in events.messages():
            if "id" in message and "method" in message:
                asked.append(message)
                answer = answers[message["method"].rpartition("/")[2]]
                response = client.post_message({"jsonrpc": "2.0", "id": message["id"], **answer})
                assert (response.status_code, response.content) == (202, b"")
            elif "id" in message:
                return asked, message.get("result", message)
    raise AssertionError("the call was not answered")


def text_of(result: Json) -> str:
    return result["content"][0]["text"]


SAMPLE: Json = {"role": "assistant", "model": "m", "content": {"type": "text", "text": "blue"}}


def test_the_client_is_asked_for_a_sample(client: Client) -> None:
    client.initialize(sampling={})
    [asked], result = answered(client, call_of("test_sampling", prompt="which?"), createMessage={"result": SAMPLE})
    assert asked["params"]["messages"][0]["content"] == {"type": "text", "text": "which?"}
    assert text_of(result) == "LLM response: blue"


@pytest.mark.parametrize(
    "answer",
    [
        {"error": {"code": -1, "message": "no"}},
        {"result": {}},
        {"result": SAMPLE | {"content": {"type": "text", "text": 5}}},
        {"result": SAMPLE | {"content": {"type": "text", "text": "x" * 200_000}}},
    ],
    ids=["error", "empty", "number", "long"],
)
def test_a_useless_sample_fails_the_tool(client: Client, answer: Json) -> None:
    client.initialize(sampling={})
    _, result = answered(client, call_of("test_sampling", prompt="which?"), createMessage=answer)
    assert result["isError"] is True


def test_tools_are_used_and_balanced_in_sampling(client: Client) -> None:
    client.initialize(sampling={"tools": {}})
    uses = [{"type": "tool_use", "id": id, "name": "favourite_number", "input": {}} for id in "ab"]
    asked, result = answered(
        client,
        call_of("test_sampling_with_tools", prompt="which?"),
        createMessage={"result": SAMPLE | {"content": uses, "stopReason": "toolUse"}},
    )
    assert result["isError"] is True
    assert len(asked) == 6
    question, assistant, user = asked[1]["params"]["messages"][:3]
    assert question["role"] == "user"
    assert assistant == {"role": "assistant", "content": uses}
    assert [block["toolUseId"] for block in user["content"]] == ["a", "b"]
    assert asked[-1]["params"]["toolChoice"] == {"mode": "none"}
    assert len({one["id"] for one in asked}) == 6


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"action": "accept", "content": {"username": "ada", "email": "ada@example.com"}}, "action=accept"),
        ({"action": "decline"}, "action=decline, content={}"),
        ({"action": "cancel"}, "action=cancel, content={}"),
        ({"action": "accept", "content": {"username": "ada"}}, "email is missing"),
        ({"action": "accept", "content": {"username": "ada", "email": "ada"}}, "an e-mail address"),
        ({"action": "shrug"}, "unknown action"),
    ],
)
def test_forms_are_filled_in(client: Client, answer: Json, expected: str) -> None:
    client.initialize(elicitation={})
    _, result = answered(client, call_of("test_elicitation", message="who?"), create={"result": answer})
    assert expected in text_of(result)


def test_all_kinds_of_choices_are_offered(client: Client) -> None:
    client.initialize(elicitation={"form": {}})
    content = {"titledSingle": "value1", "untitledMulti": ["option1"], "titledMulti": ["value1", "value2"]}
    answer = {"result": {"action": "accept", "content": content}}
    [asked], result = answered(client, call_of("test_elicitation_sep1330_enums"), create=answer)
    assert len(asked["params"]["requestedSchema"]["properties"]) == 5
    assert "value2" in text_of(result)
    content["titledMulti"] = ["value9"]
    _, result = answered(client, call_of("test_elicitation_sep1330_enums"), create=answer)
    assert result["isError"] is True
    [asked], _ = answered(
        client, call_of("test_elicitation_sep1034_defaults"), create=answer | {"result": {"action": "accept"}}
    )
    defaults = {name: one["default"] for name, one in asked["params"]["requestedSchema"]["properties"].items()}
    assert defaults == {"name": "John Doe", "age": 30, "score": 95.5, "status": "active", "verified": True}


def test_urls_are_opened_only_where_the_client_can(client: Client) -> None:
    client.initialize(elicitation={})
    for name in ("test_elicitation_url", "test_elicitation_url_required"):
        assert answered(client, call_of(name))[1]["isError"] is True
    client.initialize(elicitation={"url": {}})
    assert answered(client, call_of("test_elicitation", message="who?"))[1]["isError"] is True
    with posted(client, call_of("test_elicitation_url")) as events:
        messages = (message for message in events.messages() if message.get("method") != "notifications/message")
        asked = next(messages)
        client.post_message({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "accept"}})
        done = next(messages)
        assert done["method"] == "notifications/elicitation/complete"
        assert done["params"] == {"elicitationId": asked["params"]["elicitationId"]}
    _, refused = answered(client, call_of("test_elicitation_url_required"))
    assert refused["error"]["code"] == -32042
    assert refused["error"]["data"]["elicitations"][0]["mode"] == "url"


@pytest.mark.parametrize("name", ["test_sampling", "test_list_roots", "test_elicitation"])
def test_nothing_is_asked_of_a_client_that_cannot_answer(client: Client, name: str) -> None:
    client.initialize()
    arguments = {"test_sampling": {"prompt": "x"}, "test_elicitation": {"message": "x"}}.get(name, {})
    asked, result = answered(client, call_of(name, **arguments))
    assert asked == []
    assert "does not offer" in text_of(result)


def test_roots_are_asked_for_and_kept_to(client: Client) -> None:
    client.initialize(roots={})
    roots = {"result": {"roots": [{"uri": "file:///home/ada"}]}}
    for path, outside in (
        ("/home/ada/x", False),
        ("/home/ada/../bob", True),
        ("/home/adam", True),
        ("/home/ada", False),
    ):
        _, result = answered(client, call_of("test_locate_path", path=path), list=roots)
        assert result.get("isError", False) is outside
    assert text_of(answered(client, call_of("test_list_roots"), list=roots)[1]) == "/home/ada"
    assert answered(client, call_of("test_list_roots"), list={"result": {"roots": [{"uri": "http://x"}]}})[1]["isError"]


def test_roots_are_looked_at_when_they_change(client: Client) -> None:
    client.initialize(roots={"listChanged": True})
    with listening(client) as events:
        assert events.message()["method"] == "roots/list"
        client.notify("roots/list_changed")
        assert events.message()["method"] == "roots/list"


def test_the_client_is_pinged(client: Client) -> None:
    client.initialize()
    assert text_of(answered(client, call_of("test_ping_client"), ping={"result": {}})[1]) == "The client answered."


def test_progress_is_told_to_who_wants_to_know(client: Client) -> None:
    for revision, has_message in (("2025-11-25", True), ("2024-11-05", False)):
        client.initialize(revision)
        messages = messages_of(client.post_message(call_of("test_tool_with_progress", token="t")).text)
        told = [one["params"] for one in messages if one.get("method") == "notifications/progress"]
        assert [one["progress"] for one in told] == [0, 50, 100]
        assert {one["progressToken"] for one in told} == {"t"}
        assert all(("message" in one) == has_message for one in told)
    text = client.post_message(call_of("test_tool_with_progress", token=True)).text
    assert "notifications/progress" not in text


def test_log_messages_come_while_a_tool_works(client: Client) -> None:
    client.initialize()
    messages = messages_of(client.post_message(call_of("test_tool_with_logging")).text)
    assert [one.get("params", {}).get("data") for one in messages][1:4] == [
        "Tool execution started",
        "Tool processing data",
        "Tool execution completed",
    ]


def test_a_tool_logs_at_every_level(client: Client) -> None:
    client.initialize()
    for level, number in (("debug", 8), ("error", 4), ("emergency", 1)):
        client.call("logging/setLevel", level=level)
        text = client.post_message(call_of("test_tool_with_log_levels", password="the password")).text
        told = [one["params"]["level"] for one in messages_of(text) if one.get("method") == "notifications/message"]
        assert len({*told}) == number
        assert "the password" not in text


@pytest.mark.parametrize(
    ("tool", "arguments", "method"),
    [
        ("test_tool_with_log_levels", {"times": 100}, "notifications/message"),
        ("test_wait", {"seconds": 0, "steps": 1000}, "notifications/progress"),
    ],
)
def test_nobody_is_told_too_much_at_once(client: Client, tool: str, arguments: Json, method: str) -> None:
    client.initialize()
    messages = messages_of(client.post_message(call_of(tool, token="t", **arguments)).text)

    assert 50 < sum(one.get("method") == method for one in messages) < 150


def test_each_question_to_the_client_bears_a_token_of_its_own(client: Client) -> None:
    client.initialize(sampling={})
    with (
        posted(client, call_of("test_sampling", id=8, prompt="x")) as first,
        posted(client, call_of("test_sampling", id=9, prompt="x")) as second,
    ):
        asked = [next(one for one in events.messages() if "id" in one) for events in (first, second)]
        tokens = [one["params"]["_meta"]["progressToken"] for one in asked]
        assert len({*tokens}) == 2
        for id in (8, 9):
            client.notify("cancelled", requestId=id)


def test_a_cancelled_call_is_not_answered(client: Client) -> None:
    client.initialize()
    with posted(client, call_of("test_wait", id="slow", seconds=10)) as events:
        assert events.message()["method"] == "notifications/message"
        client.notify("cancelled", requestId="other")
        client.notify("cancelled", requestId="slow")
        assert list(events.messages()) == []
    client.notify("cancelled", requestId="slow")
    client.notify("cancelled")
    assert client.call("ping")["result"] == {}


def test_cancelling_a_call_withdraws_what_it_asked(client: Client) -> None:
    client.initialize(sampling={})
    with posted(client, call_of("test_sampling", id=9, prompt="x")) as events:
        asked = next(one for one in events.messages() if "id" in one)
        client.notify("cancelled", requestId=9)
        withdrawn = events.message()
        assert withdrawn["method"] == "notifications/cancelled"
        assert withdrawn["params"]["requestId"] == asked["id"]
        assert list(events) == []


def test_the_client_may_wait_for_other_calls_meanwhile(client: Client) -> None:
    client.initialize()
    with posted(client, call_of("test_wait", seconds=0.3)) as slow:
        assert client.call("ping", 2)["result"] == {}
        assert [one["id"] for one in slow.messages() if "id" in one] == [1]


def test_a_lost_stream_is_taken_up_where_it_was_lost(client: Client) -> None:
    client.initialize()
    first = {"jsonrpc": "2.0", "id": 8, "method": "tools/call", "params": {"name": "recall"}}
    client.post_message(first)
    with posted(client, call_of("test_wait", token="t", seconds=0.5)) as events:
        seen = [next(events.messages()) for _ in range(3)]
    assert [one["params"].get("progress") for one in seen] == [None, 0, 1]
    with listening(client, events.last_id) as events:
        rest = list(events.messages())
    assert [one.get("params", {}).get("progress") for one in rest] == [2, 3, 4, 5, 6, 7, 8, 9, 10, None]
    assert rest[-1]["id"] == 1
    with listening(client, events.last_id) as events:
        assert list(events) == []


def test_event_ids_are_those_of_one_stream(client: Client) -> None:
    client.initialize("2025-03-26")
    ids = [
        line
        for id in range(3)
        for line in client.post_message(call_of("recall", id)).text.splitlines()
        if line.startswith("id: ")
    ]
    assert len(set(ids)) == len(ids) == 6
    for unknown in ("1-x", "9-1", "nonsense"):
        headers = {"Accept": "text/event-stream", "Last-Event-ID": unknown}
        assert client.get("/mcp", headers=headers).status_code == 400


def test_a_connection_may_break_and_the_answer_be_fetched(client: Client) -> None:
    client.initialize()
    with posted(client, call_of("test_reconnection")) as events:
        seen = list(events)
    assert seen[-1].retry == "100"
    assert not any("id" in event.message for event in seen if event.data)
    with listening(client, events.last_id) as events:
        assert events.message()["id"] == 1
    client.initialize("2025-06-18")
    assert '"id":1' in client.post_message(call_of("test_reconnection")).text


@pytest.mark.parametrize(
    ("tool", "list_name", "added"),
    [
        ("test_trigger_tool_change", "tools", "test_dynamic_tool"),
        ("test_trigger_prompt_change", "prompts", "test_dynamic_prompt"),
        ("test_trigger_resource_change", "resources", "dynamic-resource"),
    ],
)
def test_changes_of_a_list_are_announced(client: Client, tool: str, list_name: str, added: str) -> None:
    def names() -> set[str]:
        result = client.call(f"{list_name}/list")["result"]
        if cursor := result.get("nextCursor"):
            result = client.call(f"{list_name}/list", cursor=cursor)["result"]
        return {one["name"] for one in result[list_name]}

    client.initialize()
    with listening(client) as first, listening(client) as second:
        next(iter(first))
        next(iter(second))
        for there in (True, False):
            client.post_message(call_of(tool))
            assert second.message() == {"jsonrpc": "2.0", "method": f"notifications/{list_name}/list_changed"}
            assert (added in names()) == there
        client.delete("/mcp")
        assert list(first.messages()) == []


def test_what_was_missed_waits_until_the_client_listens(client: Client) -> None:
    client.initialize()
    client.post_message(call_of("test_trigger_tool_change"))
    with listening(client) as events:
        assert events.message()["method"] == "notifications/tools/list_changed"


def test_a_watched_resource_is_announced_until_it_is_watched_no_longer(client: Client) -> None:
    uri = "test://watched-resource"
    client.initialize("2025-06-18")
    with listening(client) as events:
        assert client.call("resources/subscribe", uri=uri)["result"] == {}
        before = client.call("resources/read", uri=uri)["result"]
        updated = events.message()
        assert updated["method"] == "notifications/resources/updated"
        assert updated["params"] == {"uri": uri}
        assert client.call("resources/read", uri=uri)["result"] != before
        for _ in range(2):
            assert client.call("resources/unsubscribe", uri=uri)["result"] == {}


def test_batches_are_answered_only_in_the_revision_that_has_them(client: Client) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    notification = {"jsonrpc": "2.0", "method": "notifications/unknown"}
    client.initialize("2025-03-26")
    response = client.post_message([ping, notification, {"id": 5}, ping | {"id": 2}])
    assert [one.get("id") for one in response.json()] == [5, 1, 2]
    response = client.post_message([notification, {"jsonrpc": "2.0", "id": 4, "result": {}}])
    assert (response.status_code, response.content) == (202, b"")
    streamed = messages_of(client.post_message([ping, call_of("test_simple_text", 2)]).text)
    assert {one.get("id") for one in streamed} == {None, 1, 2}
    assert client.post_message([ping, call_of("echo", 2, text="x")], Accept="application/json").json()[1]["id"] == 2
    assert client.post_message([]).status_code == 400
    [refused] = client.post_message([{"jsonrpc": "2.0", "id": 3, "method": "initialize"}]).json()
    assert (refused["id"], refused["error"]["code"]) == (3, -32600)
    for revision in ("2024-11-05", "2025-06-18", "2025-11-25"):
        client.initialize(revision)
        assert client.post_message([ping]).json()["error"]["code"] == -32600


def test_batches_need_the_scopes_of_all_their_messages() -> None:
    with ReferenceServer() as server, Client(server) as client:
        client.log_in(scope="mcp")
        client.initialize("2025-03-26")
        assert client.post_message([call_of("echo", text="x")]).status_code == 200
        assert client.post_message([call_of("echo", text="x"), call_of("report", 2)]).status_code == 403


LATER: Json = {
    "2024-11-05": {"annotations", "title", "outputSchema", "icons"},
    "2025-03-26": {"title", "outputSchema", "icons"},
    "2025-06-18": {"icons"},
    "2025-11-25": set[str](),
}


@pytest.mark.parametrize("revision", LATER)
def test_each_revision_sees_only_what_it_knows(client: Client, revision: str) -> None:
    client.initialize(revision)
    first = client.call("tools/list")["result"]
    second = client.call("tools/list", cursor=first["nextCursor"])["result"]
    tools = first["tools"] + second["tools"]
    members = {member for tool in tools for member in tool}
    assert members.isdisjoint(LATER[revision])
    assert members >= LATER["2024-11-05"] - LATER[revision]
    names = {tool["name"] for tool in tools}
    assert ("test_audio_content" in names) == (revision >= "2025-03-26")
    assert ("test_elicitation" in names) == (revision >= "2025-06-18")
    assert ("test_elicitation_sep1330_enums" in names) == (revision >= "2025-11-25")
    added = client.call("tools/call", name="add", arguments={"a": 1, "b": 2})["result"]
    assert ("structuredContent" in added) == (revision >= "2025-06-18")
    kinds = [block["type"] for block in client.call("tools/call", name="recall")["result"]["content"]]
    assert kinds == ["text", "resource_link" if revision >= "2025-06-18" else "text"]
    guide = client.call("resources/list")["result"]["resources"][0]
    assert ("title" in guide) == ("lastModified" in guide["annotations"]) == (revision >= "2025-06-18")


def test_arguments_are_checked_against_a_schema_of_the_newest_dialect(client: Client) -> None:
    client.initialize()
    for arguments, fits in (
        ({"email": "a@b"}, True),
        ({"contactMethod": "phone", "phone": "1"}, True),
        ({"contactMethod": "phone", "email": "a@b"}, False),
        ({"phone": "1"}, False),
        ({"email": "a@b", "address": {"street": 5}}, False),
        ({"email": "a@b", "other": 5}, False),
        ({}, False),
    ):
        result = client.call("tools/call", name="json_schema_2020_12_tool", arguments=arguments)["result"]
        assert ("isError" not in result) == fits, arguments
