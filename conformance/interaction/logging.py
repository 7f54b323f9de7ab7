"""A session in which each log level is set in turn, and a tool that logs is called at two of them.

Specification page server/utilities/logging. From 2026-07-28 on each request names its level itself.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from conformance.exercise import admitted
from conformance.interaction.progress import SLOW, reports_of
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.wire.connection import Answer, Connection
from conformance.wire.heard import Message
from conformance.wire.meta import LOG_LEVEL_KEY, SUBSCRIPTION_KEY

LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
BELOW_ERROR = frozenset(LEVELS[: LEVELS.index("error")])
UNKNOWN_LEVEL = "verbose"
TOOLS: Mapping[str, frozenset[str]] = {
    "test_tool_with_log_levels": frozenset(LEVELS),
    "test_tool_with_logging": frozenset({"info"}),
    "test_logging_tool": frozenset({"info"}),
}
"""Tools of known names and the levels at which they log, the better one first."""
TOLD_TO_LOG = next(iter(TOOLS))
NAME, EMAIL, PASSWORD = "Cassandra Canary", "cassandra.canary@audit.example", "canary-7391-of-the-audit"
_ARRIVAL_SECONDS = 1.0
_LATE_SECONDS = 0.3
_SLOW_TOKEN = "conformance-busy"  # noqa: S105 - not a secret
_SLOW_CALL = {"name": SLOW, "arguments": {"seconds": 0.6}, "_meta": {"progressToken": _SLOW_TOKEN}}


@dataclass(frozen=True)
class Logged:
    """A call of a tool that logs, and the log messages that came; `late` are those of them after the response."""

    answer: Answer
    messages: tuple[Message, ...]
    late: tuple[Message, ...] = ()

    @property
    def exchange(self) -> str:
        """The exchange of the call."""
        return self.answer.exchange

    @property
    def worked(self) -> bool:
        """Whether the tool did what it is for."""
        return self.answer.result is not None and not self.answer.result.get("isError")

    @property
    def levels(self) -> set[str]:
        """The levels of the messages."""
        return {_level_of(one.value) for one in self.messages}


@dataclass(frozen=True)
class Levels:
    """The answers to logging/setLevel by level, `unknown` that for one that does not exist.

    Where each request names its level, `unknown` is the answer to one for a list, None without any list.
    `tool` was called when the level was "error" and when it was "debug", which gave `calls`; empty without such a tool.
    There the call without a level is under "". `overheard` are messages that came elsewhere than on the stream of the
    call at the level "debug", while another client was `listening` or busy; over stdio those of a subscription.
    """

    answers: Mapping[str, Answer]
    unknown: Answer | None
    tool: str = ""
    calls: Mapping[str, Logged] = field(default_factory=dict[str, Logged])
    overheard: tuple[Message, ...] = ()
    listening: bool = False


def set_levels(probe: Probe, tool: str) -> Levels:
    """Set all levels, the most serious first, and call the tool at two of them. Raises NoAnswer, CouldNotRun.

    So nothing below "error" can be on its way when the tool is called at that level.
    """
    if probe.survey.stateless:
        return _name_levels(probe, tool)
    answers, calls = dict[str, Answer](), dict[str, Logged]()
    with probe.spare_session(listening=bool(tool)) as connection:
        with connection.listening():
            for level in reversed(LEVELS):
                answers[level] = _set(connection, level)
                if tool and level in ("error", "debug"):
                    calls[level] = _call(connection, tool, TOOLS[tool] if level == "debug" else frozenset())
            unknown = _set(connection, UNKNOWN_LEVEL)
        connection.close()
        return Levels(answers, unknown, tool, calls)


def _name_levels(probe: Probe, tool: str) -> Levels:
    """Call the tool without a level and at two levels, and ask for a list at one that does not exist."""
    calls, overheard, listening = dict[str, Logged](), tuple[Message, ...](), False
    with probe.session() as connection:
        for level in ("", "error") if tool else ():
            calls[level] = _call(connection, tool, frozenset(), level)
        if tool:
            calls["debug"], overheard, listening = _overhear(probe, connection, tool)
        listed = next((one for one in probe.survey.listings if not probe.survey.listings[one].refusal), None)
        meta = {"_meta": {LOG_LEVEL_KEY: UNKNOWN_LEVEL}}
        unknown = admitted(connection.request(listed, meta)) if listed else None
        return Levels({}, unknown, tool, calls, overheard, listening)


def _overhear(probe: Probe, connection: Connection, tool: str) -> tuple[Logged, tuple[Message, ...], bool]:
    """Call the tool while another client listens and waits for a slow tool, or over stdio the same client listens."""
    with ExitStack() as open_:
        alone = connection.transport == "stdio"
        other = connection if alone else open_.enter_context(probe.session())
        listening = open_.enter_context(other.listening()) is None
        slow = None if alone else Offered(probe.survey).find_tool(SLOW)
        busy = other.start("tools/call", _SLOW_CALL) if slow else None
        if busy:
            busy.heard(reports_of(_SLOW_TOKEN), _ARRIVAL_SECONDS)
        mark = other.heard.mark
        call = _call(connection, tool, TOOLS[tool], "debug")
        if busy:
            busy.answer(other.patience("tools/call"))
        heard = tuple(one for one in other.heard.since(mark) if is_log(one.value) and (not alone or _is_tagged(one)))
        return call, heard, listening or busy is not None


def _is_tagged(one: Message) -> bool:
    return SUBSCRIPTION_KEY in as_object(as_object(as_object(one.value).get("params")).get("_meta"))


def _set(connection: Connection, level: str) -> Answer:
    return admitted(connection.request("logging/setLevel", {"level": level}))


def _call(connection: Connection, tool: str, awaited: frozenset[str], level: str = "") -> Logged:
    """Call the tool, at a level if one is named, and wait for messages of these levels."""
    arguments = {"name": NAME, "email": EMAIL, "password": PASSWORD} if tool == TOLD_TO_LOG else {}
    mark = connection.heard.mark
    meta = {"_meta": {LOG_LEVEL_KEY: level}} if level else {}
    connection.linger = _LATE_SECONDS if level == "debug" else 0.0
    answer = admitted(connection.request("tools/call", {"name": tool, "arguments": arguments, **meta}))
    if awaited:
        connection.heard.until(_complete(awaited), _LATE_SECONDS if level else _ARRIVAL_SECONDS, mark)
    heard, connection.linger = connection.heard.since(mark), 0.0
    came = next((place for place, one in enumerate(heard) if one.value == answer.response), len(heard))
    late = tuple(one for one in heard[came:] if is_log(one.value))
    return Logged(answer, tuple(one for one in heard if is_log(one.value)), late)


def _complete(awaited: frozenset[str]) -> Callable[[Any], bool]:
    """Tells the message with which the last of these levels was heard."""
    missing = set(awaited)

    def complete(message: Any) -> bool:  # noqa: ANN401
        missing.discard(_level_of(message))
        return not missing

    return complete


def is_log(message: Any) -> bool:  # noqa: ANN401
    """Whether a message is one of the log."""
    return as_object(message).get("method") == "notifications/message"


def _level_of(message: Any) -> str:  # noqa: ANN401
    """The level of a log message; empty for other messages."""
    return str(as_object(as_object(message).get("params")).get("level")) if is_log(message) else ""
