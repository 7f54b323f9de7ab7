"""Clients with and without secrets (RFC 7591 sections 2 and 3.2.1)."""

import hashlib
import re
import time
from itertools import combinations

from conformance import Judge, requirement
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import client_of
from conformance.registrations import METHOD, REMOTE_URI, SECRET_METHODS, Registrations
from conformance.survey import Survey
from conformance.wire.http import Reply

YEAR_2100 = 4_102_444_800
HEX_DIGITS, BASE64_CHARACTERS = 32, 22
CREDENTIALS = ("client_secret", "registration_access_token")


def credentials_of(reply: Reply) -> list[tuple[str, str]]:
    """The secrets in an answer, with their names."""
    found = [(name, reply.json_object.get(name)) for name in CREDENTIALS]
    return [(name, value) for name, value in found if isinstance(value, str) and value]


@requirement("registration.public-client-has-no-secret")
def test_a_public_client_gets_no_secret(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.good
    if reply.json_object.get(METHOD) not in ("none", None):
        judge.note(f"the server replaced the method none by {reply.json_object[METHOD]}")
        judge.that(True, expected="a client of another method", observed=reply.summary, evidence=reply)
        return
    secret = reply.json_object.get("client_secret")
    judge.never(secret, "a client registered with the method none got a client_secret", evidence=reply)


@requirement("registration.public-client-usable")
def test_the_token_endpoint_wants_no_secret_of_a_public_client(
    registrations: Registrations, survey: Survey, oauth: OAuthFlow, judge: Judge
) -> None:
    native = client_of(registrations.good, registrations.redirect_uri)
    web = client_of(registrations.elsewhere(), REMOTE_URI)
    clients = [client for client in (native, web) if client and client.public]
    if not clients:
        judge.not_applicable("the server registers no public client")
    tokens = survey.login.tokens if survey.login and survey.login.client == native else None
    if tokens and tokens.issued_token:
        judge.that(True, expected="tokens for a code alone", observed=tokens.summary, evidence=tokens)
        clients = [client for client in clients if client != native]
    fields = {"grant_type": "authorization_code", "code": "never-issued", "code_verifier": Pkce.s256().verifier}
    replies = [oauth.token(fields | {"redirect_uri": client.redirect_uri}, client) for client in clients]
    telling = [one for one in replies if one.oauth_error in ("invalid_grant", "invalid_client") or one.status == 401]
    if not telling and not judge.observations:
        judge.could_not_run(f"an unknown code is answered with {replies[0].summary}: nothing is known of the client")
    for one in telling:
        accepted = one.oauth_error == "invalid_grant"
        judge.that(accepted, expected="error invalid_grant, for the code", observed=one.summary, evidence=one)


@requirement("registration.confidential-client-gets-secret")
def test_a_client_that_authenticates_with_a_secret_gets_one(registrations: Registrations, judge: Judge) -> None:
    for reply in registrations.with_secret():
        if reply.status >= 500:
            judge.could_not_run(f"the server breaks down ({reply.summary})")
        method = reply.json_object.get(METHOD)
        needed = reply.ok and method in SECRET_METHODS
        missing = needed and not reply.json_object.get("client_secret")
        judge.never(missing, f"the method {method} was registered without a client_secret", evidence=reply)


@requirement("registration.secret-expiry")
def test_a_secret_comes_with_its_end_in_seconds(registrations: Registrations, judge: Judge) -> None:
    replies = [registrations.good, *registrations.with_secret()]
    answers = [(one, one.json_object) for one in replies if one.json_object.get("client_secret")]
    if not answers:
        judge.not_applicable("the server issues no client_secret")
    for reply, answer in answers:
        ends, issued = answer.get("client_secret_expires_at"), answer.get("client_id_issued_at", 0)
        good = type(ends) is int and (ends == 0 or time.time() < ends < YEAR_2100)
        judge.that(good, expected="client_secret_expires_at: 0, or seconds", observed=repr(ends), evidence=reply)
        good = type(issued) is int and issued < YEAR_2100
        judge.that(good, expected="client_id_issued_at: seconds", observed=repr(issued), evidence=reply)


@requirement("registration.secrets-unguessable")
def test_secrets_are_long_and_never_the_same(registrations: Registrations, judge: Judge) -> None:
    replies = [reply for reply in [registrations.good, *registrations.with_secret()] if reply.ok]
    found = [(reply, name, value) for reply in replies for name, value in credentials_of(reply)]
    if not found:
        judge.not_applicable("the server issues neither secrets nor registration access tokens")
    for reply, name, value in found:
        observed = f"{name} of {len(value)} characters"
        judge.that(is_long(value), expected=f"{name}: at least 128 bits", observed=observed, evidence=reply)
        client_id = str(reply.json_object.get("client_id"))
        judge.never(is_derived(value, client_id), f"the {name} is derived from the client_id", evidence=reply)
    for (first, name, one), (second, _, other) in combinations(found, 2):
        shared = one == other and first is not second
        judge.never(shared, f"two clients have the same {name}", evidence=second)


def is_long(secret: str) -> bool:
    """Whether a secret can hold 128 bits: 32 hexadecimal digits, or 22 characters of a larger alphabet."""
    digits = secret.replace("-", "")
    if re.fullmatch(r"[0-9A-Fa-f]*", digits):
        return len(digits) >= HEX_DIGITS
    return len(secret) >= BASE64_CHARACTERS


def is_derived(secret: str, client_id: str) -> bool:
    """Whether a secret is the client id, holds it, or is a plain hash of it."""
    hashes = [hashlib.new(name, client_id.encode()).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")]
    return client_id in secret or secret.lower() in hashes
