"""Requests of revision 2026-07-28 with one header field that is not as a client would send it.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#request-metadata
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.exercise import Entry, Exercise
from conformance.generate import Unsupported, example
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer, Connection
from conformance.wire.http import SENDER_REFUSED, NoAnswer
from conformance.wire.mirrored import Annotation, as_text, repeated_arguments, wrapped
from conformance.wire.stateless import StatelessHttp

VERSION, METHOD, NAME = "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"
OTHER_VERSION = "2025-11-25"
"""A version that exists, but is not that of the body."""
UNSAFE_INTEGER = 2**53
_MADE_UP = "conformance-no-such-name"
_NOT_ASCII = "Gr\u00fc\u00dfe"
_MOST_CANDIDATES = 5
_FREE = frozenset(("type", "title", "description", "x-mcp-header", "default", "examples", "maxLength"))


Fields = Mapping[str, str | None]
"""Header fields that are sent in place of the usual ones; None for one that is left out."""
Trials = dict[str, Answer]
"""Answers by what was odd about the request."""


def admitted(answer: Answer) -> bool:
    """Whether an answer says something about the request, and not about its sender."""
    return answer.http.status not in SENDER_REFUSED


def stateless_http(connection: Connection) -> StatelessHttp:
    """A connection as one that speaks the revision without sessions over HTTP. Raises NotApplicable for another."""
    if not isinstance(connection, StatelessHttp):
        raise NotApplicable(f"the target is audited over {connection.transport}")
    return connection


def attempt(
    kind: Trials, inside: StatelessHttp, what: str, method: str, params: Mapping[str, Any], fields: Fields
) -> Answer:
    """The answer to a request that is right but for these header fields, kept among those of its kind.

    `what` says how it is odd. Raises NoAnswer.
    """
    id = inside.next_id()
    inside.asked.append(id)
    body = jsonrpc.encode(jsonrpc.request(method, inside.introduced(params), id))
    with inside.altered(fields):
        answer = kind[f"{method} {what}"] = inside.post(body, purpose=f"{method} {what}", id=id)
    return answer


@dataclass(frozen=True)
class Named:
    """A request that Mcp-Name goes with, which was served as it should be: a read, a get or a call."""

    method: str
    params: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What Mcp-Name says of it."""
        return str(self.params["uri" if self.method == "resources/read" else "name"])


def named_requests(exercise: Exercise) -> Iterator[Named]:
    """Requests that Mcp-Name goes with, those that were served."""
    for one in exercise.resources[:_MOST_CANDIDATES]:
        if _complete(exercise.read, one):
            yield Named("resources/read", {"uri": one.get("uri")})
    for one in exercise.prompts[:_MOST_CANDIDATES]:
        if _complete(exercise.get, one):
            yield Named("prompts/get", exercise.filled(one))
    for one in exercise.tools[:_MOST_CANDIDATES]:
        if _complete(exercise.call, one):
            yield Named("tools/call", {"name": one.get("name"), "arguments": exercise.arguments_for(one)})


def _complete(use: Callable[[Entry], Answer], entry: Entry) -> bool:
    try:
        return (use(entry).result or {}).get("resultType") == "complete"
    except (CouldNotRun, NotApplicable, NoAnswer):
        return False


@dataclass(frozen=True)
class Mirroring:
    """Answers to requests that are right but for one header field, by what is odd; without it they were served.

    Those in `in_other_case` and `name_wrapped` are right in another way of writing. Where nothing that has a name was
    served, there are no answers about names.
    """

    version_missing: Trials = field(default_factory=dict[str, Answer])
    version_other: Trials = field(default_factory=dict[str, Answer])
    method_missing: Trials = field(default_factory=dict[str, Answer])
    method_other: Trials = field(default_factory=dict[str, Answer])
    method_in_capitals: Trials = field(default_factory=dict[str, Answer])
    name_missing: Trials = field(default_factory=dict[str, Answer])
    name_other: Trials = field(default_factory=dict[str, Answer])
    name_wrapped: Trials = field(default_factory=dict[str, Answer])
    name_wrapped_other: Trials = field(default_factory=dict[str, Answer])
    name_oddly_wrapped: Trials = field(default_factory=dict[str, Answer])
    in_other_case: Trials = field(default_factory=dict[str, Answer])

    @property
    def rejections(self) -> Trials:
        """The answers that must be refusals, as far as they are, but for those about the version."""
        kinds = (
            self.method_missing,
            self.method_other,
            self.method_in_capitals,
            self.name_missing,
            self.name_other,
            self.name_wrapped_other,
            self.name_oddly_wrapped,
        )
        return refusals(one for kind in kinds for one in kind.items())

    @classmethod
    def perform(
        cls, survey: Survey, connection: Connection, exercise: Exercise, *, version_needed: bool
    ) -> "Mirroring":
        """Send one request for each oddity; none without version where the server may take it for an older one.

        Raises NotApplicable, CouldNotRun, NoAnswer.
        """
        if survey.opening is None or survey.opening.result is None:
            raise CouldNotRun("server/discover is not served with right header fields either")
        inside, found = stateless_http(connection), cls()
        methods = ["server/discover", *(method for method, one in survey.listings.items() if not one.refusal)]
        for method in methods[:2]:
            if version_needed:
                attempt(found.version_missing, inside, f"without {VERSION}", method, {}, {VERSION: None})
            attempt(found.method_missing, inside, f"without {METHOD}", method, {}, {METHOD: None})
        found._other_fields(inside, methods)
        for how, style in (("in lower case", str.lower), ("in odd case", _odd)):
            proper = {VERSION: inside.revision, METHOD: methods[-1]}
            fields = dict.fromkeys(proper) | {style(name): value for name, value in proper.items()}
            attempt(found.in_other_case, inside, f"with names of header fields {how}", methods[-1], {}, fields)
        named = list(named_requests(exercise))
        if named:
            other = next((one.name for one in named if one.name != named[0].name), _MADE_UP)
            found._names(inside, named[0], other)
        return found

    def _other_fields(self, inside: StatelessHttp, methods: Sequence[str]) -> None:
        """Send fields that say something else than the body."""
        fields = {VERSION: OTHER_VERSION}
        for method in methods[:2]:
            attempt(self.version_other, inside, f"with {VERSION}: {OTHER_VERSION}", method, {}, fields)
        for method, said in ((methods[0], _MADE_UP), (methods[-1], methods[-2:][0])):
            if method != said:
                attempt(self.method_other, inside, f"with {METHOD}: {said}", method, {}, {METHOD: said})
        said = "/".join(part.capitalize() for part in methods[-1].split("/"))
        attempt(self.method_in_capitals, inside, f"with {METHOD}: {said}", methods[-1], {}, {METHOD: said})

    def _names(self, inside: StatelessHttp, one: Named, other: str) -> None:
        """Send the name in other ways, and `other` in its place."""
        for kind, what, said in (
            (self.name_missing, f"without {NAME}", None),
            (self.name_other, f"with {NAME} of something else", other),
            (self.name_wrapped, f"with {NAME} in base64", wrapped(one.name)),
            (self.name_wrapped_other, f"with {NAME} of something else in base64", wrapped(other)),
            (self.name_oddly_wrapped, f"with {NAME} in BASE64", wrapped(one.name, "=?BASE64?")),
        ):
            attempt(kind, inside, what, one.method, one.params, {NAME: said})


def refusals(trials: Iterable[tuple[str, Answer]]) -> Trials:
    """The answers that are refusals of a request, and not of its sender."""
    return {what: one for what, one in trials if one.result is None and admitted(one)}


def _odd(name: str) -> str:
    return "".join(one.upper() if place % 2 else one.lower() for place, one in enumerate(name))


@dataclass(frozen=True)
class Parameters:
    """Answers to calls of a tool whose annotated arguments and header fields do not agree, by what is odd.

    `lacking` says why there are none, or not all, `offered` whether there is a tool to call. In `absent` and `null`
    there is no argument to repeat. Those in `wrapped` and `numeric` are right in another way of writing. `unsafe` is a
    call with an integer that is too large.
    """

    lacking: str = ""
    offered: bool = True
    missing: Trials = field(default_factory=dict[str, Answer])
    other: Trials = field(default_factory=dict[str, Answer])
    wrapped: Trials = field(default_factory=dict[str, Answer])
    invalid: Trials = field(default_factory=dict[str, Answer])
    null: Trials = field(default_factory=dict[str, Answer])
    absent: dict[str, Answer] = field(default_factory=dict[str, Answer])
    numeric: Trials = field(default_factory=dict[str, Answer])
    unsafe: Trials = field(default_factory=dict[str, Answer])

    @property
    def rejections(self) -> Trials:
        """The answers that must be refusals, as far as they are."""
        return refusals(one for kind in (self.missing, self.other) for one in kind.items())

    @classmethod
    def perform(cls, connection: Connection, exercise: Exercise) -> "Parameters":
        """Call one tool for each oddity. Raises NotApplicable, CouldNotRun, NoAnswer."""
        inside = stateless_http(connection)
        tools = [one for one in exercise.tools if repeated_arguments(one)]
        if not tools:
            return cls("no tool that may be called has arguments that are repeated in header fields", offered=False)
        tool = max(tools, key=lambda one: len({each.schema["type"] for each in repeated_arguments(one)}))
        return cls._about(inside, exercise, tool)

    @classmethod
    def _about(cls, inside: StatelessHttp, exercise: Exercise, tool: Entry) -> "Parameters":
        found, every = cls(), repeated_arguments(tool)
        optional = next((one for one in every if not _required(tool, one.path)), None)
        if optional:
            found.absent[f"tools/call without {optional.path[-1]}"] = exercise.call(tool)
        for one in _one_of_each_type(every):
            call = _Calls(inside, tool, one, arguments_with(tool, one.path))
            control = call.send({}, "as it should be")
            if control.result is None:
                reason = f"{tool.get('name')} is not served with right header fields either ({control.summary})"
                return replace(found, lacking=reason)
            found._spoil(call)
            if one.schema["type"] == "string":
                found._write_otherwise(call)
            if one.schema["type"] == "integer":
                call.send(found.numeric, f"with {one.field}: {call.text}.0", f"{call.text}.0")
                call.with_value(UNSAFE_INTEGER).send(found.unsafe, f"with {UNSAFE_INTEGER} as {one.path[-1]}")
        one = optional or every[0]
        call = _Calls(inside, tool, one, arguments_with(tool, one.path)).with_value(None)
        call.send(found.null, f"with null as {one.path[-1]}", None)
        return found

    def _spoil(self, call: "_Calls") -> None:
        """Leave the field out, and let it say something else."""
        field = call.argument.field
        call.send(self.missing, f"without {field}", None)
        call.send(self.other, f"with another {field}", _another(call.argument.argument(call.arguments)))

    def _write_otherwise(self, call: "_Calls") -> None:
        """Wrap a text; where the argument takes any text, also one that has to be wrapped, and leave that as it is."""
        one = call.argument
        call.send(self.wrapped, f"with {one.field} in base64", wrapped(call.text))
        if one.schema.keys() <= _FREE and one.schema.get("maxLength", 100) >= len(_NOT_ASCII):
            strange = call.with_value(_NOT_ASCII)
            answer = strange.send(self.wrapped, f"with {one.field} that is not ASCII, in base64")
            if answer.result is not None:
                strange.send(self.invalid, f"with bytes beyond ASCII in {one.field}", _NOT_ASCII)


@dataclass(frozen=True)
class _Calls:
    """Calls of a tool with these arguments, of which one is repeated in a header field."""

    inside: StatelessHttp
    tool: Entry
    argument: Annotation
    arguments: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The argument as a header field repeats it."""
        return str(as_text(self.argument.argument(self.arguments)))

    def with_value(self, value: object) -> "_Calls":
        """Calls with another argument."""
        return replace(self, arguments=_replaced(self.arguments, self.argument.path, value))

    def send(self, kind: Trials, what: str, *said: str | None) -> Answer:
        """The answer to a call whose header field says this, or nothing; what it should where nothing is given."""
        params = {"name": self.tool.get("name"), "arguments": self.arguments}
        fields = {self.argument.field: said[0]} if said else {}
        return attempt(kind, self.inside, what, "tools/call", params, fields)


def arguments_with(tool: Entry, path: Sequence[str]) -> dict[str, Any]:
    """Arguments that fit a tool, one that may be left out among them. Raises CouldNotRun."""
    try:
        return example(_requiring(as_object(tool.get("inputSchema")), path))
    except Unsupported as reason:
        raise CouldNotRun(f"no arguments could be made for the tool: {reason}") from None


def _requiring(schema: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    if not path:
        return schema
    properties = as_object(schema.get("properties"))
    inner = {path[0]: _requiring(as_object(properties.get(path[0])), path[1:])}
    required = [*as_list(schema.get("required")), path[0]]
    return schema | {"required": list(dict.fromkeys(required)), "properties": properties | inner}


def _required(tool: Entry, path: Sequence[str]) -> bool:
    """Whether an argument cannot be left out."""
    schema = as_object(tool.get("inputSchema"))
    for name in path:
        if name not in as_list(schema.get("required")):
            return False
        schema = as_object(as_object(schema.get("properties")).get(name))
    return True


def _replaced(arguments: Mapping[str, Any], path: Sequence[str], value: object) -> dict[str, Any]:
    inner = value if not path[1:] else _replaced(as_object(arguments.get(path[0])), path[1:], value)
    return {**arguments, path[0]: inner}


def _another(value: object) -> str:
    if isinstance(value, bool):
        return str(not value).lower()
    return str(value + 1) if isinstance(value, int) else f"{_MADE_UP}-{len(str(value))}"


def _one_of_each_type(found: Iterable[Annotation]) -> list[Annotation]:
    return list({one.schema["type"]: one for one in reversed(list(found))}.values())
