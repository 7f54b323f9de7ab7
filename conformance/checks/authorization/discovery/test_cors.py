"""What scripts of web pages on other origins may do (the CORS protocol of the Fetch standard)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.oauth.cross_origin import PAGE, CrossOriginAnswer, visit
from conformance.oauth.discovery import Discovery


@pytest.fixture(scope="session")
def visits(audit: Audit, discovery: Discovery) -> dict[str, CrossOriginAnswer]:
    """A preflight and a request from another origin to every endpoint, by its name."""
    survey = audit.need_survey()
    method = "GET" if survey.transport == "http+sse" else "POST"
    return audit.once("cross-origin requests", lambda: visit(audit.http, survey.endpoint, method, discovery))


def _answer(visits: dict[str, CrossOriginAnswer], name: str, judge: Judge) -> CrossOriginAnswer:
    if name not in visits:
        judge.could_not_run(f"the {name} did not answer")
    return visits[name]


@requirement("cors.authorize-without-cors")
def test_the_authorization_endpoint_is_nothing_for_scripts(visits: dict[str, CrossOriginAnswer], judge: Judge) -> None:
    answer = _answer(visits, "authorization_endpoint", judge)
    for reply in answer.replies:
        allowed = reply.header("access-control-allow-origin")
        expected = "no Access-Control-Allow-Origin"
        judge.advise(allowed not in ("*", PAGE), expected=expected, observed=allowed or "none", evidence=reply)


@requirement("cors.metadata-readable")
def test_the_metadata_is_readable_for_scripts(
    discovery: Discovery, visits: dict[str, CrossOriginAnswer], judge: Judge
) -> None:
    names = ["resource metadata"] + (["server metadata"] if discovery.server_document else [])
    for name in names:
        answer = _answer(visits, name, judge)
        lacking = answer.lacks("mcp-protocol-version")
        expected = f"the {name} readable across origins"
        judge.advise(not lacking, expected=expected, observed=lacking or "readable", evidence=answer)


@requirement("cors.token-and-registration-usable")
def test_scripts_can_register_and_get_tokens(
    discovery: Discovery, visits: dict[str, CrossOriginAnswer], judge: Judge
) -> None:
    names = ("token_endpoint", "registration_endpoint", "revocation_endpoint")
    for name in (one for one in names if discovery.endpoint(one)):
        answer = _answer(visits, name, judge)
        lacking = answer.lacks("content-type")
        expected = f"the {name} usable across origins"
        judge.advise(not lacking, expected=expected, observed=lacking or "usable", evidence=answer)


@requirement("cors.mcp-endpoint-usable")
def test_scripts_can_use_the_mcp_endpoint(visits: dict[str, CrossOriginAnswer], judge: Judge) -> None:
    answer = _answer(visits, "MCP endpoint", judge)
    if answer.request.status == 403:
        judge.not_applicable("foreign origins are refused, to keep DNS rebinding out")
    lacking = answer.lacks("authorization", "content-type", "mcp-protocol-version", exposed="www-authenticate")
    expected = "the MCP endpoint usable across origins"
    judge.advise(not lacking, expected=expected, observed=lacking or "usable", evidence=answer)


@requirement("cors.no-credentialed-reflection")
def test_no_endpoint_lets_every_origin_send_cookies(visits: dict[str, CrossOriginAnswer], judge: Judge) -> None:
    for name, answer in visits.items():
        for reply in answer.replies:
            origin = reply.header("access-control-allow-origin")
            credentials = (reply.header("access-control-allow-credentials") or "").lower() == "true"
            reflected = credentials and origin == PAGE
            judge.never(reflected, f"the {name} allows any origin to send cookies", evidence=reply)
