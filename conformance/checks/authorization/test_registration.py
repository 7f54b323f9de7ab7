"""Dynamic client registration (RFC 7591)."""

from typing import Any

from conformance import Judge, requirement
from conformance.oauth.flow import OAuthFlow
from conformance.survey import Survey
from conformance.wire.http import Reply

REGISTRATION_ERRORS = (
    "invalid_redirect_uri",
    "invalid_client_metadata",
    "invalid_software_statement",
    "unapproved_software_statement",
)


def registration_of(survey: Survey, judge: Judge) -> Reply:
    """The survey's registration."""
    reply = survey.login.registration if survey.login else None
    if reply is None:
        if survey.failure and survey.failure.step == "register":
            judge.could_not_run(survey.failure.sentence)
        judge.not_applicable("a configured client or a token was used, nothing was registered")
    return reply


def must_refuse(oauth: OAuthFlow, judge: Judge, name: str, uris: Any) -> Reply:  # noqa: ANN401
    """Register redirect URIs that must be refused, and judge that they are."""
    reply = oauth.register(f"registration with {name}", redirect_uris=uris)
    refused = 400 <= reply.status < 500 and "client_id" not in reply.json_object
    if reply.status in (401, 403, 429):
        judge.could_not_run(f"registration is closed to us ({reply.summary})")
    judge.that(refused, expected=f"{name}: refused with 400", observed=reply.summary, evidence=reply)
    return reply


def with_control(oauth: OAuthFlow, survey: Survey, judge: Judge) -> None:
    """A refusal means something only where a good registration succeeds."""
    if survey.login and survey.login.registration and survey.login.registration.ok:
        judge.see(survey.login.registration)
        return
    control = oauth.register("registration, control")
    if not control.ok:
        judge.could_not_run(f"a good registration is refused too ({control.summary})")


@requirement("registration.open")
def test_anyone_may_register(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    reply = survey.login.registration if survey.login else None
    reply = reply or oauth.register()
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
def test_a_redirect_uri_with_fragment_is_refused(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    with_control(oauth, survey, judge)
    must_refuse(oauth, judge, "a fragment", ["https://client.example/cb#fragment"])


@requirement("registration.rejects-relative-redirect")
def test_a_relative_redirect_uri_is_refused(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    with_control(oauth, survey, judge)
    for uri in ("/cb", "client.example/cb"):
        must_refuse(oauth, judge, f"the relative URI {uri}", [uri])


@requirement("registration.rejects-script-redirect")
def test_a_script_redirect_uri_is_refused(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    with_control(oauth, survey, judge)
    uris = (
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
    )
    for uri in uris:
        must_refuse(oauth, judge, f"the script URI {uri!r}", [uri])


@requirement("registration.rejects-http-non-loopback")
def test_a_plain_http_redirect_uri_elsewhere_is_refused(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    with_control(oauth, survey, judge)
    for host in ("client.example", "127.0.0.1.client.example", "localhost@client.example"):
        must_refuse(oauth, judge, f"http on {host}", [f"http://{host}/cb"])


@requirement("registration.redirect-uris-required")
def test_a_client_without_redirect_uri_is_refused(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    with_control(oauth, survey, judge)
    must_refuse(oauth, judge, "no redirect_uris", ...)
    must_refuse(oauth, judge, "an empty redirect_uris", [])


@requirement("registration.error-document")
def test_a_refused_registration_says_why_as_json(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    with_control(oauth, survey, judge)
    reply = oauth.register("registration without redirect URIs", redirect_uris=[])
    for uris in ("https://client.example/cb", [5]):
        if reply.ok:
            reply = oauth.register("registration with redirect_uris of the wrong type", redirect_uris=uris)
    if reply.ok:
        judge.could_not_run("the server refuses no registration, so there is no error document to see")
    error = reply.json_object.get("error")
    judge.that(reply.status == 400, expected="HTTP 400", observed=reply.summary, evidence=reply)
    judge.that(isinstance(error, str), expected="a JSON object with error", observed=reply.summary, evidence=reply)
    if isinstance(error, str):
        judge.advise(error in REGISTRATION_ERRORS, expected="an error code of RFC 7591", observed=error, evidence=reply)
