"""Tokens that nobody issued are turned away."""

from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.oauth import jwt
from conformance.oauth.documents import Document, Hosted
from conformance.oauth.forging import ForeignKeys, Template, altered
from conformance.oauth.library import Library
from conformance.probe import Probe
from conformance.refusals import must_refuse
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.wire.http import NoAnswer, Reply, is_loopback

NO_ADDRESS = "https://keys.pytest-mcp-conformance.invalid/jwks.json"
MOST_KEYS = 4


@pytest.fixture(scope="session")
def published_keys(audit: Audit) -> list[dict[str, Any]]:
    """The keys of the authorization server; none where it publishes none."""
    discovery = audit.need_survey().discovery
    address = discovery.endpoint("jwks_uri") if discovery else None
    if not discovery or not address:
        return []
    try:
        reply = Library(discovery, audit.http, audit.once).get(address, "published keys", None)
    except NoAnswer:
        return []
    return [as_object(key) for key in as_list(reply.json_object.get("keys"))]


@pytest.fixture
def template(survey: Survey, published_keys: list[dict[str, Any]]) -> Template:
    """Plausible claims: those of the token in use where it can be read."""
    kid = next((one["kid"] for one in published_keys if isinstance(one.get("kid"), str)), "")
    copied = Template.of_token(survey.token) if survey.token else None
    return copied or Template.of_metadata(survey.discovery, survey.endpoint, kid)


@pytest.fixture
def key_address(audit: Audit) -> Hosted:
    """Where keys of ours are served; an address without host where the target cannot reach us."""
    if audit.settings.document_origin or is_loopback(audit.need_survey().endpoint):
        return audit.documents().host()
    return Hosted(NO_ADDRESS, Document())


def knocks(probe: Probe, tokens: dict[str, str]) -> dict[str, Reply]:
    """The answers to requests with these tokens."""
    return {name: probe.knock(f"Bearer {token}", f"initialize, token with {name}") for name, token in tokens.items()}


@requirement("challenge.tampered-token-401")
def test_an_altered_token_is_refused(good_token: str, probe: Probe, judge: Judge) -> None:
    must_refuse(judge, probe, knocks(probe, altered(good_token)))


@requirement("challenge.unsigned-jwt-rejected")
def test_a_token_without_signature_is_refused(template: Template, survey: Survey, probe: Probe, judge: Judge) -> None:
    guessed = Template.of_metadata(survey.discovery, survey.endpoint).unsigned()["alg none"]
    must_refuse(judge, probe, knocks(probe, {**template.unsigned(), "alg none and guessed claims": guessed}))


@requirement("challenge.foreign-key-jwt-rejected")
def test_a_token_signed_with_a_key_of_ours_is_refused(
    template: Template, key_address: Hosted, probe: Probe, judge: Judge
) -> None:
    keys = ForeignKeys.generate()
    key_address.document = Document.of(keys.document)
    replies = knocks(probe, template.of_foreign_keys(keys, key_address.url))
    if key_address.url == NO_ADDRESS:
        judge.note("Whether the server fetches keys from an address in a token was not seen: it cannot reach us.")
    judge.never(key_address.fetches, "the server fetched keys from an address that a token named")
    must_refuse(judge, probe, replies)


@requirement("challenge.hmac-key-confusion-rejected")
def test_a_published_key_is_no_shared_secret(
    template: Template, published_keys: list[dict[str, Any]], probe: Probe, judge: Judge
) -> None:
    secrets = {
        f"key {number} as {form}": encoded
        for number, key in enumerate(published_keys[:MOST_KEYS], 1)
        for form, encoded in jwt.public_encodings(key).items()
    }
    if not published_keys:
        judge.could_not_run("no key could be read at jwks_uri")
    if not secrets:
        judge.not_applicable("no key at jwks_uri is an RSA or EC key")
    must_refuse(judge, probe, knocks(probe, template.signed_with(secrets)))
