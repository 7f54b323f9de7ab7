"""The resources of the reference server: a text, a picture and a template."""

import base64
from urllib.parse import unquote

from conformance.reference.content import PIXEL
from conformance.reference.jsonrpc import RESOURCE_NOT_FOUND, JsonObject, RpcError

GUIDE_URI = "reference://guide"
PIXEL_URI = "reference://pixel.png"
GREETING_PREFIX = "reference://greetings/"
NAMES = ("Ada", "Grace", "Zoë")

_GUIDE = """# Guide

This server exists to be audited. Its tools echo, add, forecast, recall, remember and report.
It greets in several languages: Grüße, salut, γεια, 你好.
"""

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
)

TEMPLATES: tuple[JsonObject, ...] = (
    {
        "uriTemplate": GREETING_PREFIX + "{name}",
        "name": "greeting",
        "title": "Greeting",
        "description": "A greeting for one person.",
        "mimeType": "text/plain",
    },
)


def guide_contents() -> JsonObject:
    """The guide as the contents of a resource."""
    return {"uri": GUIDE_URI, "mimeType": "text/markdown", "text": _GUIDE}


def read_resource(uri: str) -> JsonObject:
    """The contents behind `uri`. Raises RpcError(-32002) where there is none."""
    if uri == GUIDE_URI:
        return guide_contents()
    if uri == PIXEL_URI:
        return {"uri": uri, "mimeType": "image/png", "blob": base64.b64encode(PIXEL).decode()}
    name = unquote(uri.removeprefix(GREETING_PREFIX))
    if uri.startswith(GREETING_PREFIX) and name.isprintable() and 1 <= len(name) <= 50 and "/" not in name:
        return {"uri": uri, "mimeType": "text/plain", "text": f"Hello, {name}!"}
    raise RpcError(RESOURCE_NOT_FOUND, "Resource not found", {"uri": uri[:200]})
