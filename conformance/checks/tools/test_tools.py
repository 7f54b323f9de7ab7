"""Tools one by one: their definitions, and calls of those that only read."""

import re
from json import JSONDecodeError, loads
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.content import blocks_of
from conformance.exercise import Exercise, admitted
from conformance.schema import ServerSchema, ServerSchemaError, message_errors
from conformance.shapes import as_object, is_object
from conformance.survey import Survey
from conformance.wire.connection import Answer

_ALLOWED = re.compile(r"[A-Za-z0-9_.-]*")


def name_of(tool: dict[str, Any], judge: Judge) -> str:
    """The tool's name; it could not be judged where it is no string."""
    name = tool.get("name")
    return name if isinstance(name, str) else judge.could_not_run("the tool has no name")


def result_of(answer: Answer, judge: Judge) -> dict[str, Any]:
    """The result of a call, with or without `isError`; a JSON-RPC error is not judged."""
    judge.see(answer)
    if answer.error is not None:
        judge.not_applicable(f"the call was answered with an error ({answer.summary})")
    if answer.result is None:
        judge.could_not_run(f"the call gave no result ({answer.summary})")
    return answer.result


def parsed(text: object) -> Any:  # noqa: ANN401
    """The JSON value of a text, or the text where it is none."""
    try:
        return loads(text) if isinstance(text, str) else text
    except (JSONDecodeError, RecursionError):
        return text


def output_schema_of(tool: dict[str, Any], judge: Judge) -> Any:  # noqa: ANN401
    """The tool's outputSchema; not applicable without one."""
    if "outputSchema" not in tool:
        judge.not_applicable("the tool has no outputSchema")
    return tool["outputSchema"]


def success_of(answer: Answer, judge: Judge) -> dict[str, Any]:
    """The result of a call that worked; results with isError are not judged."""
    result = result_of(answer, judge)
    if result.get("isError"):
        judge.not_applicable("the call with generated arguments ended in isError")
    return result


@requirement("tools.name-length")
def test_the_name_of_a_tool_has_1_to_128_characters(tool: dict[str, Any], judge: Judge) -> None:
    length = len(name_of(tool, judge))
    judge.that(1 <= length <= 128, expected="1 to 128 characters", observed=f"{length} characters")


@requirement("tools.name-allowed-characters")
def test_the_name_of_a_tool_has_letters_digits_underscore_hyphen_and_dot_only(
    tool: dict[str, Any], judge: Judge
) -> None:
    name = name_of(tool, judge)
    others = sorted({one for one in name if not _ALLOWED.fullmatch(one)})
    judge.that(not others, expected="A-Z, a-z, 0-9, _, - and . only", observed=f"{others} in it" if others else name)


@requirement("tools.name-no-spaces-or-punctuation")
def test_the_name_of_a_tool_has_no_spaces_or_punctuation(tool: dict[str, Any], judge: Judge) -> None:
    name = name_of(tool, judge)
    special = sorted({one for one in name if not one.isalnum() and one not in "_-."})
    judge.that(not special, expected="no special characters", observed=f"{special} in it" if special else name)


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
    called_tool: dict[str, Any], exercise: Exercise, survey: Survey, judge: Judge
) -> None:
    answer = exercise.call(called_tool)
    errors = message_errors(survey.revision, "CallToolResult", result_of(answer, judge))
    errors = [one for one in errors if "structuredContent" not in one]
    judge.that(not errors, expected="a CallToolResult", observed=errors or "fits", evidence=answer)


@requirement("tools.structured-content-is-object")
def test_structured_content_is_an_object(called_tool: dict[str, Any], exercise: Exercise, judge: Judge) -> None:
    result = success_of(exercise.call(called_tool), judge)
    if "structuredContent" not in result:
        judge.not_applicable("the result has no structuredContent")
    value = result["structuredContent"]
    judge.that(is_object(value), expected="an object", observed=type(value).__name__)


@requirement("tools.structured-content-present")
def test_a_tool_with_output_schema_returns_structured_content(
    called_tool: dict[str, Any], exercise: Exercise, judge: Judge
) -> None:
    output_schema_of(called_tool, judge)
    result = success_of(exercise.call(called_tool), judge)
    present = "structuredContent" in result
    judge.that(present, expected="structuredContent in the result", observed=sorted(result))


@requirement("tools.structured-content-conforms")
def test_structured_content_fits_the_output_schema(
    called_tool: dict[str, Any], exercise: Exercise, judge: Judge
) -> None:
    schema = output_schema_of(called_tool, judge)
    result = success_of(exercise.call(called_tool), judge)
    if "structuredContent" not in result:
        judge.not_applicable("the result has no structuredContent")
    try:
        errors = ServerSchema(schema).errors(result["structuredContent"])
    except ServerSchemaError as failure:
        judge.could_not_run(f"the outputSchema cannot be used: {failure}")
    judge.that(not errors, expected="structuredContent valid against outputSchema", observed=errors or "valid")


@requirement("tools.structured-content-mirrored-as-text")
def test_structured_content_is_also_there_as_text(
    called_tool: dict[str, Any], exercise: Exercise, judge: Judge
) -> None:
    result = success_of(exercise.call(called_tool), judge)
    if "structuredContent" not in result:
        judge.not_applicable("the result has no structuredContent")
    texts = [parsed(block.get("text")) for block in blocks_of(result) if block.get("type") == "text"]
    value = result["structuredContent"]
    wrapped = list(as_object(value).values())
    unwrapped = len(wrapped) == 1 and (wrapped[0] in texts or wrapped[0] == texts)
    if unwrapped and value not in texts:
        judge.note("the text holds the only member of structuredContent without its name")
    good = value in texts or unwrapped
    judge.advise(good, expected="a text block with the same JSON value", observed=f"{len(texts)} text blocks")


@pytest.fixture(scope="session")
def unknown_tool(audit: Audit) -> Answer:
    """A call of a tool that was never listed. Raises CouldNotRun where calls need a token that we lack."""
    return admitted(audit.mcp().request("tools/call", {"name": "conformance_no_such_tool", "arguments": {}}))


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
