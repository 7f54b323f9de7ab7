"""A session in which each log level is set in turn, and a tool that logs is called at two of them.

Specification page server/utilities/logging. From 2026-07-28 on each request names its level itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.exercise import admitted
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.wire.connection import Answer, Connection
from conformance.wire.heard import Message

LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
BELOW_ERROR = frozenset(LEVELS[: LEVELS.index("error")])
LOG_LEVEL = "io.modelcontextprotocol/logLevel"
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


@dataclass(frozen=True)
class Logged:
    """A call of a tool that logs, and the log messages that came."""

    answer: Answer
    messages: tuple[Message, ...]

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
    There the call without a level is under "".
    """

    answers: Mapping[str, Answer]
    unknown: Answer | None
    tool: str = ""
    calls: Mapping[str, Logged] = field(default_factory=dict[str, Logged])


def set_levels(probe: Probe, tool: str) -> Levels:
    """Set all levels, the most serious first, and call the tool at two of them. Raises NoAnswer, CouldNotRun.

    So nothing below "error" can be on its way when the tool is called at that level.
    """
    if probe.survey.stateless:
        return _name_levels(probe, tool)
    answers, calls = dict[str, Answer](), dict[str, Logged]()
    with probe.session() as connection, connection.listening():
        for level in reversed(LEVELS):
            answers[level] = _set(connection, level)
            if tool and level in ("error", "debug"):
                calls[level] = _call(connection, tool, TOOLS[tool] if level == "debug" else frozenset())
        return Levels(answers, _set(connection, UNKNOWN_LEVEL), tool, calls)


def _name_levels(probe: Probe, tool: str) -> Levels:
    """Call the tool without a level and at two levels, and ask for a list at one that does not exist."""
    calls = dict[str, Logged]()
    with probe.session() as connection:
        for level in ("", "error", "debug") if tool else ():
            calls[level] = _call(connection, tool, TOOLS[tool] if level == "debug" else frozenset(), level)
        listed = next((one for one in probe.survey.listings if not probe.survey.listings[one].refusal), None)
        meta = {"_meta": {LOG_LEVEL: UNKNOWN_LEVEL}}
        unknown = admitted(connection.request(listed, meta)) if listed else None
        return Levels({}, unknown, tool, calls)


def _set(connection: Connection, level: str) -> Answer:
    return admitted(connection.request("logging/setLevel", {"level": level}))


def _call(connection: Connection, tool: str, awaited: frozenset[str], level: str = "") -> Logged:
    """Call the tool, at a level if one is named, and wait for messages of these levels."""
    arguments = {"name": NAME, "email": EMAIL, "password": PASSWORD} if tool == TOLD_TO_LOG else {}
    mark = connection.heard.mark
    meta = {"_meta": {LOG_LEVEL: level}} if level else {}
    answer = admitted(connection.request("tools/call", {"name": tool, "arguments": arguments, **meta}))
    if awaited:
        connection.heard.until(_complete(awaited), _ARRIVAL_SECONDS, mark)
    return Logged(answer, tuple(one for one in connection.heard.since(mark) if is_log(one.value)))


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
