"""Content blocks, the icon, and how the server presents itself."""

import base64

from conformance.reference.jsonrpc import JsonObject

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
_SILENCE = b"RIFF%b\0\0\0WAVEfmt %b\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x02\0\0\0\x80\x80"
SILENCE = _SILENCE % (b"\x26", b"\x10")
"""A WAV file of two silent samples."""


ICON: JsonObject = {
    "src": "data:image/svg+xml;base64,"
    "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA4IDgiPjxwYXRoIGQ9Ik0xIDRsMiAyIDQtNCIvPjwvc3ZnPg==",
    "mimeType": "image/svg+xml",
    "sizes": ["any"],
}
IMPLEMENTATION: JsonObject = {
    "name": "conformance-reference",
    "title": "Reference server",
    "version": "1.0.0",
    "description": "A conformant server to audit.",
    "icons": [ICON],
}
"""How the server presents itself."""


def text_block(text: str) -> JsonObject:
    """A content block of type text."""
    return {"type": "text", "text": text}


def image_block() -> JsonObject:
    """A picture of one transparent pixel."""
    return {"type": "image", "data": base64.b64encode(PIXEL).decode(), "mimeType": "image/png"}


def audio_block() -> JsonObject:
    """A sound that cannot be heard."""
    return {"type": "audio", "data": base64.b64encode(SILENCE).decode(), "mimeType": "audio/wav"}


def resource_block(uri: str, mime_type: str, text: str) -> JsonObject:
    """An embedded text resource."""
    return {"type": "resource", "resource": {"uri": uri, "mimeType": mime_type, "text": text}}
