"""The revisions the server speaks with sessions, and what each of them does not know yet."""

from collections.abc import Mapping

from conformance.reference.jsonrpc import JsonObject, as_object

REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
OLDEST, NEWEST = REVISIONS[0], REVISIONS[-1]
STATELESS = "2026-07-28"
"""The revision without sessions."""
STREAMABLE_HTTP = "2025-03-26"
BATCHES = "2025-03-26"
"""The only revision with batches."""
PROGRESS_MESSAGES = AUDIO = COMPLETIONS_DECLARED = "2025-03-26"
ELICITATION = STRUCTURED_CONTENT = "2025-06-18"
POLLING = URL_ELICITATION = SAMPLING_TOOLS = TASKS = "2025-11-25"
"""POLLING and TASKS came with this revision and went with the next."""

_ENTRY_MEMBERS = {
    "title": "2025-06-18",
    "outputSchema": "2025-06-18",
    "_meta": "2025-06-18",
    "icons": NEWEST,
    "execution": NEWEST,
}
_TOOL_MEMBERS = {"annotations": "2025-03-26", **_ENTRY_MEMBERS}
_IMPLEMENTATION_MEMBERS = {"title": "2025-06-18", "description": NEWEST, "icons": NEWEST}
_BLOCKS = {"audio": "2025-03-26", "resource_link": "2025-06-18"}


def knows_tasks(revision: str) -> bool:
    """Whether a revision has tasks."""
    return TASKS <= revision < STATELESS


def polls(revision: str) -> bool:
    """Whether a stream may end early in a revision, to be taken up again."""
    return POLLING <= revision < STATELESS


def fitted_tool(entry: JsonObject, revision: str) -> JsonObject:
    """The entry of a tool as the revision has it."""
    fitted = _without_later(entry, _TOOL_MEMBERS, revision)
    if not knows_tasks(revision):
        fitted.pop("execution", None)
    return fitted


def fitted_implementation(entry: JsonObject, revision: str) -> JsonObject:
    """What is said about the server as the revision has it."""
    return _without_later(entry, _IMPLEMENTATION_MEMBERS, revision)


def fitted_entry(entry: JsonObject, revision: str) -> JsonObject:
    """The entry of a resource, template or prompt as the revision has it."""
    fitted = _without_later(entry, _ENTRY_MEMBERS, revision)
    if annotations := as_object(fitted.get("annotations")):
        fitted["annotations"] = _without_later(annotations, {"lastModified": "2025-06-18"}, revision)
    return fitted


def fitted_block(block: JsonObject, revision: str) -> JsonObject:
    """A content block, as text where the revision has no such block."""
    if revision >= _BLOCKS.get(block["type"], OLDEST):
        return block
    return {"type": "text", "text": str(block.get("uri", f"There would be {block['type']} here."))}


def _without_later(entry: JsonObject, since: Mapping[str, str], revision: str) -> JsonObject:
    return {name: value for name, value in entry.items() if revision >= since.get(name, OLDEST)}
