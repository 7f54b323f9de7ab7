"""Arguments of tools in header fields (specification page basic/transports/streamable-http, custom headers)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.mirroring import UNSAFE_INTEGER, Parameters, Trials, admitted
from conformance.exercise import Exercise
from conformance.wire.jsonrpc import HEADER_MISMATCH


@pytest.fixture(scope="session")
def parameters(audit: Audit, exercise: Exercise) -> Parameters:
    """Calls of a tool whose annotated arguments and header fields do not agree."""
    return audit.once("mirrored arguments", lambda: Parameters.perform(audit.mcp(), exercise))


def sent(parameters: Parameters, trials: Trials, what: str, judge: Judge) -> Trials:
    """The answers that say something about the request; not applicable, or could not run, where there is none."""
    if not parameters.offered:
        judge.not_applicable(parameters.lacking)
    if not trials and parameters.lacking:
        judge.could_not_run(parameters.lacking)
    if not trials:
        judge.not_applicable(f"no tool that may be called has {what}")
    for name, answer in trials.items():
        if not admitted(answer):
            judge.could_not_run(f"{name} is refused for its sender ({answer.summary})")
    return trials


def refused(judge: Judge, trials: Trials) -> None:
    """Judge that all are refused."""
    for what, answer in trials.items():
        judge.that(answer.result is None, expected=f"{what} is refused", observed=answer.summary, evidence=answer)


def not_mismatched(judge: Judge, trials: Trials, outcome: str) -> None:
    """Judge that none is refused for its header field; `outcome` says what is expected of it."""
    for what, answer in trials.items():
        good = answer.error_code != HEADER_MISMATCH
        judge.that(good, expected=f"{what} {outcome}", observed=answer.summary, evidence=answer)


@requirement("transport.param-header-missing-rejected")
def test_an_argument_without_its_header_is_refused(parameters: Parameters, judge: Judge) -> None:
    refused(judge, sent(parameters, parameters.missing, "such an argument", judge))


@requirement("transport.param-header-mismatch-rejected")
def test_an_argument_with_another_header_is_refused(parameters: Parameters, judge: Judge) -> None:
    refused(judge, sent(parameters, parameters.other, "such an argument", judge))


@requirement("transport.param-header-base64-decoded")
def test_an_argument_in_base64_is_decoded(parameters: Parameters, judge: Judge) -> None:
    for what, answer in sent(parameters, parameters.wrapped, "such an argument of type string", judge).items():
        good = answer.error_code != HEADER_MISMATCH and (answer.result is not None or answer.http.status != 400)
        judge.that(good, expected=f"{what} is served", observed=answer.summary, evidence=answer)


@requirement("transport.param-header-invalid-characters-rejected")
def test_an_argument_in_invalid_characters_is_refused(parameters: Parameters, judge: Judge) -> None:
    refused(judge, sent(parameters, parameters.invalid, "such an argument that takes any text", judge))


@requirement("transport.param-header-not-expected-for-null")
def test_null_needs_no_header(parameters: Parameters, judge: Judge) -> None:
    not_mismatched(judge, sent(parameters, parameters.null, "such an argument", judge), "is not refused for its header")


@requirement("transport.param-header-not-expected-when-absent")
def test_an_absent_argument_needs_no_header(parameters: Parameters, judge: Judge) -> None:
    not_mismatched(
        judge,
        sent(parameters, parameters.absent, "such an argument that may be left out", judge),
        "is not refused for its header",
    )


@requirement("transport.param-header-integers-compared-numerically")
def test_integers_are_compared_as_numbers(parameters: Parameters, judge: Judge) -> None:
    not_mismatched(judge, sent(parameters, parameters.numeric, "such an argument of type integer", judge), "is served")


@requirement("tools.x-mcp-header.integers-in-safe-range")
def test_an_integer_that_is_too_large_is_refused(parameters: Parameters, judge: Judge) -> None:
    for what, answer in sent(parameters, parameters.unsafe, "such an argument of type integer", judge).items():
        good = answer.result is None or answer.result.get("isError") is True
        observed = answer.summary if good else f"{UNSAFE_INTEGER} is served ({answer.summary})"
        judge.advise(good, expected=f"{what} is refused", observed=observed, evidence=answer)


@requirement("transport.header-failure-http-400")
def test_a_refusal_for_the_header_of_an_argument_has_status_400(parameters: Parameters, judge: Judge) -> None:
    if not parameters.rejections:
        judge.not_applicable("no call was refused for the header field of an argument")
    for what, answer in parameters.rejections.items():
        good = answer.http.status == 400
        judge.that(good, expected=f"HTTP 400 for {what}", observed=answer.summary, evidence=answer)


@requirement("transport.header-failure-code")
def test_a_refusal_for_the_header_of_an_argument_has_its_own_code(parameters: Parameters, judge: Judge) -> None:
    if not parameters.rejections:
        judge.not_applicable("no call was refused for the header field of an argument")
    for what, answer in parameters.rejections.items():
        good = answer.error_code == HEADER_MISMATCH
        judge.that(good, expected=f"error -32020 for {what}", observed=answer.summary, evidence=answer)
