"""Where our schemas differ from the official ones on purpose, and why."""

import re
from dataclasses import dataclass
from typing import cast

from tests.schemas.examples import Mutant, Schema


@dataclass(frozen=True)
class Difference:
    """A difference from the official schema that we want: `stricter` or `looser` there, where, and why."""

    direction: str
    where: str
    why: str


_RESPONSE = "(Response|Message|(Required|Mismatch|Capability|Version)Error)"
INTENDED_DIFFERENCES = (
    Difference("stricter", r" \$.*\.(uri|url|src|websiteUrl) = '", "a URI has a scheme (RFC 3986)"),
    Difference("stricter", r" \$.*\.(uriTemplate|ref\.uri) = '", "templates are those of RFC 6570"),
    Difference("stricter", r" \$.*\.(data|blob) = '", "base64 decodes"),
    Difference("stricter", r" \$(\[\d\])?\.(result|error) added$", "a message is of one kind; results are not errors"),
    Difference("stricter", rf"{_RESPONSE} \$(\[\d\])?\.method added$", "a message is of one kind"),
    Difference(
        "stricter",
        r"(Notification|Message|BatchRequest) \$(\[\d\])?\.id added$",
        "a notification has no id, not even null",
    ),
    Difference(
        "stricter",
        r"^JSONRPC(Message|BatchRequest) \$(\[\d\])?\.(id|params\._meta.*) = ",
        "a broken request is not a notification",
    ),
    Difference("stricter", r"^JSONRPC\w+ \$ = \[\]$", "JSON-RPC knows no empty batch"),
    Difference(
        "stricter",
        r"^(PrimitiveSchemaDefinition \$|\w+ .*\.requestedSchema\.properties\..+)\.(enum|oneOf)",
        "a broken choice is not a field for text",
    ),
    Difference("stricter", r"\.resultType = '", "a result is judged as the kind that it says it is"),
    Difference(
        "stricter",
        r"^(CallTool|GetPrompt|ReadResource)ResultResponse \$\.result\.",
        "a broken final result is not one that asks for input",
    ),
    Difference(
        "looser",
        rf"{_RESPONSE} \$(\[\d\])?\.id (= None|added|dropped)$",
        "an unreadable request has no id: JSON-RPC says null, the later revision absent, and both are met with",
    ),
)


def intended(direction: str, name: str, mutant: Mutant) -> Difference | None:
    """The listed difference that a change of an instance of a definition shows."""
    label = f"{name} {mutant.label}"
    fitting = (one for one in INTENDED_DIFFERENCES if one.direction == direction and re.search(one.where, label))
    return next(fitting, None)


def lacks_id(instance: object) -> bool:
    """Whether it is, or holds, an error response without an id, which the official schemas know late or never."""
    if isinstance(instance, list):
        return any(map(lacks_id, cast("list[object]", instance)))
    return isinstance(instance, dict) and "error" in instance and cast("Schema", instance).get("id") is None
