"""The iss parameter of authorization responses (RFC 9207)."""

from dataclasses import dataclass

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.oauth.discovery import Discovery
from conformance.oauth.metadata import is_web_url
from conformance.survey import Survey

FLAG = "authorization_response_iss_parameter_supported"


@dataclass(frozen=True)
class Response:
    """The values of iss in one authorization response."""

    issuers: tuple[str, ...]
    exchange: str


@pytest.fixture(scope="session")
def success(audit: Audit) -> Response | None:
    """The response to the login of the survey."""
    login = audit.need_survey().login
    return _response(login.response.parameters, login.response.exchange) if login and login.response else None


@pytest.fixture(scope="session")
def failure(audit: Audit) -> Response | None:
    """An error that came by redirect: that of a response type nobody knows."""

    def ask() -> Response | None:
        flow = audit.flow()
        client = flow.client or flow.new_client()
        answer = flow.ask(client, {"response_type": "conformance"}, purpose="unknown response type")
        return _response(answer.parameters, answer.exchange) if answer.kind == "error" else None

    return audit.once("error response with iss", ask)


def _response(parameters: tuple[tuple[str, str], ...], exchange: str) -> Response:
    return Response(tuple(value for name, value in parameters if name == "iss"), exchange)


@requirement("issuer.success-response-includes-iss")
def test_a_successful_response_names_its_issuer(success: Response | None, judge: Judge) -> None:
    if not success:
        judge.could_not_run("no authorization response was seen")
    judge.that(len(success.issuers) == 1, expected="iss once", observed=success.issuers or "none", evidence=success)


@requirement("issuer.error-response-includes-iss")
def test_an_error_response_names_its_issuer(failure: Response | None, judge: Judge) -> None:
    if not failure:
        judge.could_not_run("no error was sent to the redirect URI")
    judge.that(len(failure.issuers) == 1, expected="iss once", observed=failure.issuers or "none", evidence=failure)


@requirement("issuer.advertised-when-sent")
def test_who_sends_iss_says_so(
    success: Response | None, failure: Response | None, discovery: Discovery, judge: Judge
) -> None:
    if not any(one and one.issuers for one in (success, failure)):
        judge.not_applicable("no response had iss")
    flag = discovery.server_metadata.get(FLAG, "absent")
    judge.that(flag is True, expected=f"{FLAG} true", observed=repr(flag), evidence=discovery.server_document)


@requirement("issuer.sent-when-advertised")
def test_who_promises_iss_sends_it(success: Response | None, failure: Response | None, judge: Judge) -> None:
    seen = {name: one for name, one in (("success", success), ("error", failure)) if one}
    if not seen:
        judge.could_not_run("no authorization response was seen")
    for name, one in seen.items():
        judge.that(bool(one.issuers), expected=f"iss on {name}", observed=one.issuers or "none", evidence=one)


@requirement("issuer.iss-equals-metadata-issuer")
def test_iss_is_the_issuer_of_the_metadata(
    survey: Survey, success: Response | None, failure: Response | None, discovery: Discovery, judge: Judge
) -> None:
    seen = [one for one in (success, failure) if one and one.issuers]
    if not seen:
        judge.not_applicable("no response had iss")
    wanted = discovery.server_metadata.get("issuer", discovery.issuer)
    for one in seen:
        good = all(value == wanted and is_web_url(value) and "?" not in value for value in one.issuers)
        judge.that(good, expected=f"iss {wanted}", observed=one.issuers, evidence=one)
