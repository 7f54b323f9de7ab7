"""Dynamic client registration (RFC 7591)."""

from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.oauth.flow import OAuthFlow
from conformance.survey import Survey
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply

REGISTRATION_ERRORS = (
    "invalid_redirect_uri",
    "invalid_client_metadata",
    "invalid_software_statement",
    "unapproved_software_statement",
)
CLOSED = (401, 403, 429)
NO_URIS = "no redirect_uris"


def registration_of(survey: Survey, judge: Judge) -> Reply:
    """The survey's registration."""
    reply = survey.login.registration if survey.login else None
    if reply is None:
        if survey.failure and survey.failure.step == "register":
            judge.could_not_run(survey.failure.sentence)
        judge.not_applicable("a configured client or a token was used, nothing was registered")
    return reply


class Registrations:
    """Registers each defective redirect URI once, since servers limit how many clients one address may register."""

    def __init__(self, oauth: OAuthFlow) -> None:
        self._oauth = oauth
        self._replies: dict[str, Reply] = {}

    def reply(self, name: str, uris: Any) -> Reply:  # noqa: ANN401 - deliberately of any type
        """The answer to a registration with these redirect URIs; `...` leaves the member out."""
        if name not in self._replies:
            self._replies[name] = self._oauth.register(f"registration with {name}", redirect_uris=uris)
        return self._replies[name]

    def must_refuse(self, judge: Judge, name: str, uris: Any) -> None:  # noqa: ANN401
        """Judge that these redirect URIs are refused."""
        reply = self.reply(name, uris)
        if reply.status in CLOSED:
            judge.could_not_run(f"registration is closed to us ({reply.summary})")
        refused = 400 <= reply.status < 500 and "client_id" not in reply.json_object
        judge.that(refused, expected=f"{name}: refused with 400", observed=reply.summary, evidence=reply)


@pytest.fixture(scope="session")
def registrations(audit: Audit) -> Registrations:
    """Defective registrations; meaningful only where a good one succeeds, which is tried first if need be."""
    login = audit.need_survey().login
    if not (login and login.registration and login.registration.ok):
        control = audit.flow().register("registration, control")
        if not control.ok:
            raise CouldNotRun(f"a good registration is refused too ({control.summary})")
    return Registrations(audit.flow())


@requirement("registration.open")
def test_anyone_may_register(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    reply = survey.login.registration if survey.login else None
    reply = reply or oauth.register()
    if reply.status == 429:
        judge.could_not_run(f"registrations are limited ({reply.summary}); try again later")
    judge.that(reply.ok, expected="a client without an initial access token", observed=reply.summary, evidence=reply)


@requirement("registration.created-201")
def test_a_registration_is_answered_with_201(survey: Survey, judge: Judge) -> None:
    reply = registration_of(survey, judge)
    judge.that(reply.status == 201, expected="HTTP 201", observed=reply.summary, evidence=reply)


@requirement("registration.response-json-object")
def test_the_answer_is_a_json_object_with_a_client_id(survey: Survey, judge: Judge) -> None:
    reply = registration_of(survey, judge)
    kind = reply.media_type or "none"
    judge.that(kind == "application/json", expected="media type application/json", observed=kind, evidence=reply)
    name = reply.json_object.get("client_id")
    judge.that(
        isinstance(name, str) and bool(name),
        expected="client_id: a string",
        observed=type(name).__name__,
        evidence=reply,
    )


@requirement("registration.echoes-registered-metadata")
def test_the_answer_repeats_what_was_registered(survey: Survey, judge: Judge) -> None:
    reply = registration_of(survey, judge)
    for name in ("redirect_uris", "grant_types", "response_types", "token_endpoint_auth_method"):
        value = reply.json_object.get(name)
        judge.that(bool(value), expected=f"{name} in the answer", observed=value or "absent", evidence=reply)


@requirement("registration.rejects-redirect-with-fragment")
def test_a_redirect_uri_with_fragment_is_refused(registrations: Registrations, judge: Judge) -> None:
    registrations.must_refuse(judge, "a fragment", ["https://client.example/cb#fragment"])


@requirement("registration.rejects-relative-redirect")
def test_a_relative_redirect_uri_is_refused(registrations: Registrations, judge: Judge) -> None:
    for uri in ("/cb", "client.example/cb"):
        registrations.must_refuse(judge, f"the relative URI {uri}", [uri])


@requirement("registration.rejects-script-redirect")
def test_a_script_redirect_uri_is_refused(registrations: Registrations, judge: Judge) -> None:
    for uri in (
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "blob:https://client.example/x",
        "file:///cb",
    ):
        registrations.must_refuse(judge, f"the script URI {uri!r}", [uri])


@requirement("registration.rejects-http-non-loopback")
def test_a_plain_http_redirect_uri_elsewhere_is_refused(registrations: Registrations, judge: Judge) -> None:
    for host in ("client.example", "127.0.0.1.client.example", "localhost@client.example"):
        registrations.must_refuse(judge, f"http on {host}", [f"http://{host}/cb"])


@requirement("registration.redirect-uris-required")
def test_a_client_without_redirect_uri_is_refused(registrations: Registrations, judge: Judge) -> None:
    registrations.must_refuse(judge, NO_URIS, ...)
    registrations.must_refuse(judge, "an empty redirect_uris", [])


@requirement("registration.error-document")
def test_a_refused_registration_says_why_as_json(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.reply(NO_URIS, ...)
    if reply.ok:
        reply = registrations.reply("redirect_uris that are numbers", [5])
    if reply.ok or reply.status in CLOSED:
        judge.could_not_run(f"the server refuses no registration for its content ({reply.summary})")
    error = reply.json_object.get("error")
    judge.that(reply.status == 400, expected="HTTP 400", observed=reply.summary, evidence=reply)
    judge.that(isinstance(error, str), expected="a JSON object with error", observed=reply.summary, evidence=reply)
    if isinstance(error, str):
        judge.advise(error in REGISTRATION_ERRORS, expected="an error code of RFC 7591", observed=error, evidence=reply)
