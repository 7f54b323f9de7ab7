"""What each request says of its client in `_meta` (specification page basic/index, section `_meta`)."""

from collections.abc import Iterable
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.introductions import (
    TRACE,
    Answers,
    Clients,
    Introductions,
    ask,
    asked_methods,
    without,
)
from conformance.probe import Probe
from conformance.shapes import as_list, as_object
from conformance.survey import LISTS, Survey
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer, Connection
from conformance.wire.jsonrpc import HEADER_MISMATCH
from conformance.wire.meta import CAPABILITIES_KEY, VERSION_KEY

DISCOVERED = ("supportedVersions", "capabilities", "instructions")


@pytest.fixture(scope="session")
def introductions(audit: Audit, survey: Survey) -> Introductions:
    """Requests that say less of their client than they must."""
    return audit.once("introductions", lambda: Introductions.perform(Probe(survey, audit.http)))


@pytest.fixture(scope="session")
def clients(audit: Audit, survey: Survey) -> Clients:
    """The same requests of several clients."""
    return audit.once("clients", lambda: Clients.perform(audit.mcp(), survey))


@requirement("meta.protocol-version-required")
def test_a_request_that_names_no_version_is_refused(introductions: Introductions, survey: Survey, judge: Judge) -> None:
    lines = survey.transport == "stdio"
    for what, answer in (introductions.without_version | introductions.without_meta).items():
        older = survey.dual_era and (lines or answer.result is None)
        defensible = older or (not lines and answer.error_code == HEADER_MISMATCH)
        if lines and survey.dual_era and answer.error is not None:
            judge.note(f"{what} was refused, perhaps as a request of a session ({answer.summary})")
            judge.that(True, expected=f"{what} is refused", observed=answer.summary, evidence=answer)
            continue
        severity = "advice" if defensible else "violation"
        good, expected = answer.error_code == jsonrpc.INVALID_PARAMS, f"error -32602 for {what}"
        judge.that(good, expected=expected, observed=answer.summary, severity=severity, evidence=answer)


@requirement("meta.client-capabilities-required")
def test_a_request_that_names_no_capabilities_is_refused(introductions: Introductions, judge: Judge) -> None:
    for what, answer in introductions.without_capabilities.items():
        good = answer.error_code == jsonrpc.INVALID_PARAMS
        judge.that(good, expected=f"error -32602 for {what}", observed=answer.summary, evidence=answer)


@requirement("meta.malformed-request-http-400")
def test_the_refusal_of_such_requests_has_status_400(introductions: Introductions, judge: Judge) -> None:
    found = {what: one for what, one in introductions.refusals.items() if one.error_code == jsonrpc.INVALID_PARAMS}
    if not found:
        judge.could_not_run("no such request was refused with error -32602")
    for what, answer in found.items():
        good = answer.http.status == 400
        judge.that(good, expected=f"HTTP 400 for {what}", observed=answer.summary, evidence=answer)


@requirement("lifecycle.no-context-from-earlier-requests")
def test_what_one_request_says_does_not_count_for_the_next(introductions: Introductions, judge: Judge) -> None:
    before = {CAPABILITIES_KEY: introductions.without_capabilities, VERSION_KEY: introductions.without_version}
    for name, answer in introductions.later.items():
        if all(one.error is not None for one in before[name].values()):
            good, expected = answer.result is None, f"a request without {name} is refused after complete ones, too"
            judge.that(good, expected=expected, observed=answer.summary, evidence=answer)
    if not judge.observations:
        judge.could_not_run("requests that do not say enough are served without others before them, too")


@requirement("meta.client-info-not-required")
def test_a_request_that_does_not_name_its_client_is_served(clients: Clients, judge: Judge) -> None:
    for method, answer in clients.nameless.items():
        good, expected = answer.error is None, f"{method} without clientInfo is served"
        judge.that(good, expected=expected, observed=answer.summary, evidence=answer)


@requirement("meta.client-info-does-not-change-behaviour")
def test_the_name_of_the_client_changes_nothing(clients: Clients, judge: Judge) -> None:
    for what, answers in (("without clientInfo", clients.nameless), ("of another client", clients.other)):
        for method, answer in compared(answers, clients.ours):
            good = _content(method, answer) == _content(method, clients.ours[method])
            observed = "the same" if good else "another one"
            expected = f"the same answer to {method} {what}"
            judge.that(good, expected=expected, observed=observed, evidence=answer)
    if not judge.observations:
        judge.could_not_run("no such request was answered with a result")


def compared(answers: Answers, ours: Answers) -> Iterable[tuple[str, Answer]]:
    """The answers that are results, where ours is one, too."""
    return [
        (method, one) for method, one in answers.items() if one.result is not None and ours[method].result is not None
    ]


def _content(method: str, answer: Answer) -> Any:  # noqa: ANN401 - JSON values
    """What of an answer should be the same for everybody."""
    result = answer.result or {}
    if method not in LISTS:
        return [result.get(name) for name in DISCOVERED]
    entries = [as_object(one) for one in as_list(result.get(LISTS[method]))]
    return sorted(str(one.get("uriTemplate", one.get("uri", one.get("name")))) for one in entries)


@requirement("meta.trace-context-format")
def test_the_trace_context_of_a_client_disturbs_nothing(survey: Survey, mcp: Connection, judge: Judge) -> None:
    for method in asked_methods(survey):
        answer = ask(mcp, "with a trace context", method, without() | TRACE)
        good, expected = answer.result is not None, f"{method} with a trace context is served"
        judge.that(good, expected=expected, observed=answer.summary, evidence=answer)
