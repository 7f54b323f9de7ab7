"""Tools that ask the user by a form or a page.

The names test_elicitation and test_elicitation_sep... and what these tools do are those of
https://github.com/modelcontextprotocol/conformance; the others have no equal there.
"""

import asyncio
import json
import secrets
from collections.abc import Mapping
from typing import Any

from conformance.reference.arguments import argument_errors
from conformance.reference.calls import Call, missing_capability
from conformance.reference.content import text_block
from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import INVALID_REQUEST, JsonObject, RpcError, as_object, notification_message
from conformance.reference.notebook import ELSEWHERE
from conformance.reference.revisions import ELICITATION, STATELESS, URL_ELICITATION
from conformance.reference.tools import Tool, ToolError, ToolOutput, input_schema

URL_ELICITATION_REQUIRED = -32042
_COMPLETION_PAUSE = 0.1


def _string(description: str, **further: Any) -> JsonObject:  # noqa: ANN401  JSON Schema
    return {"type": "string", "description": description, **further}


_TEXT = _string("What is shown or asked", minLength=1, maxLength=10_000)
_USER_FORM: JsonObject = {
    "type": "object",
    "properties": {
        "username": _string("How the user wants to be called"),
        "email": _string("Where the user gets mail", format="email"),
    },
    "required": ["username", "email"],
}
_DEFAULTS_FORM: JsonObject = {
    "type": "object",
    "properties": {
        "name": _string("A name", default="John Doe"),
        "age": {"type": "integer", "description": "An age", "default": 30},
        "score": {"type": "number", "description": "A score", "default": 95.5},
        "status": _string("A status", enum=["active", "inactive", "pending"], default="active"),
        "verified": {"type": "boolean", "description": "Whether it was verified", "default": True},
    },
}
_VALUES: list[JsonObject] = [
    {"const": "value1", "title": "First"},
    {"const": "value2", "title": "Second"},
    {"const": "value3", "title": "Third"},
]
_OPTIONS = ["option1", "option2", "option3"]
_ENUMS_FORM: JsonObject = {
    "type": "object",
    "properties": {
        "untitledSingle": _string("One of several", enum=_OPTIONS),
        "titledSingle": _string("One of several with titles", oneOf=_VALUES),
        "legacyEnum": _string("One in the old form", enum=["opt1", "opt2", "opt3"], enumNames=["One", "Two", "Three"]),
        "untitledMulti": {
            "type": "array",
            "description": "Some of several",
            "minItems": 1,
            "maxItems": 3,
            "items": {"type": "string", "enum": _OPTIONS},
        },
        "titledMulti": {
            "type": "array",
            "description": "Some of several with titles",
            "minItems": 1,
            "maxItems": 3,
            "items": {"anyOf": _VALUES},
        },
    },
}


async def _fill_in(call: Call, message: str, form: JsonObject) -> str:
    """Let the user fill in a form, and tell what came of it. Raises ToolError for what does not fit the form."""
    declared, faults = as_object(call.session.client.get("elicitation")), call.faults
    without = declared and "form" not in declared and call.session.revision < STATELESS
    if without and not faults.active("form-for-any-client"):
        raise ToolError("The client does not show forms")
    params, before = {"message": message, "requestedSchema": form}, call.notebook.filled
    if faults.active("form-without-schema"):
        del params["requestedSchema"]
    result = await call.ask("elicitation/create", params)
    action, content = result.get("action"), as_object(result.get("content")) or {}
    if action not in ("accept", "decline", "cancel"):
        raise ToolError("The client answered with an unknown action")
    if action == "accept" and not faults.active("form-unchecked") and (errors := argument_errors(form, content)):
        raise ToolError("What was filled in does not fit: " + "; ".join(errors))
    if action != "accept" and faults.active(f"{action}-taken-for-accept"):
        action = "accept"
    if faults.active("answers-of-users-mixed-up") and call.notebook.filled is not before:
        content = call.notebook.filled
    if action == "accept":
        call.notebook.filled = call.notebook.filled | content
    return f"action={action}, content={json.dumps(content if action == 'accept' else {})}"


async def _elicit(call: Call, arguments: JsonObject) -> ToolOutput:
    return ToolOutput([text_block(f"User response: {await _fill_in(call, arguments['message'], _USER_FORM)}")])


async def _elicit_defaults(call: Call, _: JsonObject) -> ToolOutput:
    message, form = _spoiled_form(call.faults)
    filled = await _fill_in(call, message, form)
    return ToolOutput([text_block(f"Elicitation completed: {filled}")])


async def _elicit_enums(call: Call, _: JsonObject) -> ToolOutput:
    filled = await _fill_in(call, "Please choose", _ENUMS_FORM)
    return ToolOutput([text_block(f"Elicitation completed: {filled}")])


_SPOILED_FIELDS: Mapping[str, JsonObject] = {
    "form-with-nested-object": {"type": "object", "properties": {"city": _string("A city")}},
    "form-format-unknown": _string("A number to call", format="phone"),
    "form-choice-without-titles": _string("One of several", oneOf=[{"const": "one"}, {"const": "two"}]),
    "form-asks-password": _string("The password of your account", title="Password"),
}


def _spoiled_form(faults: Faults) -> tuple[str, JsonObject]:
    """A message and a form with values in it, broken by some faults."""
    message, form = "Please look through these values", _DEFAULTS_FORM
    if faults.active("form-without-message"):
        message = ""
    if faults.active("form-with-address"):
        message += " and read https://reference.example/terms"
    for fault, field in _SPOILED_FIELDS.items():
        if faults.active(fault):
            form = form | {"properties": form["properties"] | {"further": field}}
    return message, form


def _url_elicitation(call: Call, address: str) -> JsonObject:
    id, message, faults = secrets.token_urlsafe(16), "Please connect an account on this page", call.faults
    page: JsonObject = {"mode": "url", "message": message, "url": f"{address}?elicitation={id}", "elicitationId": id}
    if call.session.revision >= STATELESS:
        del page["elicitationId"]
    if faults.active("page-ids-repeated"):
        page["elicitationId"] = "the-only-one"
    if faults.active("page-address-relative"):
        page["url"] = f"/connect?elicitation={id}"
    if faults.active("page-not-encrypted"):
        page["url"] = ELSEWHERE.replace("https:", "http:")
    if faults.active("page-address-names-user"):
        page["url"] += f"&user={call.notebook.filled.get('username')}"
    if faults.active("page-is-own-login"):
        page["url"] = f"{call.notebook.login_page}?elicitation={id}"
    return page


async def _elicit_url(call: Call, _: JsonObject) -> ToolOutput:
    _need_urls(call)
    elicitation = _url_elicitation(call, call.notebook.account_page)
    if call.faults.active("page-without-id"):
        del elicitation["elicitationId"]
    result = await call.ask("elicitation/create", elicitation)
    tells = call.session.revision < STATELESS or call.faults.active("completion-still-told")
    if result.get("action") == "accept" and tells:
        await asyncio.sleep(_COMPLETION_PAUSE)
        _tell_completion(call, elicitation.get("elicitationId"))
    return ToolOutput([text_block(f"User response: action={result.get('action')}")])


def _tell_completion(call: Call, id: object) -> None:
    if call.faults.active("completion-of-unknown-page"):
        id = "unknown"
    params: JsonObject = {"elicitationId": id}
    call.notify("notifications/elicitation/complete", params)
    if call.faults.active("completion-told-to-all"):
        for session in call.session.fellows - {call.session}:
            session.send(notification_message("notifications/elicitation/complete", params))


async def _require_url(call: Call, _: JsonObject) -> ToolOutput:
    _need_urls(call)
    faults, page = call.faults, _url_elicitation(call, ELSEWHERE)
    if call.session.revision >= STATELESS and not faults.active("retired-code-used"):
        result = await call.ask("elicitation/create", page)
        return ToolOutput([text_block(f"User response: action={result.get('action')}")])
    if faults.active("required-page-is-form"):
        page = {"mode": "form", "message": page["message"], "requestedSchema": _USER_FORM, "url": page["url"]} | {
            "elicitationId": page["elicitationId"]
        }
    if faults.active("required-page-without-id"):
        del page["elicitationId"]
    data = {} if faults.active("required-page-not-named") else {"elicitations": [page]}
    code = INVALID_REQUEST if faults.active("required-page-other-code") else URL_ELICITATION_REQUIRED
    raise RpcError(code, "An account must be connected first", data)


def _need_urls(call: Call) -> None:
    if call.faults.active("page-for-any-client"):
        return
    if not call.session.offers("elicitation", "url"):
        if call.session.revision >= STATELESS:
            raise missing_capability("elicitation", "url")
        raise ToolError("The client does not open URLs")


USER_TOOLS = (
    Tool(
        "test_elicitation",
        "Elicitation",
        "Has the user fill in a form.",
        input_schema(["message"], message=_TEXT),
        _elicit,
        read_only=None,
        since=ELICITATION,
        task_support="optional",
    ),
    Tool(
        "test_elicitation_sep1034_defaults",
        "Elicitation with defaults",
        "Has the user fill in a form that is filled in already.",
        input_schema(),
        _elicit_defaults,
        read_only=None,
        since=URL_ELICITATION,
    ),
    Tool(
        "test_elicitation_sep1330_enums",
        "Elicitation with choices",
        "Has the user choose.",
        input_schema(),
        _elicit_enums,
        read_only=None,
        since=URL_ELICITATION,
    ),
    Tool(
        "test_elicitation_url",
        "Elicitation by URL",
        "Has the user open a page.",
        input_schema(),
        _elicit_url,
        read_only=None,
        since=URL_ELICITATION,
    ),
    Tool(
        "test_elicitation_url_required",
        "Required elicitation by URL",
        "Does nothing before the user has been to a page.",
        input_schema(),
        _require_url,
        read_only=None,
        since=URL_ELICITATION,
        task_support="optional",
    ),
)
