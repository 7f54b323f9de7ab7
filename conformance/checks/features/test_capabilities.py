"""Features and the capabilities that announce them (specification pages server/tools, resources, prompts)."""

from conformance import Judge, requirement
from conformance.survey import Survey
from conformance.wire.connection import Connection


def _list_of_undeclared(survey: Survey, mcp: Connection, judge: Judge, capability: str, name: str) -> None:
    if capability in survey.capabilities:
        judge.not_applicable(f"the {capability} capability is declared")
    answer = mcp.request(f"{capability}/list")
    listed = (answer.result or {}).get(name)
    judge.that(not listed, expected=f"no {name} without the capability", observed=answer.summary, evidence=answer)


@requirement("tools.capability-declared")
def test_a_server_with_tools_declares_them(survey: Survey, mcp: Connection, judge: Judge) -> None:
    _list_of_undeclared(survey, mcp, judge, "tools", "tools")


@requirement("resources.capability-declared")
def test_a_server_with_resources_declares_them(survey: Survey, mcp: Connection, judge: Judge) -> None:
    _list_of_undeclared(survey, mcp, judge, "resources", "resources")


@requirement("prompts.capability-declared")
def test_a_server_with_prompts_declares_them(survey: Survey, mcp: Connection, judge: Judge) -> None:
    _list_of_undeclared(survey, mcp, judge, "prompts", "prompts")
