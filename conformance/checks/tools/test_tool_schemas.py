"""Schemas of tools: how they are listed, and where they refer to others (2026-07-28, basic/index)."""

import json
from contextlib import suppress
from typing import Any

from conformance import Judge, requirement
from conformance.exercise import Exercise
from conformance.external_refs import composes, network_refs
from conformance.offered import Offered
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.wire.connection import Answer, Connection
from conformance.wire.http import NoAnswer

_ABSURD: dict[str, Any] = {"conformance": [None, {"absurd": [[]]}]}
_DEPTH, _WIDTH = 400, 2_000
_DIALECT_TOOL = "json_schema_2020_12_tool"
_KEYWORDS = ("$schema", "$defs", "additionalProperties")
_LATER_KEYWORDS = (*_KEYWORDS, "$anchor", "allOf", "anyOf", "if", "then", "else")
"""Keywords in the schema of that tool of the field's own fixture, the second ones since 2026-07-28."""


@requirement("tools.dialect-2020-12-supported")
def test_no_keyword_of_a_schema_is_lost_on_the_way_to_the_list(offered: Offered, survey: Survey, judge: Judge) -> None:
    name = offered.tool(_DIALECT_TOOL)
    schema = json.dumps(next(tool.get("inputSchema") for tool in survey.tools if tool.get("name") == name))
    wanted = _LATER_KEYWORDS if survey.stateless else _KEYWORDS
    missing = [one for one in wanted if f'"{one}":' not in schema]
    observed = f"missing in the schema of {name}: {', '.join(missing)}" if missing else "all of them"
    judge.advise(not missing, expected=", ".join(wanted), observed=observed)


@requirement("tools.no-network-ref-dereferencing")
def test_no_schema_of_a_tool_leads_to_the_network(survey: Survey, judge: Judge) -> None:
    for tool in survey.tools:
        refs = network_refs(tool.get("inputSchema")) + network_refs(tool.get("outputSchema"))
        if refs:
            observed = f"{tool.get('name')} refers to {', '.join(refs[:3])}, which something may fetch"
            judge.advise(False, expected="schemas that are complete", observed=observed)
    if not judge.observations:
        judge.not_applicable("no listed schema leads to the network")


@requirement("tools.unresolved-external-ref-rejected")
def test_what_cannot_be_validated_is_refused(exercise: Exercise, mcp: Connection, judge: Judge) -> None:
    for tool in exercise.tools:
        properties = as_object(as_object(tool.get("inputSchema")).get("properties"))
        for name in [name for name, schema in properties.items() if network_refs(schema)][:1]:
            answer = mcp.request("tools/call", {"name": tool.get("name"), "arguments": {name: _ABSURD}})
            if answer.response is None:
                judge.could_not_run(f"the call was not answered ({answer.summary})")
            refused = answer.error is not None or bool((answer.result or {}).get("isError"))
            expected = f"an error from {tool.get('name')}"
            judge.advise(refused, expected=expected, observed=answer.summary, evidence=answer)
    if not judge.observations:
        judge.not_applicable("no tool that may be called takes an argument whose schema is elsewhere")


def _deep() -> Any:  # noqa: ANN401
    """A large value, nested deeply."""
    value: Any = ["conformance"] * _WIDTH
    for depth in range(_DEPTH):
        value = [value] if depth % 2 else {"conformance": value}
    return value


@requirement("tools.schema-validation-bounded")
def test_large_arguments_are_validated_within_bounds(exercise: Exercise, mcp: Connection, judge: Judge) -> None:
    composed = [tool for tool in exercise.tools if composes(tool.get("inputSchema"))][:2]
    if not composed:
        judge.not_applicable("no tool that may be called has a schema that is put together from others")
    for tool in composed:
        properties = as_object(as_object(tool.get("inputSchema")).get("properties"))
        arguments = {name: _deep() for name in list(properties)[:2]} or {"conformance": _deep()}
        answer = _answered(mcp, {"name": tool.get("name"), "arguments": arguments})
        observed = answer.summary if answer else "silence, or the end of the connection"
        expected = f"an answer of {tool.get('name')} to large arguments"
        judge.advise(answer is not None, expected=expected, observed=observed, evidence=answer)


def _answered(mcp: Connection, params: dict[str, Any]) -> Answer | None:
    """What a call gave, None where nothing came."""
    with suppress(NoAnswer):
        answer = mcp.request("tools/call", params)
        return answer if answer.response is not None or answer.refused else None
    return None
