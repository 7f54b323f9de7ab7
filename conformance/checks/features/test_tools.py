"""Tools one by one: their definitions, and calls of those that only read."""

from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.generate import Unsupported, example
from conformance.schema import ServerSchema, ServerSchemaError, message_errors
from conformance.shapes import as_object, is_object
from conformance.survey import Survey
from conformance.tool_calls import may_call
from conformance.verdict import CouldNotRun
from conformance.wire.connection import Answer, Connection


class Calls:
    """Calls each tool at most once in this process, with arguments made from its inputSchema."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}

    def answer(self, tool: dict[str, Any], mcp: Connection, allowed: tuple[str, ...], judge: Judge) -> Answer:
        """The answer to a call. Ends the check where the tool must not, or cannot, be called."""
        name = str(tool.get("name"))
        if not may_call(tool, allowed):
            judge.not_applicable("the tool is not annotated readOnlyHint and was not allowed with --call-tools")
        if name not in self._answers:
            try:
                arguments = example(tool.get("inputSchema"))
            except Unsupported as reason:
                judge.could_not_run(f"no arguments could be made for the tool: {reason}")
            self._answers[name] = mcp.request("tools/call", {"name": name, "arguments": arguments})
        answer = self._answers[name]
        judge.see(answer)
        return answer


@pytest.fixture(scope="session")
def calls(audit: Audit) -> Calls:
    return Calls()


def output_schema_of(tool: dict[str, Any], judge: Judge) -> Any:  # noqa: ANN401
    """The tool's outputSchema; not applicable without one."""
    if "outputSchema" not in tool:
        judge.not_applicable("the tool has no outputSchema")
    return tool["outputSchema"]


def success_of(answer: Answer, judge: Judge) -> dict[str, Any]:
    """The result of a call that worked; results with isError are not judged."""
    if answer.result is None:
        judge.could_not_run(f"the call gave no result ({answer.summary})")
    if answer.result.get("isError"):
        judge.not_applicable("the call with generated arguments ended in isError")
    return answer.result


@requirement("tools.input-schema-is-object-schema")
def test_a_tool_takes_an_object(tool: dict[str, Any], judge: Judge) -> None:
    schema = tool.get("inputSchema")
    root = as_object(schema).get("type", schema)
    judge.that(root == "object", expected='inputSchema with type "object"', observed=root)


@requirement("tools.output-schema-root-object")
def test_an_output_schema_describes_an_object(tool: dict[str, Any], judge: Judge) -> None:
    schema = output_schema_of(tool, judge)
    root = as_object(schema).get("type", schema)
    judge.that(root == "object", expected='outputSchema with type "object"', observed=root)


@requirement("tools.schemas-valid-in-their-dialect")
def test_the_schemas_of_a_tool_are_valid(tool: dict[str, Any], judge: Judge) -> None:
    for name in ("inputSchema", "outputSchema"):
        if not is_object(tool.get(name)):
            continue
        try:
            ServerSchema(tool[name])
            problem = ""
        except ServerSchemaError as failure:
            if not failure.invalid:
                judge.could_not_run(f"{name}: {failure}")
            problem = str(failure)
        judge.that(not problem, expected=f"{name} valid in its dialect", observed=problem or "valid")
    if not judge.observations:
        judge.not_applicable("the tool has no schema object")


@requirement("tools.call-result-matches-schema")
def test_the_result_of_a_call_fits_its_schema(
    tool: dict[str, Any],
    mcp: Connection,
    survey: Survey,
    callable_tools: tuple[str, ...],
    calls: Calls,
    judge: Judge,
) -> None:
    answer = calls.answer(tool, mcp, callable_tools, judge)
    if answer.result is None:
        judge.could_not_run(f"the call gave no result ({answer.summary})")
    errors = message_errors(survey.revision, "CallToolResult", answer.result)
    errors = [one for one in errors if "structuredContent" not in one]
    judge.that(not errors, expected="a CallToolResult", observed=errors or "fits", evidence=answer)


@requirement("tools.structured-content-is-object")
def test_structured_content_is_an_object(
    tool: dict[str, Any], mcp: Connection, callable_tools: tuple[str, ...], calls: Calls, judge: Judge
) -> None:
    result = success_of(calls.answer(tool, mcp, callable_tools, judge), judge)
    if "structuredContent" not in result:
        judge.not_applicable("the result has no structuredContent")
    value = result["structuredContent"]
    judge.that(is_object(value), expected="an object", observed=type(value).__name__)


@requirement("tools.structured-content-present")
def test_a_tool_with_output_schema_returns_structured_content(
    tool: dict[str, Any], mcp: Connection, callable_tools: tuple[str, ...], calls: Calls, judge: Judge
) -> None:
    output_schema_of(tool, judge)
    result = success_of(calls.answer(tool, mcp, callable_tools, judge), judge)
    present = "structuredContent" in result
    judge.that(present, expected="structuredContent in the result", observed=sorted(result))


@requirement("tools.structured-content-conforms")
def test_structured_content_fits_the_output_schema(
    tool: dict[str, Any], mcp: Connection, callable_tools: tuple[str, ...], calls: Calls, judge: Judge
) -> None:
    schema = output_schema_of(tool, judge)
    result = success_of(calls.answer(tool, mcp, callable_tools, judge), judge)
    if "structuredContent" not in result:
        judge.not_applicable("the result has no structuredContent")
    try:
        errors = ServerSchema(schema).errors(result["structuredContent"])
    except ServerSchemaError as failure:
        judge.could_not_run(f"the outputSchema cannot be used: {failure}")
    judge.that(not errors, expected="structuredContent valid against outputSchema", observed=errors or "valid")


@pytest.fixture(scope="session")
def unknown_tool(audit: Audit) -> Answer:
    """A call of a tool that was never listed. Raises CouldNotRun where calls need a token that we lack."""
    answer = audit.mcp().request("tools/call", {"name": "conformance_no_such_tool", "arguments": {}})
    if answer.http.status in (401, 403):
        raise CouldNotRun(f"the call is refused for its token ({answer.summary})")
    return answer


@requirement("tools.unknown-tool-is-protocol-error")
def test_an_unknown_tool_is_a_protocol_error(unknown_tool: Answer, judge: Judge) -> None:
    good = unknown_tool.error is not None
    judge.that(good, expected="a JSON-RPC error", observed=unknown_tool.summary, evidence=unknown_tool)


@requirement("tools.unknown-tool-code")
def test_an_unknown_tool_is_an_invalid_params_error(unknown_tool: Answer, judge: Judge) -> None:
    if unknown_tool.error is None:
        judge.not_applicable("an unknown tool is not answered with a JSON-RPC error")
    code = unknown_tool.error_code
    judge.that(code == -32602, expected="error -32602", observed=repr(code), evidence=unknown_tool)
