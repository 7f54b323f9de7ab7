"""Everything the target offers, used once in a run: tools called, resources read, prompts got, arguments completed."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.audit import Audit
from conformance.breaking import Broken, broken_arguments
from conformance.content import variables_of
from conformance.generate import Unsupported, example
from conformance.sampling import sample, sampled
from conformance.settings import Settings
from conformance.shapes import as_list, as_object, is_object
from conformance.survey import Survey
from conformance.tool_calls import may_call
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.connection import Answer
from conformance.wire.http import NoAnswer
from conformance.wire.jsonrpc import METHOD_NOT_FOUND
from conformance.wire.stateless import is_interim

Entry = dict[str, Any]
_MADE_UP = {"uri": "test://conformance", "url": "https://example.com/", "id": "1", "number": "1", "count": "1"}
"""Values for arguments of prompts by how their names end."""


@dataclass(frozen=True)
class Argument:
    """Something to complete: an argument of a prompt or a variable of a template, by its reference."""

    reference: Mapping[str, Any]
    name: str


@dataclass(frozen=True)
class Used:
    """An entry of a list and the answer to its use."""

    entry: Entry
    answer: Answer

    @property
    def result(self) -> dict[str, Any]:
        """The result, empty where the answer is none."""
        return self.answer.result or {}


def callable_tools(survey: Survey, settings: Settings) -> list[Entry]:
    """The tools that may be called."""
    return [tool for tool in survey.tools if may_call(tool, settings.call_tools)]


def listed(survey: Survey, method: str) -> list[Entry]:
    """The entries of a list, those that are objects."""
    listing = survey.listings.get(method)
    return [as_object(one) for one in listing.items if is_object(one)] if listing else []


def left_out(survey: Survey, settings: Settings) -> list[str]:
    """Sentences that say of which lists only a sample is used."""
    return [
        *sampled(callable_tools(survey, settings), "tools that may be called"),
        *sampled(listed(survey, "resources/list"), "resources"),
        *sampled(listed(survey, "prompts/list"), "prompts"),
        *sampled(arguments_of(survey), "arguments of prompts and resource templates"),
    ]


def arguments_of(survey: Survey) -> list[Argument]:
    """What can be completed, first the arguments of prompts."""
    prompts = [
        Argument({"type": "ref/prompt", "name": prompt.get("name")}, str(as_object(argument).get("name")))
        for prompt in listed(survey, "prompts/list")
        for argument in as_list(prompt.get("arguments"))
        if "name" in prompt
    ]
    templates = [str(one["uriTemplate"]) for one in listed(survey, "resources/templates/list") if "uriTemplate" in one]
    return prompts + [
        Argument({"type": "ref/resource", "uri": one}, name) for one in templates for name in variables_of(one)
    ]


class Exercise:
    """Uses what is listed, each entry once in a run; of long lists a sample."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        self._survey = audit.need_survey()
        self.tools: Sequence[Entry] = sample(callable_tools(self._survey, audit.settings))
        self.resources: Sequence[Entry] = sample(listed(self._survey, "resources/list"))
        self.prompts: Sequence[Entry] = sample(listed(self._survey, "prompts/list"))
        self.arguments: Sequence[Argument] = sample(arguments_of(self._survey))

    def call(self, tool: Entry) -> Answer:
        """A call with arguments made from the inputSchema. Raises CouldNotRun, NotApplicable, NoAnswer."""
        if as_object(tool.get("execution")).get("taskSupport") == "required":
            raise NotApplicable("the tool runs as a task only")
        return self._ask("tools/call", tool, {"name": tool.get("name"), "arguments": self.arguments_for(tool)}, "good")

    def arguments_for(self, tool: Entry) -> dict[str, Any]:
        """Arguments that fit the inputSchema of a tool. Raises CouldNotRun."""
        try:
            return example(tool.get("inputSchema"))
        except Unsupported as reason:
            raise CouldNotRun(f"no arguments could be made for the tool: {reason}") from None

    def call_wrongly(self, tool: Entry) -> list[tuple[Broken, Answer]]:
        """Calls with arguments that break one keyword of the inputSchema each. Raises NoAnswer."""
        return [
            (one, self._ask("tools/call", tool, {"name": tool.get("name"), "arguments": one.arguments}, one.what))
            for one in broken_arguments(tool)
        ]

    def read(self, resource: Entry) -> Answer:
        """The resource read by its URI. Raises NoAnswer."""
        return self._ask("resources/read", resource, {"uri": resource.get("uri")}, "read")

    def get(self, prompt: Entry) -> Answer:
        """The prompt with its required arguments filled in. Raises NoAnswer."""
        return self._ask("prompts/get", prompt, self.filled(prompt), "get")

    def filled(self, prompt: Entry) -> dict[str, Any]:
        """The params to get a prompt: for each required argument what completion proposes, else something made up."""
        arguments = [as_object(one) for one in as_list(prompt.get("arguments"))]
        names = [str(one.get("name")) for one in arguments if one.get("required") is True]
        params: dict[str, Any] = {"name": prompt.get("name")}
        return params | {"arguments": {name: self._proposed(prompt, name) for name in names}} if names else params

    def complete(self, argument: Argument, typed: str = "") -> Answer:
        """What completion proposes for an argument. Raises NotApplicable, NoAnswer."""
        params = {"ref": argument.reference, "argument": {"name": argument.name, "value": typed}}
        answer = self._ask("completion/complete", argument, params, "completion of")
        if answer.error_code == METHOD_NOT_FOUND and "completions" not in self._survey.capabilities:
            raise NotApplicable("the server offers no completion")
        return answer

    def calls(self) -> list[Used]:
        """All calls that gave a result."""
        return list(self._used(self.tools, self.call))

    def reads(self) -> list[Used]:
        """All resources that could be read."""
        return list(self._used(self.resources, self.read))

    def gets(self) -> list[Used]:
        """All prompts that could be got."""
        return list(self._used(self.prompts, self.get))

    def everything(self) -> list[Used]:
        """All results with content."""
        return [*self.calls(), *self.reads(), *self.gets()]

    def _used(self, entries: Iterable[Entry], use: Callable[[Entry], Answer]) -> Iterator[Used]:
        for entry in entries:
            try:
                answer = use(entry)
            except (CouldNotRun, NotApplicable, NoAnswer):
                continue
            if answer.result is not None:
                yield Used(entry, answer)

    def _proposed(self, prompt: Entry, name: str) -> str:
        reference = Argument({"type": "ref/prompt", "name": prompt.get("name")}, name)
        if "completions" in self._survey.capabilities and reference in self.arguments:
            result = self.complete(reference).result or {}
            values = as_list(as_object(result.get("completion")).get("values"))
            if values and isinstance(values[0], str):
                return values[0]
        return next((made_up for end, made_up in _MADE_UP.items() if name.lower().endswith(end)), "conformance")

    def _ask(self, method: str, entry: object, params: dict[str, Any], what: str) -> Answer:
        return self._audit.once(
            f"{method} {what} {_key(entry)}", lambda: admitted(self._audit.mcp().request(method, params))
        )


def admitted(answer: Answer) -> Answer:
    """An answer that says something about a request.

    Raises CouldNotRun where the token was turned down, NotApplicable where the server wants input first.
    """
    if answer.http.status in (401, 403):
        raise CouldNotRun(f"the request is refused for its token ({answer.summary})")
    if is_interim(answer.result):
        raise NotApplicable("the server wants input first")
    return answer


def _key(entry: object) -> str:
    return hashlib.sha256(repr(entry).encode("utf-8", "surrogatepass")).hexdigest()[:16]
