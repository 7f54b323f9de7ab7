"""Words for JSON values and places in them, safe to print: short, on one line, control characters escaped."""

import re
from collections.abc import Iterable
from typing import cast

LINE_LIMIT = 200
"""The length in characters of a line made by `line`."""
_VALUE_LIMIT = 60
_NAME_LIMIT = 64
_PLAIN_NAME = re.compile(r"[A-Za-z_$][\w$-]*", re.ASCII)


def line(text: str, limit: int = LINE_LIMIT) -> str:
    """The text on one line of at most `limit` characters, everything unprintable as a JSON escape."""
    shown = "".join(char if char.isprintable() else _escape(char) for char in text[:limit])
    return shown if len(text) <= limit and len(shown) <= limit else shown[: limit - 1] + "…"


def value(instance: object) -> str:
    """What a JSON value is, in a few words; never more than the outermost level is looked at."""
    if isinstance(instance, str):
        return f'"{line(instance, _VALUE_LIMIT)}"'
    if instance is None or isinstance(instance, bool):
        return {None: "null", True: "true", False: "false"}[instance]
    if isinstance(instance, dict):
        return _sized("object", "member", len(cast("dict[str, object]", instance)))
    if isinstance(instance, list):
        return _sized("array", "item", len(cast("list[object]", instance)))
    if isinstance(instance, int) and instance.bit_length() > 128:
        return f"an integer of {instance.bit_length()} bits"
    return line(str(instance), _VALUE_LIMIT)


def location(path: Iterable[str | int]) -> str:
    """A place in a document in the notation of JSONPath (RFC 9535), such as `$.tools[0].name`."""
    return "$" + "".join(_step(step) for step in path)


def choice(words: Iterable[str], conjunction: str = "or") -> str:
    """The words as an enumeration: "a, b or c"."""
    *first, last = words
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if len(step) <= _NAME_LIMIT and _PLAIN_NAME.fullmatch(step):
        return f".{step}"
    escaped = step.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{line(escaped, _NAME_LIMIT)}"]'


def _sized(kind: str, noun: str, size: int) -> str:
    of = "of" if kind == "array" else "with"
    return f"an {kind} {of} {size} {noun}{'' if size == 1 else 's'}" if size else f"an empty {kind}"


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
