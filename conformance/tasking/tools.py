"""Which tools may be called as tasks, and with what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.tool_calls import Call, calls_of, may_call
from conformance.verdict import CouldNotRun, Narrowed, NotApplicable

_FIXTURE: dict[str, dict[str, Any]] = {
    "test_wait": {"seconds": 0.3},
    "test_tool_with_progress": {},
    "test_simple_text": {},
    "test_error_handling": {},
    "test_elicitation": {"message": "Please tell the conformance audit about you"},
    "test_elicitation_url_required": {},
}
"""Tools that are called without being asked for, by names that promise what they do; slow ones first."""


def support_of(tool: dict[str, Any]) -> str:
    """Whether a tool can run as a task: "required", "optional" or "forbidden"."""
    return str(as_object(tool.get("execution")).get("taskSupport", "forbidden"))


@dataclass(frozen=True)
class TaskTools:
    """The tools of the target; `allowed` are the names that the user lets us call."""

    survey: Survey
    allowed: Sequence[str]

    def fixture(self, name: str) -> Call:
        """A call of a tool by the name of the fixture. Raises NotApplicable where it does not run as a task."""
        if not any(tool.get("name") == name for tool in self._able):
            raise NotApplicable(f"the server offers no tool {name} that runs as a task, which would show it")
        return name, _FIXTURE[name]

    def any(self) -> Call:
        """A call that can run as a task, a slow one if there is one. Raises NotApplicable, Narrowed, CouldNotRun."""
        able = self._able
        if not able:
            raise NotApplicable("no listed tool runs as a task")
        known = {str(tool.get("name")) for tool in able} & _FIXTURE.keys()
        for name, arguments in list(_FIXTURE.items())[:3]:
            if name in known:
                return name, arguments
        return self._call(able, "run as tasks")

    def required(self) -> Call:
        """A call of a tool that runs as a task only. Raises NotApplicable, Narrowed, CouldNotRun."""
        tools = [tool for tool in self.survey.tools if support_of(tool) == "required"]
        if not tools:
            raise NotApplicable("no listed tool runs as a task only")
        return self._call(tools, "run as tasks only")

    def forbidden(self) -> Call:
        """A call of a tool that does not run as a task. Raises NotApplicable, Narrowed, CouldNotRun."""
        tools = [tool for tool in self.survey.tools if support_of(tool) == "forbidden"]
        if not tools:
            raise NotApplicable("every listed tool runs as a task")
        return self._call(tools, "do not run as tasks")

    @property
    def _able(self) -> list[dict[str, Any]]:
        return [tool for tool in self.survey.tools if support_of(tool) in ("optional", "required")]

    def _call(self, tools: list[dict[str, Any]], what: str) -> Call:
        if call := next(calls_of(tools, self.allowed), None):
            return call
        if any(may_call(tool, self.allowed) for tool in tools):
            raise CouldNotRun(f"no arguments could be made for the tools that {what}")
        names = ", ".join(str(tool.get("name")) for tool in tools[:5])
        raise Narrowed(f"only tools that may change something {what}: allow one with --call-tools ({names})")
