"""Which tools may be called, and with what."""

from collections.abc import Iterator, Sequence
from typing import Any

from conformance.generate import Unsupported, example
from conformance.shapes import as_object

FIXTURE_TOOLS = frozenset(
    """
    test_simple_text test_image_content test_audio_content test_embedded_resource test_multiple_content_types
    test_error_handling json_schema_2020_12_tool
    """.split()
)
"""Tools of the field's own conformance fixture that change nothing, whatever they are annotated with."""
Call = tuple[str, dict[str, Any]]
"""The name of a tool and its arguments."""


def only_reads(tool: dict[str, Any]) -> bool:
    """Whether a tool is annotated as read-only."""
    return as_object(tool.get("annotations")).get("readOnlyHint") is True


def may_call(tool: dict[str, Any], allowed: Sequence[str]) -> bool:
    """Whether a tool is read-only, of the field's conformance fixture, or allowed; `all` allows every tool."""
    name = str(tool.get("name"))
    return only_reads(tool) or name in FIXTURE_TOOLS or name in allowed or "all" in allowed


def calls_of(tools: Sequence[dict[str, Any]], allowed: Sequence[str]) -> Iterator[Call]:
    """A call of each tool that may be called and for which arguments can be made."""
    for tool in tools:
        if may_call(tool, allowed):
            try:
                yield str(tool.get("name")), example(tool.get("inputSchema"))
            except Unsupported:
                continue
