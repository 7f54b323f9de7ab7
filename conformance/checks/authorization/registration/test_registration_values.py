"""What becomes of metadata that is wrong, contradictory, unsupported or dangerous (RFC 7591 sections 2 and 3.2)."""

import base64
import json
from typing import Any

from conformance import Judge, requirement
from conformance.registrations import METHOD, Registrations
from conformance.shapes import as_list
from conformance.survey import Survey
from conformance.wire.http import Reply

UNUSUAL_GRANTS = ("password", "urn:example:nope")
STATED_URI = "https://statement.example/cb"


def unsigned_statement() -> str:
    """A software statement that names another redirect URI and that nobody signed."""
    parts = ({"alg": "none", "typ": "JWT"}, {"iss": "https://statement.example", "redirect_uris": [STATED_URI]})
    header, claims = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{header}.{claims}."


def answered(judge: Judge, name: str, reply: Reply) -> Reply:
    """The answer, unless the server broke down."""
    if reply.status >= 500:
        judge.could_not_run(f"the server breaks down at {name} ({reply.summary})")
    return reply


@requirement("registration.bad-software-statement-refused")
def test_a_statement_that_nobody_vouches_for_is_not_honoured(registrations: Registrations, judge: Judge) -> None:
    for name, statement in (("a broken software_statement", "garbage"), ("an unsigned one", unsigned_statement())):
        reply = answered(judge, name, registrations.send(name, software_statement=statement))
        stated = STATED_URI in as_list(reply.json_object.get("redirect_uris"))
        judge.never(stated, f"the claims of {name} were registered", evidence=reply)
        judge.never("software_statement" in reply.json_object, f"{name} was registered", evidence=reply)


@requirement("registration.unknown-metadata-ignored")
def test_unknown_members_are_ignored(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.talkative()
    judge.that(reply.ok, expected="a client, unknown members ignored", observed=reply.summary, evidence=reply)


@requirement("registration.malformed-json-refused")
def test_a_body_that_is_no_json_object_is_refused(registrations: Registrations, judge: Judge) -> None:
    for body in (b'{"redirect_uris":[', b"[]", b'"x"', b""):
        name = f"the body {body.decode()!r}"
        reply = registrations.post(name, body)
        error = reply.json_object.get("error")
        refused = reply.status == 400 and isinstance(error, str)
        judge.that(refused, expected=f"{name}: 400 and an error", observed=reply.summary, evidence=reply)
        if refused:
            known = error in ("invalid_client_metadata", "invalid_request")
            judge.advise(known, expected=f"{name}: invalid_client_metadata", observed=error, evidence=reply)
    form = registrations.post("a form", b"client_name=x", "application/x-www-form-urlencoded")
    judge.that(form.status < 500, expected="a form: 400 or 415", observed=form.summary, evidence=form)


@requirement("registration.rejects-wrong-types")
def test_members_of_the_wrong_type_are_refused(registrations: Registrations, judge: Judge) -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"redirect_uris": registrations.redirect_uri},
        {"redirect_uris": [1, {}]},
        {"grant_types": "authorization_code"},
        {"client_name": {"en": "audit"}},
    )
    for members in wrong:
        [(member, value)] = members.items()
        name = f"{member} {json.dumps(value)}"
        reply = registrations.send(name, **members)
        refused = 400 <= reply.status < 500
        judge.that(refused, expected=f"{name}: refused with 400", observed=reply.summary, evidence=reply)


@requirement("registration.consistent-grant-and-response-types")
def test_contradictory_types_are_refused_or_corrected(registrations: Registrations, judge: Judge) -> None:
    contradictory = (
        {"grant_types": ["authorization_code"], "response_types": ["token"]},
        {"grant_types": ["implicit"], "response_types": ["code"]},
    )
    for members in contradictory:
        name = f"grant_types {members['grant_types']} with response_types {members['response_types']}"
        reply = answered(judge, name, registrations.send(name, **members))
        unchanged = reply.ok and all(reply.json_object.get(one) == value for one, value in members.items())
        judge.never(unchanged, f"{name} were registered", evidence=reply)


@requirement("registration.unsupported-values-not-registered")
def test_unsupported_values_are_not_registered(registrations: Registrations, survey: Survey, judge: Judge) -> None:
    metadata = survey.discovery.server_metadata if survey.discovery else {}
    unsupported = [one for one in UNUSUAL_GRANTS if one not in as_list(metadata.get("grant_types_supported"))]
    name = "unsupported grant types"
    reply = answered(judge, name, registrations.send(name, grant_types=["authorization_code", *unsupported]))
    kept = {one for one in as_list(reply.json_object.get("grant_types")) if one in unsupported}
    judge.never(kept, f"registered: {' and '.join(sorted(kept)) or 'an unsupported grant type'}", evidence=reply)
    name = f"{METHOD} bogus_method"
    reply = answered(judge, name, registrations.send(name, **{METHOD: "bogus_method"}))
    judge.never(reply.json_object.get(METHOD) == "bogus_method", f"{name} was registered", evidence=reply)


@requirement("registration.display-uris-safe")
def test_pages_shown_to_users_are_web_addresses(registrations: Registrations, judge: Judge) -> None:
    for member, uri in (("client_uri", "javascript:alert(1)"), ("logo_uri", "data:text/html,x")):
        name = f"{member} {uri}"
        reply = answered(judge, name, registrations.send(name, **{member: uri}))
        judge.never(reply.json_object.get(member) == uri, f"{name} was registered", evidence=reply)
