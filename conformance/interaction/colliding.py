"""Two clients that give their requests the same ids at the same time, and what each of them hears."""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conformance.exercise import admitted
from conformance.interaction.logging import is_log
from conformance.interaction.progress import BRIEF, SLOW, reports_of
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.connection import STATELESS_REVISION, Answer, Connection, Pending
from conformance.wire.heard import Message
from conformance.wire.http import NoAnswer
from conformance.wire.meta import LOG_LEVEL_KEY
from conformance.wire.streamable_http import StreamableHttp

LOGGING = ("test_tool_with_logging", "test_logging_tool")
QUICK = ("test_simple_text", "test_image_content")
OUR_TOKEN, THEIR_TOKEN = "conformance-ours", "conformance-theirs"
_FIRST_ID = 7_301
_ARGUMENTS: dict[str, dict[str, Any]] = {SLOW: {"seconds": 0.4}}
_HEAD_START = 0.02
_LEAST_WAIT = 3.0
_TIMES_LONGER = 10.0


@dataclass(frozen=True)
class Alone:
    """What one client got for a call while nobody else was there: the control."""

    answer: Answer
    logged: frozenset[str]

    @property
    def outcome(self) -> str:
        """What the result says, without its metadata."""
        return _outcome(self.answer)


@dataclass(frozen=True)
class Part:
    """What one of two clients got for its call of a tool; `answer` is None where none came in time.

    `messages` is everything that it heard meanwhile.
    """

    tool: str
    token: str
    answer: Answer | None
    messages: tuple[Message, ...]

    @property
    def exchange(self) -> str:
        """The exchange of the call; empty without an answer."""
        return self.answer.exchange if self.answer else ""

    @property
    def outcome(self) -> str:
        """What the result says, without its metadata; empty without one."""
        return _outcome(self.answer)

    def reports(self, token: str) -> list[Message]:
        """The reports of progress that bear a token."""
        return [one for one in self.messages if reports_of(token)(one.value)]


@dataclass(frozen=True)
class Collision:
    """Two calls with the same id at the same time, one of each client."""

    ours: Part
    theirs: Part

    @property
    def sides(self) -> tuple[tuple[Part, Part], tuple[Part, Part]]:
        """Each part, with the other one."""
        return (self.ours, self.theirs), (self.theirs, self.ours)


@dataclass(frozen=True)
class Colliding:
    """Such pairs of calls, and each of their tools called alone, by its name."""

    alone: dict[str, Alone]
    pairs: tuple[Collision, ...]

    @property
    def sides(self) -> list[tuple[Part, Part]]:
        """Each part of each pair, with the other one."""
        return [side for pair in self.pairs for side in pair.sides]

    def strange_logs(self, part: Part, other: Part) -> list[Message]:
        """Log messages that a client heard though only the tool of the other one writes them."""
        foreign = self.alone[other.tool].logged - self.alone[part.tool].logged
        return [one for one in part.messages if is_log(one.value) and _data(one) in foreign]

    def tells_apart(self, part: Part, other: Part) -> bool:
        """Whether the answers to both can be told apart: the tools, or what they make of the tokens, differ."""
        different = self.alone[part.tool].outcome != self.alone[other.tool].outcome
        return different or OUR_TOKEN in self.alone[part.tool].outcome

    def is_swapped(self, part: Part, other: Part) -> bool:
        """Whether a client got what is the answer to the other one."""
        known, foreign = self.alone[part.tool].outcome, self.alone[other.tool].outcome
        return other.token in part.outcome or (part.outcome == foreign != known)


def pairs_of(offered: Offered) -> list[tuple[str, str]]:
    """The tools to call at the same time, two by two. Raises NotApplicable where too few are known."""
    progress, logging = offered.find_tool(BRIEF, SLOW), offered.find_tool(*LOGGING)
    known = [one for one in (logging, progress, *map(offered.find_tool, QUICK)) if one]
    pairs = [(progress, progress)] if progress else []
    pairs += [(known[0], known[1])] if len(known) > 1 else []
    if not pairs:
        raise NotApplicable(f"the server offers neither {BRIEF} nor two of {', '.join((*LOGGING, *QUICK))}")
    return pairs


def collide(probe: Probe, tools: list[tuple[str, str]]) -> Colliding:
    """Call each tool alone, then two by two. Raises NoAnswer, CouldNotRun where a tool does not work."""
    with probe.spare_session() as ours, probe.spare_session() as theirs:
        alone = {tool: _alone(ours, tool) for tool in dict.fromkeys(one for pair in tools for one in pair)}
        longest = max(one.answer.seconds for one in alone.values())
        wait = min(max(_LEAST_WAIT, _TIMES_LONGER * longest), ours.patience("tools/call"))
        pairs = [_pair(ours, theirs, pair, _FIRST_ID + number, wait) for number, pair in enumerate(tools)]
    return Colliding(alone, tuple(pairs))


def _alone(connection: Connection, tool: str) -> Alone:
    mark = connection.heard.mark
    answer = admitted(connection.request("tools/call", _call(connection, tool, OUR_TOKEN)))
    if answer.result is None or answer.result.get("isError"):
        raise CouldNotRun(f"{tool} does not work alone either ({answer.summary})")
    return Alone(answer, frozenset(_data(one) for one in connection.heard.since(mark) if is_log(one.value)))


def _pair(ours: Connection, theirs: Connection, tools: tuple[str, str], id: int, wait: float) -> Collision:
    """Both call with the same id, the second one as soon as the first is seen at work or must be."""
    our_mark, their_mark = ours.heard.mark, theirs.heard.mark
    first = ours.start("tools/call", _call(ours, tools[0], OUR_TOKEN), id=id)
    first.heard(lambda _: True, _HEAD_START)
    second = theirs.start("tools/call", _call(theirs, tools[1], THEIR_TOKEN), id=id)
    answers = _answer(first, ours, wait), _answer(second, theirs, wait)
    return Collision(
        Part(tools[0], OUR_TOKEN, answers[0], tuple(ours.heard.since(our_mark))),
        Part(tools[1], THEIR_TOKEN, answers[1], tuple(theirs.heard.since(their_mark))),
    )


def _answer(pending: Pending, connection: Connection, wait: float) -> Answer | None:
    """The answer; where there is none in time, the stream is read no longer."""
    answer = None
    with suppress(NoAnswer):
        answer = pending.answer(wait)
    stream = connection.under_way.get(pending.id) if isinstance(connection, StreamableHttp) else None
    if answer is None and stream:
        connection.cancelled.append(pending.id)
        stream.abort()
    return answer


def _call(connection: Connection, tool: str, token: str) -> dict[str, Any]:
    """The parameters of a call; where each request names its log level, those of a tool that logs do."""
    meta: dict[str, Any] = {"progressToken": token}
    if connection.revision >= STATELESS_REVISION and tool in LOGGING:
        meta[LOG_LEVEL_KEY] = "debug"
    return {"name": tool, "arguments": _ARGUMENTS.get(tool, {}), "_meta": meta}


def _outcome(answer: Answer | None) -> str:
    result = dict(as_object(answer.result)) if answer else {}
    result.pop("_meta", None)
    return json.dumps(result, sort_keys=True) if result else ""


def _data(message: Message) -> str:
    return json.dumps(as_object(as_object(message.value).get("params")).get("data"), sort_keys=True)
