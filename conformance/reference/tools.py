"""The six tools of the reference server: five that only read, one that changes something."""

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.reference.jsonrpc import JsonObject
from conformance.reference.scopes import REPORTS

LARGEST_NUMBER = 10**15


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What a successful call yields: content blocks and, where a schema promises it, one JSON object."""

    content: list[JsonObject]
    structured: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as `tools/list` describes it, and the function behind it, called with checked arguments.

    `scope` is what a token needs for it beside the base scope.
    """

    name: str
    title: str
    description: str
    input_schema: JsonObject
    run: Callable[[JsonObject, "Notebook"], ToolOutput]
    output_schema: JsonObject | None = None
    read_only: bool = True
    scope: str = ""

    def describe(self) -> JsonObject:
        """The entry of this tool in `tools/list`."""
        entry: JsonObject = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.input_schema,
            "annotations": {
                "title": self.title,
                "readOnlyHint": self.read_only,
                "destructiveHint": False,
                "idempotentHint": self.read_only,
                "openWorldHint": False,
            },
        }
        if self.output_schema is not None:
            entry["outputSchema"] = self.output_schema
        return entry


class Notebook:
    """The notes kept by `remember` and read by `recall`; only the newest hundred stay."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def add(self, note: str) -> None:
        """Append `note`, dropping the oldest beyond a hundred."""
        self.notes = [*self.notes, note][-100:]


def text_block(text: str) -> JsonObject:
    """A content block of type text."""
    return {"type": "text", "text": text}


def _structured(value: JsonObject) -> ToolOutput:
    return ToolOutput([text_block(json.dumps(value, ensure_ascii=False))], value)


def _schema(required: Sequence[str] = (), **properties: JsonObject) -> JsonObject:
    schema: JsonObject = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | {"required": list(required)} if required else schema


def _echo(arguments: JsonObject, _: Notebook) -> ToolOutput:
    return ToolOutput([text_block(arguments["text"])])


def _add(arguments: JsonObject, _: Notebook) -> ToolOutput:
    return _structured({"sum": arguments["a"] + arguments["b"]})


_SKIES = ("sunny", "cloudy", "rainy", "snowy")


def _weather(arguments: JsonObject, _: Notebook) -> ToolOutput:
    city, units = arguments["city"], arguments.get("units", "celsius")
    forecast: list[JsonObject] = []
    for day in range(1, int(arguments.get("days", 1)) + 1):
        dice = zlib.crc32(f"{city} {day}".encode("utf-8", "surrogatepass"))
        celsius = dice % 45 - 10
        temperature = celsius if units == "celsius" else celsius * 9 / 5 + 32
        forecast.append({"day": day, "temperature": temperature, "sky": _SKIES[dice % len(_SKIES)]})
    return _structured({"city": city, "units": units, "forecast": forecast})


def _recall(_: JsonObject, notebook: Notebook) -> ToolOutput:
    link: JsonObject = {
        "type": "resource_link",
        "uri": "reference://guide",
        "name": "guide",
        "mimeType": "text/markdown",
    }
    return ToolOutput([text_block("\n".join(notebook.notes) or "There are no notes yet."), link])


def _report(_: JsonObject, notebook: Notebook) -> ToolOutput:
    return _structured({"notes": len(notebook.notes), "characters": sum(map(len, notebook.notes))})


def _remember(arguments: JsonObject, notebook: Notebook) -> ToolOutput:
    notebook.add(arguments["note"])
    return ToolOutput([text_block(f"Remembered; {len(notebook.notes)} notes are kept.")])


_NUMBER: JsonObject = {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER}
_UNITS: JsonObject = {"type": "string", "enum": ["celsius", "fahrenheit"]}


def _output(**properties: Any) -> JsonObject:  # noqa: ANN401  JSON Schema
    return {"type": "object", "properties": properties, "required": list(properties)}


TOOLS = (
    Tool(
        "echo",
        "Echo",
        "Returns the text it is given, unchanged.",
        _schema(["text"], text={"type": "string", "description": "What to return", "maxLength": 10_000}),
        _echo,
    ),
    Tool(
        "add",
        "Add two numbers",
        "Returns the sum of two numbers.",
        _schema(["a", "b"], a=_NUMBER, b=_NUMBER) | {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        _add,
        _output(sum={"type": "number"}),
    ),
    Tool(
        "weather",
        "Weather forecast",
        "Returns an invented forecast, always the same for the same city.",
        _schema(
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
    Tool("recall", "Read the notes", "Returns every note that was kept.", _schema(), _recall),
    Tool(
        "remember",
        "Keep a note",
        "Keeps a note until the server stops.",
        _schema(["note"], note={"type": "string", "minLength": 1, "maxLength": 1000}),
        _remember,
        read_only=False,
    ),
    Tool(
        "report",
        "Report about the notes",
        "Returns how many notes were kept and how long they are together.",
        _schema(),
        _report,
        _output(notes={"type": "integer"}, characters={"type": "integer"}),
        scope=REPORTS,
    ),
)
TOOL_SCOPES = {tool.name: tool.scope for tool in TOOLS if tool.scope}
