"""The form of requests to the token endpoint."""

import json
from collections.abc import Mapping

from conformance import Judge, requirement
from conformance.checks.authorization.refusals import control, need_client, refused
from conformance.oauth.flow import FORM
from conformance.token_requests import MALFORMED, TokenRequests

UNKNOWN_GRANT = {"grant_type": "urn:example:nope"}
BOUNDARY = "4b1f0a7c"


def as_multipart(fields: Mapping[str, str]) -> str:
    """Fields as multipart/form-data (RFC 7578)."""
    parts = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
             for name, value in fields.items())  # fmt: skip
    return "".join(parts) + f"--{BOUNDARY}--\r\n"


@requirement("token.post-only")
def test_a_get_request_yields_no_tokens(token_requests: TokenRequests, judge: Judge) -> None:
    posted, got = token_requests.control(), token_requests.get()
    judge.see(posted)
    judge.never(got.issued_token, "a token was issued", evidence=got)
    judge.that(got.status < 500 or got.status == 501, expected="no server error", observed=got.summary, evidence=got)
    read = got.oauth_error is not None and got.oauth_error == posted.oauth_error
    judge.never(read, f"GET is answered like POST, with {got.oauth_error}", evidence=got)


@requirement("token.form-encoding")
def test_a_form_is_accepted_however_its_type_is_written(token_requests: TokenRequests, judge: Judge) -> None:
    plain = control(judge, token_requests)
    reply = token_requests.encoded("Application/X-WWW-Form-Urlencoded; charset=UTF-8")
    same = reply.oauth_error == plain.oauth_error
    judge.that(same, expected=f"invalid_grant, as for {FORM}", observed=reply.summary, evidence=reply)


@requirement("token.other-content-types-refused")
def test_bodies_of_other_types_are_turned_down(token_requests: TokenRequests, judge: Judge) -> None:
    replies = {
        "JSON": token_requests.encoded("application/json", json.dumps),
        "multipart": token_requests.encoded(f"multipart/form-data; boundary={BOUNDARY}", as_multipart),
        "plain text": token_requests.encoded("text/plain"),
        "two types at once": token_requests.encoded(f"application/json, {FORM}"),
    }
    for name, reply in replies.items():
        judge.that(reply.refused, expected=f"HTTP 400, 401 or 415 for {name}", observed=reply.summary, evidence=reply)
        if reply.oauth_error == "invalid_grant":
            judge.note(f"a body declared as {name} is read as well")


@requirement("token.missing-grant-type-refused")
def test_a_request_must_say_what_is_granted(token_requests: TokenRequests, judge: Judge) -> None:
    need_client(judge, token_requests)
    for name, fields in {"no grant_type": {}, "an empty grant_type": {"grant_type": ""}}.items():
        reply = token_requests.ask(name, fields)
        refused(judge, name, reply, "invalid_request", "unsupported_grant_type")


@requirement("token.unsupported-grant-type")
def test_an_unknown_grant_type_is_refused(token_requests: TokenRequests, judge: Judge) -> None:
    need_client(judge, token_requests)
    reply = token_requests.ask("an unknown grant type", UNKNOWN_GRANT)
    refused(judge, "urn:example:nope", reply, "unsupported_grant_type", "unauthorized_client", "invalid_request")
    exact = reply.oauth_error == "unsupported_grant_type"
    judge.advise(exact, expected="the error unsupported_grant_type", observed=reply.summary, evidence=reply)


@requirement("token.password-grant-refused")
def test_passwords_are_not_exchanged_for_tokens(token_requests: TokenRequests, judge: Judge) -> None:
    need_client(judge, token_requests)
    fields = {"grant_type": "password", "username": "nobody@example.invalid", "password": "not a password"}
    reply = token_requests.ask("a password", fields)
    judge.never(reply.issued_token, "a token was issued for an invented password", evidence=reply)
    errors = {"unsupported_grant_type", "unauthorized_client"}
    unknown = token_requests.ask("an unknown grant type", UNKNOWN_GRANT).oauth_error
    refused(judge, "the password grant", reply, *sorted(errors | {unknown} if unknown else errors))


@requirement("token.missing-code-refused")
def test_a_redemption_without_code_is_refused(token_requests: TokenRequests, judge: Judge) -> None:
    need_client(judge, token_requests)
    reply = token_requests.send("no code", {"code": None})
    refused(judge, "a redemption without code", reply, "invalid_request", "invalid_grant")


@requirement("token.unknown-code-refused")
def test_a_code_that_was_never_issued_is_refused(token_requests: TokenRequests, judge: Judge) -> None:
    need_client(judge, token_requests)
    refused(judge, "a code nobody issued", token_requests.control(), "invalid_grant")
    for name, code in MALFORMED.items():
        reply = token_requests.send(f"a code {name}", {"code": code})
        refused(judge, f"a code {name}", reply, "invalid_grant", "invalid_request")


@requirement("token.unknown-client-refused")
def test_a_client_nobody_registered_is_refused(token_requests: TokenRequests, judge: Judge) -> None:
    changes = {"client_id": "never-registered-here"}
    reply = token_requests.send("an unknown client", changes, authentication="identified")
    if reply.status == 404 and reply.oauth_error is None:
        judge.could_not_run(f"nothing is found at the address of the token endpoint ({reply.summary})")
    judge.that(reply.refused, expected="a refusal of an unknown client", observed=reply.summary, evidence=reply)
    exact = reply.oauth_error == "invalid_client"
    judge.advise(exact, expected="the error invalid_client", observed=reply.summary)
