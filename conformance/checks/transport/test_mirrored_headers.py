"""Header fields that repeat the body (specification page basic/transports/streamable-http, request metadata)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.eras import granted, initialized
from conformance.ceremony.mirroring import Mirroring, Trials, admitted, refusals
from conformance.exercise import Exercise
from conformance.judge import Severity
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire.jsonrpc import HEADER_MISMATCH, UNSUPPORTED_VERSION

ASSUMED, FIRST_WITH_HEADER = "2025-03-26", "2025-06-18"
"""What a request without version header may be taken for, and the first revision that has the header."""


@pytest.fixture(scope="session")
def assumed(audit: Audit, survey: Survey) -> str:
    """The older revision for which a request without version may be taken; empty where the server speaks none."""
    if not survey.dual_era:
        return ""
    probe = Probe(survey, audit.http)
    version = audit.once("older revision", lambda: granted(initialized(probe, ASSUMED)))
    return version if version < FIRST_WITH_HEADER else ""


@pytest.fixture(scope="session")
def mirroring(audit: Audit, survey: Survey, exercise: Exercise, assumed: str) -> Mirroring:
    """Requests with one odd header field each."""

    def perform() -> Mirroring:
        return Mirroring.perform(survey, audit.mcp(), exercise, version_needed=not assumed)

    return audit.once("mirrored headers", perform)


def refused(judge: Judge, trials: Trials, severity: Severity = "violation") -> None:
    """Judge that all are refused; could not run where the sender is turned down."""
    for what, answer in trials.items():
        if not admitted(answer):
            judge.could_not_run(f"{what} is refused for its sender ({answer.summary})")
        good, expected = answer.result is None, f"{what} is refused"
        judge.that(good, expected=expected, observed=answer.summary, severity=severity, evidence=answer)
    if not trials:
        judge.not_applicable("nothing that has a name could be read, got or called")


def served(judge: Judge, trials: Trials) -> None:
    """Judge that all are served; could not run where the sender is turned down."""
    for what, answer in trials.items():
        if not admitted(answer):
            judge.could_not_run(f"{what} is refused for its sender ({answer.summary})")
        judge.that(answer.result is not None, expected=f"{what} is served", observed=answer.summary, evidence=answer)
    if not trials:
        judge.not_applicable("nothing that has a name could be read, got or called")


@requirement("transport.version-header-required")
def test_a_request_without_version_header_is_refused(mirroring: Mirroring, assumed: str, judge: Judge) -> None:
    if assumed:
        judge.not_applicable(f"the server also speaks {assumed}, which has no such header")
    refused(judge, mirroring.version_missing)


@requirement("transport.version-header-mismatch-rejected")
def test_a_request_of_another_version_than_its_header_is_refused(
    mirroring: Mirroring, survey: Survey, judge: Judge
) -> None:
    refused(judge, mirroring.version_other, "advice" if survey.dual_era else "violation")


@requirement("transport.method-header-required")
def test_a_request_without_method_header_is_refused(mirroring: Mirroring, judge: Judge) -> None:
    refused(judge, mirroring.method_missing)


@requirement("transport.method-header-mismatch-rejected")
def test_a_request_of_another_method_than_its_header_is_refused(mirroring: Mirroring, judge: Judge) -> None:
    refused(judge, mirroring.method_other)


@requirement("transport.header-values-case-sensitive")
def test_a_method_in_other_capitals_is_refused(mirroring: Mirroring, judge: Judge) -> None:
    refused(judge, mirroring.method_in_capitals)


@requirement("transport.header-names-case-insensitive")
def test_the_names_of_header_fields_count_in_any_case(mirroring: Mirroring, judge: Judge) -> None:
    served(judge, mirroring.in_other_case)


@requirement("transport.name-header-required")
def test_a_request_without_name_header_is_refused(mirroring: Mirroring, judge: Judge) -> None:
    refused(judge, mirroring.name_missing)


@requirement("transport.name-header-mismatch-rejected")
def test_a_request_of_another_name_than_its_header_is_refused(mirroring: Mirroring, judge: Judge) -> None:
    refused(judge, mirroring.name_other)


@requirement("transport.name-header-base64-decoded")
def test_a_name_in_base64_is_decoded(mirroring: Mirroring, judge: Judge) -> None:
    served(judge, mirroring.name_wrapped)
    refused(judge, mirroring.name_wrapped_other)


@requirement("transport.base64-marker-exact")
def test_a_name_after_another_marker_is_not_decoded(mirroring: Mirroring, judge: Judge) -> None:
    refused(judge, mirroring.name_oddly_wrapped)


def _about_version(mirroring: Mirroring) -> Trials:
    """Refusals of requests whose version header is missing or another."""
    return refusals([*mirroring.version_missing.items(), *mirroring.version_other.items()])


@requirement("transport.header-failure-http-400")
def test_a_refusal_for_header_fields_has_status_400(mirroring: Mirroring, survey: Survey, judge: Judge) -> None:
    found = _about_version(mirroring) | mirroring.rejections
    if not found:
        judge.could_not_run("no request was refused for its header fields")
    for what, answer in found.items():
        older = survey.dual_era and what not in mirroring.rejections
        severity = "advice" if older else "violation"
        good, expected = answer.http.status == 400, f"HTTP 400 for {what}"
        judge.that(good, expected=expected, observed=answer.summary, severity=severity, evidence=answer)


@requirement("transport.header-failure-code")
def test_a_refusal_for_header_fields_has_its_own_code(mirroring: Mirroring, survey: Survey, judge: Judge) -> None:
    found = _about_version(mirroring) | mirroring.rejections
    if not found:
        judge.could_not_run("no request was refused for its header fields")
    for what, answer in found.items():
        about_version = what not in mirroring.rejections
        defensible = about_version and (survey.dual_era or answer.error_code == UNSUPPORTED_VERSION)
        severity = "advice" if defensible else "violation"
        good, expected = answer.error_code == HEADER_MISMATCH, f"error -32020 for {what}"
        judge.that(good, expected=expected, observed=answer.summary, severity=severity, evidence=answer)
