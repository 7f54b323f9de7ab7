"""Token introspection: what the server tells about a token, and to whom."""

import json
import time

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.introspecting import (
    DeadIntrospection,
    ForeignIntrospection,
    OwnIntrospection,
    introspect_with_garbage,
)
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import Client
from conformance.survey import Survey
from conformance.token_requests import NEVER_ISSUED
from conformance.wire.http import Reply


@pytest.fixture(scope="session")
def unknown(audit: Audit, posting_client: Client) -> Reply:
    """What a client with a secret is told about a token that nobody issued."""
    flow = audit.flow()
    return audit.once("unknown introspection", lambda: flow.introspect(NEVER_ISSUED, posting_client))


def need_admission(unknown: Reply, judge: Judge) -> None:
    """End the check where our client may not introspect."""
    if unknown.status in (401, 403) or unknown.json_object.get("error") in ("invalid_client", "unauthorized_client"):
        judge.not_applicable(f"no client that we can register may introspect ({unknown.summary})")


@requirement("introspection.authorization-required")
def test_introspection_is_not_open_to_everybody(oauth: OAuthFlow, survey: Survey, judge: Judge) -> None:
    nobody = Client("nobody", survey.redirect_uri)
    replies = {
        "no credentials": oauth.introspect(
            NEVER_ISSUED, nobody, authentication="none", purpose="introspection, nobody"
        ),
        "a garbage bearer token": introspect_with_garbage(oauth),
    }
    for name, reply in replies.items():
        told = reply.ok and "active" in reply.json_object
        judge.never(told, f"an answer about a token came to {name}", evidence=reply)
        refused = reply.status in (400, 401, 403)
        judge.that(refused, expected=f"HTTP 401 for {name}", observed=reply.summary, evidence=reply)


@requirement("introspection.unknown-token-inactive")
def test_an_unknown_token_is_inactive(unknown: Reply, judge: Judge) -> None:
    need_admission(unknown, judge)
    judge.that(unknown.status == 200, expected="HTTP 200", observed=unknown.summary, evidence=unknown)
    kind, active = unknown.media_type, unknown.json_object.get("active")
    judge.that(kind == "application/json", expected="application/json", observed=kind)
    judge.that(active is False, expected="active: false", observed=json.dumps(active))


@requirement("introspection.inactive-without-details")
def test_an_inactive_token_is_not_explained(unknown: Reply, judge: Judge) -> None:
    need_admission(unknown, judge)
    if unknown.json_object.get("active") is not False:
        judge.could_not_run(f"an unknown token is not called inactive ({unknown.summary})")
    more = sorted(unknown.json_object.keys() - {"active"})
    judge.that(not more, expected="active and nothing else", observed=more or "active alone", evidence=unknown)


@requirement("introspection.not-for-public-clients")
def test_registering_a_client_does_not_open_the_tokens_of_others(
    foreign_introspection: ForeignIntrospection, judge: Judge
) -> None:
    if not foreign_introspection.answers:
        judge.could_not_run("no second client could be registered")
    for name, reply in foreign_introspection.answers.items():
        told = reply.ok and reply.json_object.get("active") is True
        judge.that(not told, expected=f"nothing for {name}", observed=about(reply), evidence=reply)
        if not reply.ok and reply.status not in (400, 401, 403):
            judge.could_not_run(f"{name} was neither answered nor refused ({reply.summary})")


@requirement("introspection.valid-token-active")
def test_a_good_token_is_reported_truthfully(unknown: Reply, own_introspection: OwnIntrospection, judge: Judge) -> None:
    need_admission(unknown, judge)
    answer, issued = own_introspection.answer, own_introspection.tokens.reply.json_object
    need_disclosure(own_introspection, judge)
    if not answer.ok:
        judge.could_not_run(f"our client was not told about its own token ({answer.summary})")
    told, active = answer.json_object, own_introspection.active
    judge.advise(active, expected="active: true for its own token", observed=about(answer), evidence=answer)
    if told.get("client_id") is not None and active:
        right = told["client_id"] == own_introspection.client.id
        judge.that(right, expected="the client_id of the token", observed="it" if right else "another")
    if isinstance(told.get("scope"), str) and isinstance(issued.get("scope"), str) and active:
        same = set(told["scope"].split()) == set(issued["scope"].split())
        judge.that(same, expected=f"the scope {issued['scope']}", observed=told["scope"])
    timed = isinstance(told.get("exp"), int | float) and isinstance(issued.get("expires_in"), int | float)
    if timed and active and not own_introspection.refused:
        left = told["exp"] - time.time()
        judge.that(0 < left <= issued["expires_in"] + 60, expected="the time when it ends", observed=f"in {left:.0f} s")


def need_disclosure(own: OwnIntrospection, judge: Judge) -> None:
    """End the check where the server introspects no access tokens, and no refresh token of ours instead."""
    judge.see(own.refused)
    if own.refused and not own.active and own.answer.status < 500:
        judge.not_applicable(
            "the server says that it introspects no access tokens, and it calls no refresh token of ours good"
        )


@requirement("introspection.revoked-token-inactive")
def test_a_dead_token_is_inactive(
    own_introspection: OwnIntrospection, dead_introspection: DeadIntrospection, judge: Judge
) -> None:
    reply = dead_introspection.answer
    judge.see(dead_introspection.end)
    need_disclosure(own_introspection, judge)
    if not reply.ok or not own_introspection.active:
        judge.could_not_run(f"our client is not told about its own tokens ({reply.summary})")
    inactive = reply.json_object.get("active") is False
    judge.that(inactive, expected="active: false", observed=about(reply), evidence=reply)


def about(reply: Reply) -> str:
    """What an answer says of the token, without secrets."""
    return f"{reply.summary}, active: {json.dumps(reply.json_object.get('active'))}"
