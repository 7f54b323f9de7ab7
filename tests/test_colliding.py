"""What is made of what two clients with the same request ids hear."""

from typing import Any

import pytest

from conformance.interaction.colliding import OUR_TOKEN, THEIR_TOKEN, Alone, Colliding, Collision, Part
from conformance.wire.connection import Answer
from conformance.wire.heard import Message
from conformance.wire.http import Reply


def answer(text: str) -> Answer:
    result = {"content": [{"type": "text", "text": text}], "_meta": {"made": text}}
    return Answer(Reply(200, (), b"", "", ""), response={"jsonrpc": "2.0", "id": 1, "result": result})


def heard(method: str, params: dict[str, Any]) -> Message:
    return Message({"jsonrpc": "2.0", "method": f"notifications/{method}", "params": params}, "", 0.0, "answer")


def log(data: str) -> Message:
    return heard("message", {"level": "info", "data": data})


ALONE = {
    "echo": Alone(answer(OUR_TOKEN), frozenset()),
    "text": Alone(answer("text"), frozenset({'"text begins"', '"called"'})),
    "image": Alone(answer("image"), frozenset({'"called"'})),
}


def pair(ours: tuple[str, str], theirs: tuple[str, str], *messages: Message) -> Colliding:
    """A pair of calls, each a tool and what it answered; `messages` came to the second client."""
    first = Part(ours[0], OUR_TOKEN, answer(ours[1]), ())
    return Colliding(ALONE, (Collision(first, Part(theirs[0], THEIR_TOKEN, answer(theirs[1]), messages)),))


@pytest.mark.parametrize(
    ("ours", "theirs", "swapped"),
    [
        (("text", "text"), ("image", "image"), []),
        (("text", "image"), ("image", "text"), ["text", "image"]),
        (("text", "text"), ("image", "text"), ["image"]),
        (("text", "something"), ("image", "image"), []),
        (("echo", OUR_TOKEN), ("echo", THEIR_TOKEN), []),
        (("echo", THEIR_TOKEN), ("echo", OUR_TOKEN), ["echo", "echo"]),
        (("text", "text"), ("echo", THEIR_TOKEN), []),
        (("text", "text"), ("text", "text"), []),
    ],
)
def test_an_answer_that_was_for_the_other_client_is_found(
    ours: tuple[str, str], theirs: tuple[str, str], swapped: list[str]
) -> None:
    colliding = pair(ours, theirs)

    assert [part.tool for part, other in colliding.sides if colliding.is_swapped(part, other)] == swapped


def test_answers_of_one_tool_can_be_told_apart_by_the_token_alone() -> None:
    echoes, same = pair(("echo", ""), ("echo", "")), pair(("text", ""), ("text", ""))

    assert all(echoes.tells_apart(*side) for side in echoes.sides)
    assert not any(same.tells_apart(*side) for side in same.sides)


def test_only_what_the_tool_of_the_other_alone_logs_is_strange() -> None:
    colliding = pair(("text", "text"), ("image", "image"), log("called"), log("text begins"), log("elsewhere"))
    (ours, theirs), _ = colliding.sides

    assert colliding.strange_logs(ours, theirs) == []
    assert [one.value["params"]["data"] for one in colliding.strange_logs(theirs, ours)] == ["text begins"]


def test_reports_belong_to_the_client_of_their_token() -> None:
    params = {"progressToken": OUR_TOKEN, "progress": 1}
    theirs = pair(("echo", OUR_TOKEN), ("echo", THEIR_TOKEN), heard("progress", params)).pairs[0].theirs

    assert (len(theirs.reports(OUR_TOKEN)), theirs.reports(THEIR_TOKEN)) == (1, [])
