"""The resources of the reference server: its own, and those of the field's conformance fixture.

The names that begin with `test:` are those of https://github.com/modelcontextprotocol/conformance.
"""

import base64
import json
import re
import time
from urllib.parse import unquote

from conformance.reference.content import PIXEL
from conformance.reference.jsonrpc import RESOURCE_NOT_FOUND, JsonObject, RpcError

GUIDE_URI = "reference://guide"
PIXEL_URI = "reference://pixel.png"
GREETING_PREFIX = "reference://greetings/"
NAMES = ("Ada", "Grace", "Zoë")
STATIC_TEXT_URI = "test://static-text"
STATIC_BINARY_URI = "test://static-binary"
WATCHED_URI = "test://watched-resource"
ASKING_URI = "test://input-required-resource"
DYNAMIC_URI = "test://dynamic-resource"
FAILING_URI = "test://failing-resource"
NOTES_URI = "file:///srv/reference/notes.txt"
STEPS_URI = "test://steps-of-work"
WATCHED_SECONDS = 0.1
"""After how long the content of the watched resource changes."""

_GUIDE = """# Guide

This server exists to be audited. Its tools echo, add, forecast, recall, remember and report.
It greets in several languages: Grüße, salut, γεια, 你好.
"""

_STATIC_TEXT = "This is the content of the static text resource."
_NOTES = "Notes in a file.\n"
_ELSEWHERE = "root:x:0:0:root:/root:/bin/sh\n"
_TEMPLATE = re.compile(r"test://template/([^/]{1,100})/data")

RESOURCES: tuple[JsonObject, ...] = (
    {
        "uri": GUIDE_URI,
        "name": "guide",
        "title": "Guide",
        "description": "What this server offers.",
        "mimeType": "text/markdown",
        "size": len(_GUIDE.encode()),
        "annotations": {
            "audience": ["user", "assistant"],
            "priority": 0.5,
            "lastModified": "2026-01-01T00:00:00Z",
        },
    },
    {
        "uri": PIXEL_URI,
        "name": "pixel",
        "title": "One pixel",
        "description": "A picture of one transparent pixel.",
        "mimeType": "image/png",
        "size": len(PIXEL),
    },
    {
        "uri": STATIC_TEXT_URI,
        "name": "static-text",
        "title": "Static text",
        "description": "A text that never changes.",
        "mimeType": "text/plain",
        "size": len(_STATIC_TEXT),
    },
    {
        "uri": STATIC_BINARY_URI,
        "name": "static-binary",
        "title": "Static binary",
        "description": "A picture that never changes.",
        "mimeType": "image/png",
        "size": len(PIXEL),
    },
    {
        "uri": WATCHED_URI,
        "name": "watched-resource",
        "title": "Watched resource",
        "description": "A text that changes all the time.",
        "mimeType": "text/plain",
    },
)
ASKING_RESOURCE: JsonObject = {
    "uri": ASKING_URI,
    "name": "input-required-resource",
    "title": "Resource with input",
    "description": "A text for the user, who is asked for a name.",
    "mimeType": "text/plain",
}
DYNAMIC_RESOURCE: JsonObject = {
    "uri": DYNAMIC_URI,
    "name": "dynamic-resource",
    "title": "Dynamic resource",
    "description": "A resource that comes and goes.",
    "mimeType": "text/plain",
}
STEPS_RESOURCE: JsonObject = {
    "uri": STEPS_URI,
    "name": "steps-of-work",
    "title": "Steps of work",
    "description": "How many steps slow tools have taken, by the progress token of the call.",
    "mimeType": "application/json",
}
NOTES_RESOURCE: JsonObject = {
    "uri": NOTES_URI,
    "name": "notes",
    "title": "Notes",
    "description": "A file that never changes.",
    "mimeType": "text/plain",
    "size": len(_NOTES),
}

TEMPLATES: tuple[JsonObject, ...] = (
    {
        "uriTemplate": GREETING_PREFIX + "{name}",
        "name": "greeting",
        "title": "Greeting",
        "description": "A greeting for one person.",
        "mimeType": "text/plain",
    },
    {
        "uriTemplate": "test://template/{id}/data",
        "name": "template",
        "title": "Data by number",
        "description": "Data about what has an id.",
        "mimeType": "application/json",
    },
)
TEMPLATE_VALUES = {GREETING_PREFIX + "{name}": {"name": NAMES}, "test://template/{id}/data": {"id": ("1", "12", "123")}}
"""What completion proposes for the variables of the templates."""


def guide_contents() -> JsonObject:
    """The guide as the contents of a resource."""
    return {"uri": GUIDE_URI, "mimeType": "text/markdown", "text": _GUIDE}


_TEXTS = {
    STATIC_TEXT_URI: lambda: _STATIC_TEXT,
    WATCHED_URI: lambda: f"Watched resource content, change {int(time.monotonic() / WATCHED_SECONDS)}",
    ASKING_URI: lambda: "This is a text for nobody.",
    DYNAMIC_URI: lambda: "This resource comes and goes.",
}


def read_resource(uri: str) -> JsonObject:
    """The contents behind `uri`. Raises RpcError(-32002) where there is none."""
    if uri == GUIDE_URI:
        return guide_contents()
    if uri in (PIXEL_URI, STATIC_BINARY_URI):
        return {"uri": uri, "mimeType": "image/png", "blob": base64.b64encode(PIXEL).decode()}
    if uri == FAILING_URI:
        raise RuntimeError("this resource always fails")
    if text := _TEXTS.get(uri):
        return {"uri": uri, "mimeType": "text/plain", "text": text()}
    if found := _TEMPLATE.fullmatch(uri):
        id = unquote(found[1])
        data = {"id": id, "templateTest": True, "data": f"Data for ID: {id}"}
        return {"uri": uri, "mimeType": "application/json", "text": json.dumps(data)}
    name = unquote(uri.removeprefix(GREETING_PREFIX))
    if uri.startswith(GREETING_PREFIX) and name.isprintable() and 1 <= len(name) <= 50 and "/" not in name:
        return {"uri": uri, "mimeType": "text/plain", "text": f"Hello, {name}!"}
    raise not_found(uri)


def read_file(uri: str, *, confined: bool) -> JsonObject:
    """The contents of the only file or, where files are not confined, of one that is made up.

    Raises RpcError(-32002) where there is none.
    """
    if uri == NOTES_URI:
        return {"uri": uri, "mimeType": "text/plain", "text": _NOTES}
    if not confined and unquote(unquote(uri)).endswith("/etc/passwd"):
        return {"uri": uri, "mimeType": "text/plain", "text": _ELSEWHERE}
    raise not_found(uri)


def not_found(uri: str) -> RpcError:
    """The error for a resource that is not there."""
    return RpcError(RESOURCE_NOT_FOUND, "Resource not found", {"uri": uri[:200]})
