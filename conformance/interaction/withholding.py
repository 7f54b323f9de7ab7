"""Calls by a client that does not declare what they need, and answers that nobody asked for.

Specification pages basic/index and basic/patterns/mrtr, 2026-07-28.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

from conformance.exercise import Exercise
from conformance.interaction.offering import capabilities
from conformance.interaction.rounds import NEEDS, Round, ask, call
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.connection import STATELESS_REVISION, Connection


@dataclass(frozen=True)
class Withheld:
    """Calls of tools that ask, by a client that keeps back what they need.

    By the capability that was kept back: the call with it, the same without it over the same connection. `insisting`
    is the call of a tool of which it is known that it cannot do without.
    """

    calls: Mapping[str, tuple[Round, Round]]
    insisting: Round | None = None

    @property
    def without(self) -> list[Round]:
        """The calls without the capability."""
        return [one for _, one in self.calls.values()]


INSISTING = "test_missing_capability"
"""A tool that does nothing for a client without a model."""


def withhold(probe: Probe, offered: Offered) -> Withheld:
    """Make the calls. Raises NoAnswer, CouldNotRun where one is turned away, NotApplicable without such a tool."""
    tools = {name: tool for name, names in NEEDS.items() if (tool := offered.find_tool(*names))}
    insists = offered.find_tool(INSISTING)
    if not tools and not insists:
        raise NotApplicable("the server offers no tool of a known name that asks the client")
    everything, calls = capabilities(STATELESS_REVISION), dict[str, tuple[Round, Round]]()
    with probe.session(everything) as connection:
        for name, tool in tools.items():
            connection.capabilities = everything
            able = call(connection, tool)
            connection.capabilities = {one: value for one, value in everything.items() if one != name}
            calls[name] = able, call(connection, tool)
        connection.capabilities = {}
        made = Withheld(calls, call(connection, insists) if insists else None)
    turned_away = [one for one in (made.insisting, *chain(*calls.values())) if one and one.turned_away]
    if turned_away:
        raise CouldNotRun(f"a call of {turned_away[0].params['name']} was turned away ({turned_away[0].summary})")
    return made


@dataclass(frozen=True)
class Unexpected:
    """A request that needs no input, with answers that nobody asked for and without."""

    with_answers: Round
    without: Round


def answer_unasked(connection: Connection, exercise: Exercise) -> Unexpected:
    """Make both requests. Raises NotApplicable where there is nothing to ask for, CouldNotRun, NoAnswer."""
    for method, params in _harmless(exercise):
        without = ask(connection, method, params)
        if without.completed:
            answers = {"conformance-audit": {"action": "accept", "content": {"conformance": True}}}
            return Unexpected(ask(connection, method, {**params, "inputResponses": answers}), without)
    raise NotApplicable("no tool that may be called, no resource and no prompt gives a result")


def _harmless(exercise: Exercise) -> Iterator[tuple[str, dict[str, Any]]]:
    """A tool to call, a resource to read, a prompt to get."""
    for tool in exercise.tools[:1]:
        with suppress(CouldNotRun):
            yield "tools/call", {"name": tool.get("name"), "arguments": exercise.arguments_for(tool)}
    for resource in exercise.resources[:1]:
        yield "resources/read", {"uri": resource.get("uri")}
    for prompt in exercise.prompts[:1]:
        yield "prompts/get", exercise.filled(prompt)
