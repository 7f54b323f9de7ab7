"""Reading JSON of unknown shape: a value of the wrong type reads as an empty one."""

from json import JSONDecodeError, loads
from typing import Any, cast

_EXCERPT = 200
"""How many characters of a text of the server a sentence of ours quotes."""


def excerpt(text: str) -> str:
    """The beginning of a text of the server, for a sentence.

    It ends between words: half a secret would not be recognised as one.
    """
    if len(text) <= _EXCERPT:
        return text
    words = text[: _EXCERPT + 1].rsplit(maxsplit=1)
    whole = words[0] if len(words) > 1 else ""
    return f"{whole}… ({len(text)} characters)"


def parsed(text: str) -> Any:  # noqa: ANN401
    """The JSON value of a text, or None."""
    try:
        return loads(text)
    except (JSONDecodeError, RecursionError):
        return None


def as_object(value: object) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value if it is a JSON array, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def is_object(value: object) -> bool:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> bool:
    """Whether a value is a JSON array."""
    return isinstance(value, list)
