"""How the MCP server turns away requests without a usable token."""

import secrets

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.oauth.challenge import bearer, parse_challenges
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire.http import Reply, is_loopback


def refusal_of(survey: Survey) -> Reply:
    """The survey's request without credentials, which a protected server refused."""
    assert survey.refusal  # noqa: S101 - the survey has it wherever the server is protected
    return survey.refusal


@pytest.fixture(scope="session")
def bad_tokens(audit: Audit) -> dict[str, Reply]:
    """Answers to unusable tokens: opaque, three dotted parts, one character."""
    probe = Probe(audit.need_survey(), audit.http)
    dotted = ".".join(secrets.token_urlsafe(24) for _ in range(3))
    tokens = {
        "an opaque token": secrets.token_urlsafe(32),
        "a dotted token": dotted,
        "a one-character token": "x",
    }
    return {name: probe.knock(f"Bearer {token}", f"initialize with {name}") for name, token in tokens.items()}


@requirement("challenge.missing-token-401")
def test_a_request_without_token_is_refused_with_401(survey: Survey, judge: Judge) -> None:
    refusal = refusal_of(survey)
    judge.that(refusal.status == 401, expected="HTTP 401", observed=refusal.summary, evidence=refusal)


@requirement("challenge.www-authenticate-present")
def test_every_401_names_a_challenge(survey: Survey, bad_tokens: dict[str, Reply], judge: Judge) -> None:
    for name, reply in {"no token": refusal_of(survey), **bad_tokens}.items():
        if reply.status == 401:
            fields = reply.header_all("www-authenticate")
            renamed = next(
                (key for key, _ in reply.headers if key.lower().endswith("-www-authenticate")),
                "no such field",
            )
            judge.that(
                any(fields),
                expected=f"WWW-Authenticate in the answer to {name}",
                observed=fields or renamed,
                evidence=reply,
            )
    judge.that(True, expected="a challenge on each 401", observed="all answers with 401 were read")


@requirement("challenge.bearer-scheme-with-parameter")
def test_the_challenge_is_bearer_with_a_parameter(survey: Survey, judge: Judge) -> None:
    refusal = refusal_of(survey)
    fields = refusal.header_all("www-authenticate")
    if not fields:
        judge.not_applicable("there is no challenge at all")
    challenge = bearer(fields)
    scheme = challenge.scheme.lower() if challenge else ""
    if scheme == "dpop":
        judge.note("The challenge is one of DPoP alone, as of a server that takes only tokens bound to a key.")
    complete = [one for one in parse_challenges(fields) if one.scheme.lower() == scheme and one.parameters]
    judge.that(bool(complete), expected="a Bearer challenge with a parameter", observed=fields, evidence=refusal)


@requirement("challenge.resource-metadata-parameter")
def test_the_challenge_names_the_resource_metadata(survey: Survey, judge: Judge) -> None:
    refusal = refusal_of(survey)
    challenge = bearer(refusal.header_all("www-authenticate"))
    named = [value for key, value in challenge.parameters if key == "resource_metadata"] if challenge else []
    observed = refusal.header_all("www-authenticate") or "no challenge"
    judge.that(
        len(named) == 1,
        expected="resource_metadata once in the challenge",
        observed=observed,
        evidence=refusal,
    )


@requirement("challenge.resource-metadata-url-usable")
def test_the_url_in_the_challenge_is_the_document(survey: Survey, judge: Judge) -> None:
    challenge = bearer(refusal_of(survey).header_all("www-authenticate"))
    named = (challenge.get("resource_metadata") if challenge else None) or ""
    absolute = named.startswith("https://") or (named.startswith("http://") and is_loopback(named))
    judge.that(absolute, expected="an absolute https URL (http on loopback)", observed=named)
    documents = survey.discovery.resource_documents if survey.discovery else ()
    fetched = next((one for one in documents if one.found_by == "challenge"), None)
    observed = fetched.reply.summary if fetched else "no answer"
    judge.that(
        bool(fetched and fetched.content),
        expected="200 with a JSON object",
        observed=observed,
        evidence=fetched,
    )


@requirement("challenge.no-error-without-credentials")
def test_a_request_without_token_is_not_told_of_an_error(survey: Survey, probe: Probe, judge: Judge) -> None:
    unknown_scheme = probe.knock("Foo abc", "initialize with an unknown scheme")
    for name, reply in {"no token": refusal_of(survey), "an unknown scheme": unknown_scheme}.items():
        challenge = bearer(reply.header_all("www-authenticate"))
        told = [key for key, _ in challenge.parameters if key.startswith("error")] if challenge else []
        judge.that(not told, expected=f"no error attribute after {name}", observed=told or "none", evidence=reply)


@requirement("challenge.garbage-token-401")
def test_an_unusable_token_is_refused_with_401(bad_tokens: dict[str, Reply], judge: Judge) -> None:
    for name, reply in bad_tokens.items():
        judge.that(reply.status == 401, expected=f"HTTP 401 for {name}", observed=reply.summary, evidence=reply)


@requirement("challenge.invalid-token-error-code")
def test_the_challenge_for_a_bad_token_says_invalid_token(bad_tokens: dict[str, Reply], judge: Judge) -> None:
    reply = bad_tokens["an opaque token"]
    challenge = bearer(reply.header_all("www-authenticate"))
    code = challenge.get("error") if challenge else None
    judge.that(
        code == "invalid_token",
        expected='error="invalid_token"',
        observed=code or "no error attribute",
        evidence=reply,
    )


@requirement("challenge.invalid-token-keeps-resource-metadata")
def test_the_challenge_for_a_bad_token_names_the_resource_metadata(
    survey: Survey, bad_tokens: dict[str, Reply], judge: Judge
) -> None:
    reply = bad_tokens["an opaque token"]
    first, later = (bearer(one.header_all("www-authenticate")) for one in (refusal_of(survey), reply))
    expected, observed = ((one.get("resource_metadata") if one else None) for one in (first, later))
    judge.that(
        observed == expected,
        expected=f"resource_metadata {expected}",
        observed=observed or "no resource_metadata",
        evidence=reply,
    )
