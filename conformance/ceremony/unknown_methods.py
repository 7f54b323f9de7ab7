"""Requests for what a server does not have: methods nobody knows, and those of features it does not declare."""

from typing import Any

from conformance.audit import Audit
from conformance.survey import Survey
from conformance.verdict import CouldNotRun
from conformance.wire.connection import Answer

NO_SUCH_METHOD = "conformance/no-such-method"
_FEATURES: dict[str, tuple[str, dict[str, Any]]] = {
    "tools": ("tools/list", {}),
    "resources": ("resources/list", {}),
    "prompts": ("prompts/list", {}),
    "completions": (
        "completion/complete",
        {"ref": {"type": "ref/prompt", "name": "conformance"}, "argument": {"name": "name", "value": ""}},
    ),
    "logging": ("logging/setLevel", {"level": "info"}),
}
"""A request of each feature, by its capability."""


def unknown_methods(audit: Audit) -> dict[int | str, Answer]:
    """What comes for unknown methods, asked for once in a run under an integer and a string id. Raises NoAnswer.

    Where a header field repeats the method, its name is plain: such a field cannot be wrapped.
    """

    def ask() -> dict[int | str, Answer]:
        connection = audit.mcp()
        strange = "-again" if audit.need_survey().stateless else "-\u00fc\u6587"
        methods = {990_001: NO_SUCH_METHOD, "990002": NO_SUCH_METHOD + strange}
        return {id: connection.request(method, id=id) for id, method in methods.items()}

    return audit.once("unknown methods", ask)


def undeclared_features(audit: Audit) -> dict[str, Answer]:
    """The answers to requests of the features that the server does not declare, by their capability.

    Raises CouldNotRun where nothing is known of them, NoAnswer.
    """
    survey = audit.need_survey()
    if survey.opening is None or survey.opening.result is None:
        raise CouldNotRun("there was no handshake")

    def ask() -> dict[str, Answer]:
        return {one: audit.mcp().request(*request) for one, request in _undeclared(survey).items()}

    return audit.once("undeclared features", ask)


def _undeclared(survey: Survey) -> dict[str, tuple[str, dict[str, Any]]]:
    """A request of each feature that the server does not declare, by its capability."""
    known = {one: request for one, request in _FEATURES.items() if one not in survey.capabilities}
    if survey.revision < "2025-03-26":
        known.pop("completions", None)
    if survey.stateless:
        known.pop("logging", None)
    return known
