"""What a tool is, and six tools: five that only read, one that changes something."""

import json
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from conformance.reference.calls import Call
from conformance.reference.content import ICON, text_block
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.revisions import OLDEST, STATELESS
from conformance.reference.scopes import REPORTS

LARGEST_NUMBER = 10**15
TaskSupport = Literal["forbidden", "optional", "required"]


class ToolError(Exception):
    """A tool could not do its work; the message says why to the model."""


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What a successful call yields: content blocks and, where a schema promises it, one JSON object."""

    content: list[JsonObject]
    structured: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as `tools/list` describes it, and the function behind it, called with checked arguments.

    `scope` is what a token needs for it beside the base scope. Where `read_only` is None nothing is said about what
    the tool does. `since` and `until` are the first and the last revision in which it can do what it is for.
    One that is `dynamic` is only there in sessions that show it. `task_support` says whether it can or must run as a
    task.
    """

    name: str
    title: str
    description: str
    input_schema: JsonObject
    run: Callable[[Call, JsonObject], Awaitable[ToolOutput]]
    output_schema: JsonObject | None = None
    read_only: bool | None = True
    scope: str = ""
    since: str = OLDEST
    until: str = STATELESS
    icons: tuple[JsonObject, ...] = ()
    dynamic: bool = False
    task_support: TaskSupport = "forbidden"

    def describe(self) -> JsonObject:
        """The entry of this tool in `tools/list`."""
        entry: JsonObject = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.input_schema,
        }
        if self.read_only is not None:
            entry["annotations"] = {
                "title": self.title,
                "readOnlyHint": self.read_only,
                "destructiveHint": False,
                "idempotentHint": self.read_only,
                "openWorldHint": False,
            }
        if self.output_schema is not None:
            entry["outputSchema"] = self.output_schema
        if self.icons:
            entry["icons"] = list(self.icons)
        if self.name == "echo":
            entry["_meta"] = {"com.example.reference/since": "1.0.0"}
        if self.task_support != "forbidden":
            entry["execution"] = {"taskSupport": self.task_support}
        return entry


def structured(value: JsonObject) -> ToolOutput:
    """The output that is a JSON object, with its text beside it."""
    return ToolOutput([text_block(json.dumps(value, ensure_ascii=False))], value)


def input_schema(required: Sequence[str] = (), **properties: JsonObject) -> JsonObject:
    """The schema of the arguments of a tool, which allows no others."""
    schema: JsonObject = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | {"required": list(required)} if required else schema


async def _echo(_: Call, arguments: JsonObject) -> ToolOutput:
    return ToolOutput([text_block(arguments["text"])])


async def _add(_: Call, arguments: JsonObject) -> ToolOutput:
    return structured({"sum": arguments["a"] + arguments["b"]})


_SKIES = ("sunny", "cloudy", "rainy", "snowy")


async def _weather(_: Call, arguments: JsonObject) -> ToolOutput:
    city, units = arguments["city"], arguments.get("units", "celsius")
    forecast: list[JsonObject] = []
    for day in range(1, int(arguments.get("days", 1)) + 1):
        dice = zlib.crc32(f"{city} {day}".encode("utf-8", "surrogatepass"))
        celsius = dice % 45 - 10
        temperature = celsius if units == "celsius" else celsius * 9 / 5 + 32
        forecast.append({"day": day, "temperature": temperature, "sky": _SKIES[dice % len(_SKIES)]})
    return structured({"city": city, "units": units, "forecast": forecast})


async def _recall(call: Call, _: JsonObject) -> ToolOutput:
    link: JsonObject = {
        "type": "resource_link",
        "uri": "reference://guide",
        "name": "guide",
        "mimeType": "text/markdown",
    }
    return ToolOutput([text_block("\n".join(call.notebook.notes) or "There are no notes yet."), link])


async def _report(call: Call, _: JsonObject) -> ToolOutput:
    notes = call.notebook.notes
    return structured({"notes": len(notes), "characters": sum(map(len, notes))})


async def _remember(call: Call, arguments: JsonObject) -> ToolOutput:
    call.notebook.add(arguments["note"])
    return ToolOutput([text_block(f"Remembered; {len(call.notebook.notes)} notes are kept.")])


_NUMBER: JsonObject = {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER}
_UNITS: JsonObject = {"type": "string", "enum": ["celsius", "fahrenheit"]}


def _output(**properties: Any) -> JsonObject:  # noqa: ANN401  JSON Schema
    return {"type": "object", "properties": properties, "required": list(properties)}


OWN_TOOLS = (
    Tool(
        "echo",
        "Echo",
        "Returns the text it is given, unchanged.",
        input_schema(["text"], text={"type": "string", "description": "What to return", "maxLength": 10_000}),
        _echo,
        icons=(ICON,),
    ),
    Tool(
        "add",
        "Add two numbers",
        "Returns the sum of two numbers.",
        input_schema(["a", "b"], a=_NUMBER, b=_NUMBER) | {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        _add,
        _output(sum={"type": "number"}),
    ),
    Tool(
        "weather",
        "Weather forecast",
        "Returns an invented forecast, always the same for the same city.",
        input_schema(
            ["city"],
            city={"type": "string", "minLength": 1, "maxLength": 100},
            units=_UNITS | {"default": "celsius"},
            days={"type": "integer", "minimum": 1, "maximum": 5, "default": 1},
        ),
        _weather,
        _output(
            city={"type": "string"},
            units=_UNITS,
            forecast={
                "type": "array",
                "items": _output(
                    day={"type": "integer"},
                    temperature={"type": "number"},
                    sky={"type": "string", "enum": list(_SKIES)},
                ),
            },
        ),
    ),
    Tool("recall", "Read the notes", "Returns every note that was kept.", input_schema(), _recall),
    Tool(
        "remember",
        "Keep a note",
        "Keeps a note until the server stops.",
        input_schema(["note"], note={"type": "string", "minLength": 1, "maxLength": 1000}),
        _remember,
        read_only=False,
    ),
    Tool(
        "report",
        "Report about the notes",
        "Returns how many notes were kept and how long they are together.",
        input_schema(),
        _report,
        _output(notes={"type": "integer"}, characters={"type": "integer"}),
        scope=REPORTS,
    ),
)
TOOL_SCOPES = {tool.name: tool.scope for tool in OWN_TOOLS if tool.scope}
