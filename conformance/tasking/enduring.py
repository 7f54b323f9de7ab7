"""What the target does with tasks of the extension: one from its creation to its end, and those of known tools."""

import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from conformance.interaction.rounds import responses_to
from conformance.probe import Probe
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.tasking.client import FINAL, status_of
from conformance.tasking.durable import (
    KNOWING,
    NOT_KNOWING,
    Asked,
    DurableClient,
    ended,
    id_of,
    interval_of,
    made_task,
    wanted_by,
)
from conformance.tool_calls import Call, calls_of, may_call
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.connection import Answer
from conformance.wire.heard import Message
from conformance.wire.http import NoAnswer
from conformance.wire.meta import LOG_LEVEL_KEY
from conformance.wire.stateless import StatelessHttp, is_interim, questions_in
from conformance.wire.subscription import Subscription, listen

SLOW, FAILING, BROKEN, CONFIRMING, ASKING_TWICE, ASKING_FIRST, PLAIN = (
    "slow_compute",
    "failing_job",
    "protocol_error_job",
    "confirm_delete",
    "multi_input",
    "test_tool_with_task",
    "greet",
)
"""Tools of the field's own conformance fixture."""
TOLD = "notifications/tasks"
UNKNOWN_KEY = "conformance-key-that-was-never-given"
_ARGUMENTS: Mapping[str, dict[str, object]] = {
    SLOW: {"seconds": 1, "label": "conformance"},
    FAILING: {},
    BROKEN: {},
    CONFIRMING: {"filename": "conformance.txt"},
    ASKING_TWICE: {},
    ASKING_FIRST: {},
    PLAIN: {"name": "conformance"},
}
_MARKS = frozenset((SLOW, FAILING, BROKEN))
"""A server that offers all of these is made for tests, so that none of its known tools does any harm."""
_MOST_TRIES = 3
_ROUNDS = 4
_STOPPED_AFTER = 5
_SETTLING = 0.3
"""Seconds after which a state must show what was acknowledged, and in which a message may still arrive."""
_BEGIN_SECONDS = 5.0


@dataclass(frozen=True)
class DurableTools:
    """The tools of the target that may run as tasks; `allowed` are the names that the user lets us call."""

    survey: Survey
    allowed: Sequence[str]

    def known(self, name: str, **arguments: object) -> Call | None:
        """A call of a tool of the fixture, with its usual arguments and these; None where it may not be called."""
        tools = {str(tool.get("name")): tool for tool in self.survey.tools}
        if name not in tools or not (tools.keys() >= _MARKS or may_call(tools[name], self.allowed)):
            return None
        return name, _ARGUMENTS[name] | arguments

    def any(self) -> list[Call]:
        """Calls of which one may be answered with a task, a few at most."""
        slow = self.known(SLOW)
        if slow:
            return [slow]
        return [call for _, call in zip(range(_MOST_TRIES), calls_of(self.survey.tools, self.allowed), strict=False)]


@dataclass(frozen=True)
class Enduring:
    """A task and what was seen of it.

    `created` is the answer to the call that made it, None where none of the `tried` ones did; `looks` are the states
    up to the end. The others came in this order: `misrouted` to a look whose header field named another task,
    `undeclared` to requests of a client that knows no tasks, by method, `stopped` to tasks/cancel, the `last` look,
    `seconds` after the call; `unknown` to requests about a task that never was, `former` to methods of 2025-11-25, by
    method, and `plain` to the same call of a client that knows no tasks.
    """

    tried: tuple[Answer, ...]
    created: Answer | None = None
    looks: tuple[Answer, ...] = ()
    misrouted: Answer | None = None
    undeclared: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    stopped: Answer | None = None
    last: Answer | None = None
    seconds: float = 0.0
    unknown: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    former: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    plain: Answer | None = None
    asked: tuple[Asked, ...] = ()

    @property
    def exchange(self) -> str:
        """The exchange that made the task."""
        return self.created.exchange if self.created else ""

    @property
    def ended(self) -> bool:
        """Whether the end was seen."""
        return bool(self.looks) and ended(self.looks[-1])


def endure(probe: Probe, tools: DurableTools, seconds: float) -> Enduring:
    """Make a task, see it through for so many seconds at most, and ask about it. Raises NoAnswer, CouldNotRun."""
    with probe.session(KNOWING) as connection:
        client, tried = DurableClient(connection), list[Answer]()
        for call in tools.any():
            began = time.monotonic()
            created = client.call(call)
            tried.append(created)
            if made_task(created):
                break
        else:
            return Enduring(tuple(tried), asked=tuple(client.asked))
        id = id_of(created)
        if not id:
            return Enduring(tuple(tried), created, asked=tuple(client.asked))
        looks = client.follow(id, seconds)
        if looks[0].result is None:
            time.sleep(_SETTLING)
            looks += client.follow(id, seconds)
        found = Enduring(tuple(tried), created, tuple(looks))
        if isinstance(connection, StatelessHttp):
            with connection.altered({"Mcp-Name": "conformance-another-task"}):
                found = replace(found, misrouted=client.get(id))
        found = replace(found, undeclared=client.all_three(id, knowing=False), stopped=client.cancel(id))
        found = replace(found, last=client.get(id), seconds=time.monotonic() - began)
        made_up = f"conformance-{secrets.token_hex(16)}"
        former = {name: connection.request(name, params) for name, params in _former(id)}
        found = replace(found, unknown=client.all_three(made_up), former=former)
        with suppress(NoAnswer):
            found = replace(found, plain=client.call(tools.known(SLOW, seconds=0) or call, knowing=False))
        return replace(found, asked=tuple(client.asked))


def _former(id: str) -> list[tuple[str, dict[str, str]]]:
    return [("tasks/result", {"taskId": id}), ("tasks/list", {})]


@dataclass(frozen=True)
class Ended:
    """The task of a call, or the answer to it where it made none; `end` is the last state seen, `looks` all of them."""

    created: Answer
    looks: tuple[Answer, ...] = ()

    @property
    def end(self) -> Answer | None:
        """The last state, None where none was seen."""
        return self.looks[-1] if self.looks else None


@dataclass(frozen=True)
class Questioned(Ended):
    """A task that wants something of the client.

    `asking` is the first state that says so, `stray` the answer to an update with a key that was never given, and
    `after_stray` the state next. `first` is the answer to an update with one of two answers, `after_first` the state a
    moment later, `missing` the key of the other. `given` are the keys that were answered.
    """

    asking: Answer | None = None
    stray: Answer | None = None
    after_stray: Answer | None = None
    first: Answer | None = None
    after_first: Answer | None = None
    missing: str = ""
    given: frozenset[str] = frozenset()

    @property
    def stuck(self) -> bool:
        """Whether it still wants nothing but what it has been given."""
        wanted = wanted_by(self.end).keys()
        waits = status_of(self.end) == "input_required" and self.given >= wanted
        return waits and not reused_keys(self.looks)


@dataclass(frozen=True)
class Outcomes:
    """What came of the tools of the fixture that there are.

    `failing` and `broken` are tasks whose tool fails, or breaks down; `undeclared` is the answer to the call of the
    former by a client that knows no tasks. `confirming` wants one thing, `twice` two at once. `first` is the answer to
    the call of a tool that asks before it makes a task, `second` that to the next try, `after` the task it made.
    `stopped` is the answer to tasks/cancel of a task at work, `former` that to a call with the member task of
    2025-11-25 and `plainly` that to the same call without it.
    """

    failing: Ended | None = None
    undeclared: Answer | None = None
    broken: Ended | None = None
    confirming: Questioned | None = None
    twice: Questioned | None = None
    first: Answer | None = None
    second: Answer | None = None
    after: Ended | None = None
    stopped: Answer | None = None
    former: Answer | None = None
    plainly: Answer | None = None
    asked: tuple[Asked, ...] = ()


def see_outcomes(probe: Probe, tools: DurableTools, seconds: float) -> Outcomes:
    """Run each tool of the fixture that is offered, each for so many seconds at most. Raises NoAnswer, CouldNotRun."""
    with probe.session(KNOWING) as connection:
        client, found = DurableClient(connection), Outcomes()
        if call := tools.known(FAILING):
            found = replace(found, failing=_see(client, call, seconds), undeclared=client.call(call, knowing=False))
        if call := tools.known(BROKEN):
            found = replace(found, broken=_see(client, call, seconds))
        if call := tools.known(CONFIRMING):
            found = replace(found, confirming=_question(client, call, seconds))
        if call := tools.known(ASKING_TWICE):
            found = replace(found, twice=_question_twice(client, call, seconds))
        if call := tools.known(ASKING_FIRST):
            found = _ask_first(client, call, seconds, found)
        if call := tools.known(SLOW, seconds=_STOPPED_AFTER):
            created = client.call(call)
            found = replace(found, stopped=client.cancel(id_of(created)) if id_of(created) else None)
        if call := tools.known(PLAIN):
            former = client.call(call, task={"ttl": 60_000})
            found = replace(found, plainly=client.call(call), former=former)
        return replace(found, asked=tuple(client.asked))


def _task_of(answer: Answer) -> str:
    """The id of the task that a call made; empty where it made none."""
    return id_of(answer) if made_task(answer) else ""


def _see(client: DurableClient, call: Call, seconds: float) -> Ended:
    created = client.call(call)
    id = _task_of(created)
    return Ended(created, tuple(client.follow(id, seconds)) if id else ())


def _wants(answer: Answer) -> bool:
    return status_of(answer) == "input_required"


def _question(client: DurableClient, call: Call, seconds: float) -> Questioned:
    """Let a task ask, give it an answer to nothing, then what it wants."""
    created = client.call(call)
    id = _task_of(created)
    looks = client.follow(id, seconds, _wants) if id else []
    found = Questioned(created, tuple(looks))
    if not looks or not _wants(looks[-1]):
        return found
    stray = client.update(id, {UNKNOWN_KEY: {"action": "decline"}})
    looks.append(client.get(id))
    found = replace(found, asking=looks[-2], stray=stray, after_stray=looks[-1])
    return _give(client, id, seconds, found, looks)


def _question_twice(client: DurableClient, call: Call, seconds: float) -> Questioned:
    """Let a task ask two things, and answer the first before the second."""

    def both(answer: Answer) -> bool:
        return len(wanted_by(answer)) > 1

    created = client.call(call)
    id = _task_of(created)
    looks = client.follow(id, seconds, both) if id else []
    found = Questioned(created, tuple(looks))
    if not looks or not _wants(looks[-1]):
        return found
    asking, answers = looks[-1], _answers(wanted_by(looks[-1]))
    if len(answers) > 1:
        one, other = list(answers)[:2]
        first = client.update(id, {one: answers[one]})
        time.sleep(max(interval_of(asking), _SETTLING))
        looks.append(client.get(id))
        given = frozenset((one,)) if first.result is not None else frozenset[str]()
        found = replace(found, first=first, after_first=looks[-1], missing=other, given=given)
    return _give(client, id, seconds, replace(found, asking=asking), looks)


def _give(client: DurableClient, id: str, seconds: float, found: Questioned, looks: list[Answer]) -> Questioned:
    """Give a task what it wants until it wants nothing more, a few times at most, and see it through."""
    given, deadline = set(found.given), time.monotonic() + seconds

    def new(answer: Answer) -> bool:
        return bool(wanted_by(answer).keys() - given) or bool(reused_keys([*looks, answer]))

    for _ in range(_ROUNDS):
        answers = _answers({key: one for key, one in wanted_by(looks[-1]).items() if key not in given})
        if not answers or reused_keys(looks):
            break
        client.update(id, answers)
        given |= answers.keys()
        looks += client.follow(id, max(deadline - time.monotonic(), 0.0), new)
    if looks[-1].result and not ended(looks[-1]):
        client.cancel(id)
    return replace(found, looks=tuple(looks), given=frozenset(given))


def _answers(wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Proper answers to what is wanted, none where one of them cannot be given."""
    try:
        return responses_to(wanted)
    except CouldNotRun:
        return {}


def reused_keys(looks: Sequence[Answer]) -> list[str]:
    """The keys under which a task wanted two things, one after the other."""
    first, gone, found = dict[str, object](), set[str](), list[str]()
    for look in looks:
        wanted = wanted_by(look)
        gone |= (first.keys() - wanted.keys()) if look.result else set[str]()
        found += [key for key, one in wanted.items() if key in gone or first.get(key, one) != one]
        first |= {key: one for key, one in wanted.items() if key not in first}
    return sorted(set(found))


def _ask_first(client: DurableClient, call: Call, seconds: float, found: Outcomes) -> Outcomes:
    first = client.call(call)
    if not is_interim(first.result):
        after = Ended(first, tuple(client.follow(id_of(first), seconds, _wants))) if id_of(first) else None
        if after and after.end and _wants(after.end):
            client.cancel(id_of(first))
        return replace(found, first=first, after=after)
    result = first.result or {}
    answers = _answers(questions_in(result))
    if not answers:
        return replace(found, first=first)
    state = {"requestState": result["requestState"]} if "requestState" in result else {}
    second = client.call(call, inputResponses=answers, **state)
    id = _task_of(second)
    after = Ended(second, tuple(client.follow(id, seconds))) if id else None
    return replace(found, first=first, second=second, after=after)


@dataclass(frozen=True)
class Watching:
    """Notifications about a task.

    `granted` are the ids of the acknowledgment, `heard` all messages, `told` the notifications about tasks, `state`
    what tasks/get says after the end. `other` is the id of a second task, of which nobody wanted to hear. `answered` is
    what came in return for the same wish of a client that knows no tasks: a response, or an acknowledgment; None where
    neither came.
    """

    id: str
    other: str
    granted: tuple[object, ...]
    heard: tuple[Message, ...]
    told: tuple[Message, ...]
    state: Answer
    answered: Message | None
    exchange: str


def watch(probe: Probe, call: Call, seconds: float) -> Watching:
    """Make two tasks and listen to the news of the first. Raises NoAnswer, NotApplicable, CouldNotRun."""
    with probe.session(KNOWING) as connection:
        client = DurableClient(connection)
        talkative = {"progressToken": "conformance-durable", LOG_LEVEL_KEY: "debug"}
        id, other = id_of(client.call(call, _meta=talkative)), id_of(client.call(call))
        if not id or not other:
            raise CouldNotRun("no two tasks were made")
        wanted = {"taskIds": [id]}
        subscription = listen(connection, wanted)
        try:
            if not subscription.begin(_BEGIN_SECONDS):
                _explain(subscription)
            subscription.until(lambda: any(map(_is_end, subscription.messages)), seconds)
            state = client.follow(id, seconds)[-1]
            time.sleep(_SETTLING)
            heard = tuple(subscription.messages)
            told = tuple(one for one in heard if as_object(one.value).get("method") == TOLD)
            granted = tuple(as_list(subscription.granted.get("taskIds")))
        finally:
            subscription.close()
        connection.capabilities = NOT_KNOWING
        undeclared = listen(connection, wanted)
        try:
            undeclared.begin(_BEGIN_SECONDS)
            answered = undeclared.response or undeclared.acknowledgment
        finally:
            undeclared.close()
        return Watching(id, other, granted, heard, told, state, answered, undeclared.exchange or state.exchange)


def _explain(subscription: Subscription) -> NoReturn:
    """Say why a subscription did not begin. Raises NotApplicable where it is refused, as it may be, and CouldNotRun."""
    error = as_object(as_object(subscription.response and subscription.response.value).get("error"))
    if error:
        raise NotApplicable(f"the server tells no news of tasks (error {error.get('code')!r})")
    raise CouldNotRun("the subscription did not begin")


def _is_end(message: Message) -> bool:
    return as_object(as_object(message.value).get("params")).get("status") in FINAL


@dataclass(frozen=True)
class Trespassing:
    """What another user got who asked about a task, by method; `control` is what its owner got afterwards."""

    attempts: Mapping[str, Answer]
    control: Answer


def trespass(probe: Probe, call: Call, token: str) -> Trespassing:
    """Make a task and ask for it with the token of another user. Raises NoAnswer, CouldNotRun."""
    with probe.session(KNOWING) as ours, probe.fresh(token) as theirs:
        client, created = DurableClient(ours), DurableClient(ours).call(call)
        opening = theirs.open(probe.survey.revision, KNOWING)
        if not made_task(created) or opening.result is None:
            raise CouldNotRun(f"there is no task and another user ({created.summary}, {opening.summary})")
        id = id_of(created)
        return Trespassing(DurableClient(theirs).all_three(id), client.get(id))
