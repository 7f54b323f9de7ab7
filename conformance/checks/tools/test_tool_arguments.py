"""Arguments that break the rules of a tool, and calls that are none (specification page server/tools)."""

from typing import Any

from conformance import Judge, requirement
from conformance.breaking import Broken, broken_by_2020_12
from conformance.content import embedded_in
from conformance.exercise import Exercise, admitted
from conformance.offered import Offered
from conformance.survey import Survey
from conformance.wire.connection import Answer, Connection


def worked(answer: Answer) -> bool:
    """Whether a call gave an ordinary result."""
    return answer.error is None and answer.result is not None and not answer.result.get("isError")


def refused_calls(tool: dict[str, Any], exercise: Exercise, judge: Judge) -> list[tuple[Broken, Answer]]:
    """Calls that break the tool's inputSchema; not applicable where the good one fails, too."""
    if not worked(exercise.call(tool)):
        judge.not_applicable("the tool does not work with good arguments either")
    broken = exercise.call_wrongly(tool)
    if not broken:
        judge.not_applicable("the inputSchema constrains nothing")
    return broken


@requirement("tools.inputs-validated")
def test_arguments_that_break_the_input_schema_are_refused(
    called_tool: dict[str, Any], exercise: Exercise, judge: Judge
) -> None:
    for broken, answer in refused_calls(called_tool, exercise, judge):
        expected = f"an error for arguments {broken.what}"
        judge.that(not worked(answer), expected=expected, observed=answer.summary, evidence=answer)


@requirement("tools.input-validation-error-in-result")
def test_arguments_that_break_the_input_schema_give_a_result_with_is_error(
    called_tool: dict[str, Any], exercise: Exercise, judge: Judge
) -> None:
    for broken, answer in refused_calls(called_tool, exercise, judge):
        if not worked(answer):
            told = answer.result is not None
            expected = f"a result with isError for arguments {broken.what}"
            judge.that(told, expected=expected, observed=answer.summary, evidence=answer)
    if not judge.observations:
        judge.not_applicable("the tool takes such arguments")


@requirement("tools.name-case-sensitive")
def test_a_name_in_other_case_is_no_tool(exercise: Exercise, survey: Survey, mcp: Connection, judge: Judge) -> None:
    names = {str(tool.get("name")) for tool in survey.tools}
    flipped = [one for one in exercise.calls() if worked(one.answer) and _flipped(one.entry) not in names]
    if not flipped:
        judge.not_applicable("no tool that may be called has a name to write otherwise")
    arguments = exercise.arguments_for(flipped[0].entry)
    answer = mcp.request("tools/call", {"name": _flipped(flipped[0].entry), "arguments": arguments})
    judge.that(not worked(answer), expected="an unknown tool", observed=answer.summary, evidence=answer)


def _flipped(tool: dict[str, Any]) -> str:
    return str(tool.get("name")).swapcase()


@requirement("tools.malformed-call-is-protocol-error")
def test_a_call_without_name_or_with_an_array_of_arguments_is_a_protocol_error(
    exercise: Exercise, mcp: Connection, judge: Judge
) -> None:
    calls: dict[str, dict[str, Any]] = {"without name": {"arguments": {}}}
    works = next((one.entry for one in exercise.calls() if worked(one.answer)), None)
    if works:
        calls["with an array of arguments"] = {"name": works.get("name"), "arguments": ["conformance"]}
    for what, params in calls.items():
        answer = admitted(mcp.request("tools/call", params))
        good = answer.error is not None
        judge.that(good, expected=f"a JSON-RPC error for a call {what}", observed=answer.summary, evidence=answer)


@requirement("tools.execution-errors-in-result")
def test_a_tool_that_fails_says_so_in_its_result(offered: Offered, exercise: Exercise, judge: Judge) -> None:
    name = offered.tool("test_error_handling")
    answer = exercise.call(next(tool for tool in exercise.tools if tool.get("name") == name))
    if answer.result is None:
        judge.advise(False, expected="a result with isError", observed=answer.summary, evidence=answer)
        return
    observed = f"isError {answer.result.get('isError')!r}"
    judge.that(answer.result.get("isError") is True, expected="isError true", observed=observed, evidence=answer)
    content = answer.result.get("content")
    judge.advise(bool(content), expected="an explanation in content", observed=str(content), evidence=answer)


@requirement("tools.dialect-2020-12-supported")
def test_schemas_mean_what_2020_12_says(exercise: Exercise, mcp: Connection, judge: Judge) -> None:
    broken = [(one.entry, found) for one in exercise.calls() if (found := broken_by_2020_12(one.entry))]
    if not broken:
        judge.not_applicable("no tool that may be called uses a keyword that is new in 2020-12")
    tool, arguments = broken[0]
    if not worked(exercise.call(tool)):
        judge.could_not_run("the tool does not work with good arguments either")
    answer = mcp.request("tools/call", {"name": tool.get("name"), "arguments": arguments.arguments})
    expected = f"an error for {arguments.what}, against {arguments.keyword}"
    judge.that(not worked(answer), expected=expected, observed=answer.summary, evidence=answer)


@requirement("tools.embedded-resources-imply-capability")
def test_a_server_that_embeds_resources_offers_resources(exercise: Exercise, survey: Survey, judge: Judge) -> None:
    embedding = [one for one in exercise.calls() if any(embedded_in(one.result))]
    if not embedding:
        judge.not_applicable("no tool returned an embedded resource")
    declared = "resources" in survey.capabilities
    observed = "declared" if declared else f"{embedding[0].entry.get('name')} embeds one without it"
    judge.advise(declared, expected="the resources capability", observed=observed, evidence=embedding[0].answer)
