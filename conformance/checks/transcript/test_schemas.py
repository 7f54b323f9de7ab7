"""Every message of the whole run against the schema of the revision in use, judged once at no extra request."""

from collections import defaultdict

import pytest

from conformance import Judge, requirement
from conformance.arrived import Arrived
from conformance.shapes import as_object
from conformance.wire.connection import HANDSHAKE_REVISIONS, REVISIONS

Judged = dict[str, list[Arrived]]

ELSEWHERE = frozenset(
    """
    ProgressNotification
    InitializeResult ListToolsResult ListResourcesResult ListResourceTemplatesResult ListPromptsResult CallToolResult
    ReadResourceResult GetPromptResult CompleteResult ResourceUpdatedNotification LoggingMessageNotification
    CreateTaskResult GetTaskResult ListTasksResult TaskStatusNotification CreateMessageRequest ElicitRequest
    ListRootsRequest URLElicitationRequiredError ElicitationCompleteNotification DiscoverResult
    UnsupportedProtocolVersionError
    """.split()
)
"""Definitions with a requirement of their own that is decided by a check."""


@pytest.fixture(scope="session")
def judged(messages: list[Arrived]) -> Judged:
    """The messages of known revisions, by the definition that judges them."""
    found: Judged = defaultdict(list)
    for one in messages:
        name = one.definition(one.revision) if one.revision in REVISIONS else None
        if name:
            found[name].append(one)
    return found


def fit(judge: Judge, found: list[Arrived], name: str) -> None:
    """Judge that messages fit their definition in the revision each of them was sent under."""
    broken = [(one, errors) for one in found if (errors := one.errors(one.revision))]
    for one, errors in broken[:5]:
        judge.that(False, expected=f"{name} of {one.revision}", observed=errors, evidence=one)
    if not broken:
        judge.that(True, expected=name, observed=f"{len(found)} fit")


def every(judge: Judge, judged: Judged, name: str) -> None:
    """Judge that all messages of a definition fit it; not applicable where none came."""
    if name not in judged:
        judge.not_applicable("the server sent no such message")
    fit(judge, judged[name], name)


@requirement("lifecycle.initialize-result-matches-schema")
def test_every_initialize_result_of_the_run_fits_its_schema(judged: Judged, judge: Judge) -> None:
    every(judge, judged, "InitializeResult")


@requirement("discover.result-matches-schema")
def test_every_discover_result_of_the_run_fits_its_schema(judged: Judged, judge: Judge) -> None:
    every(judge, judged, "DiscoverResult")


@requirement("lifecycle.unsupported-version-data-matches-schema")
def test_every_refusal_of_a_version_fits_its_schema(judged: Judged, judge: Judge) -> None:
    every(judge, judged, "UnsupportedProtocolVersionError")


@requirement("tools.list-result-matches-schema")
def test_every_page_of_tools_of_the_run_fits_its_schema(judged: Judged, judge: Judge) -> None:
    every(judge, judged, "ListToolsResult")


@requirement("resources.list-result-matches-schema")
def test_every_page_of_resources_of_the_run_fits_its_schema(judged: Judged, judge: Judge) -> None:
    every(judge, judged, "ListResourcesResult")


@requirement("resources.templates-list-result-matches-schema")
def test_every_page_of_templates_of_the_run_fits_its_schema(judged: Judged, judge: Judge) -> None:
    every(judge, judged, "ListResourceTemplatesResult")


@requirement("prompts.list-result-matches-schema")
def test_every_page_of_prompts_of_the_run_fits_its_schema(judged: Judged, judge: Judge) -> None:
    every(judge, judged, "ListPromptsResult")


@requirement("resources.updated-notification-matches-schema")
def test_every_update_of_a_resource_fits_its_schema(judged: Judged, judge: Judge) -> None:
    every(judge, judged, "ResourceUpdatedNotification")


@requirement("logging.message-matches-schema")
def test_every_log_message_fits_its_schema(judged: Judged, judge: Judge) -> None:
    every(judge, judged, "LoggingMessageNotification")


@requirement("progress.notification-matches-schema")
def test_every_report_of_progress_fits_its_schema(judged: Judged, judge: Judge) -> None:
    every(judge, judged, "ProgressNotification")


@requirement("lifecycle.negotiated-version-respected")
def test_every_message_is_one_of_the_negotiated_revision(messages: list[Arrived], judged: Judged, judge: Judge) -> None:
    for name in sorted(judged.keys() - ELSEWHERE):
        fit(judge, judged[name], name)
    later = [(one, told) for one in messages if (told := of_later_revision(one))]
    for one, told in later[:5]:
        judge.that(False, expected=f"what {one.revision} has", observed=told, evidence=one)
    if not judged:
        judge.could_not_run("no message came under a revision whose schema is known")
    judge.note(f"messages came under {', '.join(sorted({one.revision for found in judged.values() for one in found}))}")
    judge.that(not later, expected="nothing of a later revision", observed=f"{len(later)} messages")


def of_later_revision(one: Arrived) -> str:
    """How a message belongs to a later revision than the negotiated one; empty where it does not."""
    if one.revision not in HANDSHAKE_REVISIONS[:-1]:
        return ""
    errors, name = one.errors(one.revision), one.definition(one.revision)
    method = as_object(one.message).get("method")
    for later in HANDSHAKE_REVISIONS[HANDSHAKE_REVISIONS.index(one.revision) + 1 :]:
        meant = one.definition(later)
        if method and meant and not name:
            return f"{method}, which came with {later}"
        if errors and meant == name and not one.errors(later):
            return f"{errors[0]}, which is right in {later} only"
    return ""
