"""Streams that a client opens with GET, and what arrives on them while requests are made."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from conformance.ceremony.sessions import session
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.verdict import NotApplicable
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer
from conformance.wire.http import Reply
from conformance.wire.sse import SseEvent
from conformance.wire.streamable_http import Listener, StreamableHttp

PROGRESS = "conformance-listening"
_SHORTEST_WINDOW = 0.2


@dataclass(frozen=True)
class Listening:
    """What came on two GET streams of a session while requests were made.

    `refusal` is the answer to the first GET where it opened no stream, `second_refusal` that to the second; `alive`
    tells whether the session went on after it. `streams` holds the events of each stream that was open. `asked` are
    the ids of the requests. `worked` is the answer to a call that tells its progress under the token `PROGRESS`,
    `changed` that to a call that makes the server tell of a change; None where the server offers no such tool.
    """

    refusal: Reply | None
    second_refusal: Reply | None = None
    alive: bool = True
    streams: tuple[tuple[SseEvent, ...], ...] = ()
    asked: tuple[jsonrpc.Id, ...] = ()
    worked: Answer | None = None
    changed: Answer | None = None

    @classmethod
    def perform(cls, probe: Probe) -> "Listening":
        """Listen on two streams of a session of its own, and make requests. Raises CouldNotRun, NoAnswer."""
        with session(probe) as inside, ExitStack() as closing:
            first = Listener(inside)
            closing.callback(first.close)
            refusal = first.refusal()
            if refusal:
                opened = inside.session_id
                inside.request("ping")
                return cls(refusal, alive=inside.session_id == opened)
            second = Listener(inside)
            closing.callback(second.close)
            second_refusal = second.refusal()
            started = time.monotonic()
            pinged = inside.request("ping")
            worked = _call(inside, probe, "test_tool_with_progress", {"progressToken": PROGRESS})
            changed = _call(inside, probe, "test_trigger_tool_change", {})
            time.sleep(max(_SHORTEST_WINDOW, (time.monotonic() - started) / 4))
            listeners = [first] if second_refusal else [first, second]
            asked = [one.response["id"] for one in (pinged, worked, changed) if one and one.response]
            streams = tuple(tuple(one.events) for one in listeners)
            return cls(None, second_refusal, True, streams, tuple(asked), worked, changed)

    def messages(self) -> list[list[Any]]:
        """The messages on each stream."""
        return [[one for event in events for one in jsonrpc.decode(event.data or "")] for events in self.streams]


def _call(inside: StreamableHttp, probe: Probe, tool: str, meta: dict[str, Any]) -> Answer | None:
    """The answer to a call of a tool without arguments, None where the server has no such tool."""
    try:
        name = Offered(probe.survey).tool(tool)
    except NotApplicable:
        return None
    params = {"name": name, "arguments": {}} | ({"_meta": meta} if meta else {})
    return inside.request("tools/call", params)


def is_about_progress(message: object) -> bool:
    """Whether a message tells the progress of the call that `Listening` made."""
    members = as_object(message)
    token = as_object(members.get("params")).get("progressToken")
    return members.get("method") == "notifications/progress" and token == PROGRESS
