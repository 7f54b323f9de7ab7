"""Refresh tokens: how long a login lasts, and for whom."""

from conformance import Judge, requirement
from conformance.ceremony.confidential import ConfidentialRefresh
from conformance.ceremony.refreshing import Refreshing
from conformance.ceremony.reuse import Reuse
from conformance.checks.authorization.refusals import need_client, refused, turned_down
from conformance.oauth.jwt import read
from conformance.oauth.token_reply import TokenReply
from conformance.token_requests import MALFORMED, NEVER_ISSUED, TokenRequests


@requirement("refresh.unknown-token-refused")
def test_a_refresh_token_nobody_issued_is_refused(token_requests: TokenRequests, judge: Judge) -> None:
    need_client(judge, token_requests)
    for name, value in {"nobody issued": NEVER_ISSUED, **MALFORMED}.items():
        fields = {"grant_type": "refresh_token", "refresh_token": value}
        reply = token_requests.ask(f"a refresh token {name}", fields)
        if reply.oauth_error in ("unauthorized_client", "unsupported_grant_type"):
            judge.not_applicable(f"the client may not use refresh tokens ({reply.summary})")
        refused(judge, f"a refresh token {name}", reply, "invalid_grant")


@requirement("refresh.missing-token-refused")
def test_a_refresh_without_token_is_refused(token_requests: TokenRequests, judge: Judge) -> None:
    need_client(judge, token_requests)
    reply = token_requests.ask("no refresh token", {"grant_type": "refresh_token"})
    if reply.oauth_error in ("unauthorized_client", "unsupported_grant_type"):
        judge.not_applicable(f"the client may not use refresh tokens ({reply.summary})")
    refused(judge, "a refresh without refresh_token", reply, "invalid_request", "invalid_grant")


@requirement("refresh.works")
def test_a_refresh_gives_a_token_the_mcp_server_accepts(refreshing: Refreshing, judge: Judge) -> None:
    first, knock = refreshing.first, refreshing.knock
    good = first.access_token is not None
    judge.that(good, expected="a new access token", observed=first.summary, evidence=first)
    if knock:
        if not refreshing.admitted and knock.status not in (401, 403):
            judge.could_not_run(f"the refreshed token could not be tried at the MCP server ({knock.summary})")
        judge.that(refreshing.admitted, expected="the MCP server takes it", observed=knock.summary, evidence=knock)


@requirement("refresh.rotates-for-public-clients")
def test_a_refresh_replaces_the_refresh_token(refreshing: Refreshing, judge: Judge) -> None:
    need_refreshes(refreshing, judge)
    if str(refreshing.first.reply.json_object.get("token_type")).lower() == "dpop":
        judge.not_applicable("the tokens are bound to a key")
    observed = "replaced" if refreshing.rotated else "the same token, or none, came back"
    expected = "another refresh token each time"
    judge.that(refreshing.rotated, expected=expected, observed=observed, evidence=refreshing.first)
    judge.see(refreshing.second)


@requirement("refresh.bound-to-client")
def test_a_foreign_client_cannot_refresh(refreshing: Refreshing, judge: Judge) -> None:
    if not refreshing.foreign:
        judge.could_not_run("no second client could be registered")
    for name, reply in refreshing.foreign.items():
        judge.never(reply.issued_token, f"{name} got tokens for the refresh token", evidence=reply)
    need_refreshes(refreshing, judge)
    for name, reply in refreshing.foreign.items():
        served_or_crashed = f"{name} was neither refused nor served ({reply.summary})"
        if not reply.refused and not reply.issued_token:
            judge.could_not_run(served_or_crashed)
    judge.see(refreshing.second)


@requirement("refresh.access-token-not-refreshable")
def test_an_access_token_is_no_refresh_token(refreshing: Refreshing, judge: Judge) -> None:
    if not refreshing.misused.issued_token:
        need_refreshes(refreshing, judge)
    turned_down(judge, "an access token as refresh token", refreshing.misused, "invalid_grant", "invalid_request")


@requirement("refresh.scope-narrowing")
def test_a_refresh_can_ask_for_less_scope(refreshing: Refreshing, judge: Judge) -> None:
    narrowed, widened = refreshing.narrowed, refreshing.widened
    if narrowed is None or widened is None:
        judge.not_applicable("the grant has no two scopes")
    if not widened.access_token:
        judge.could_not_run(f"the grant could not be refreshed any more ({widened.summary})")
    wanted, all_of_it = {refreshing.narrow_scope}, scope_of(refreshing.original)
    given = scope_of(narrowed) or wanted
    kind = narrowed.access_token is not None
    judge.that(kind, expected=f"a token for {refreshing.narrow_scope}", observed=narrowed.summary, evidence=narrowed)
    if given != wanted and given == all_of_it:
        judge.note("the wish for less scope is ignored, and the answer says so")
    elif kind:
        judge.that(given == wanted, expected=f"the scope {refreshing.narrow_scope}", observed=" ".join(sorted(given)))
    again = scope_of(widened) or all_of_it
    judge.that(again == all_of_it, expected="the whole scope again", observed=" ".join(sorted(again)), evidence=widened)


@requirement("refresh.resource-kept")
def test_a_refreshed_token_is_for_the_same_resource(refreshing: Refreshing, judge: Judge) -> None:
    original, *refreshed = refreshing.insights
    if original is None or (original.introspection and not original.audiences):
        judge.could_not_run("the access token is opaque, and introspection does not tell us whom it is for")
    need_refreshes(refreshing, judge)
    before = sorted(original.audiences)
    for name, reply, insight in zip(("with", "without"), (refreshing.first, refreshing.second), refreshed, strict=True):
        if insight is None:
            judge.could_not_run(f"nobody tells whom the token of the refresh {name} resource is for")
        after, expected = sorted(insight.audiences), f"the same audience after a refresh {name} resource"
        judge.advise(after == before, expected=expected, observed=after, evidence=reply)
        judge.see(insight.introspection)


@requirement("refresh.confidential-client-must-authenticate")
def test_a_client_with_a_secret_must_use_it_to_refresh(confidential_refresh: ConfidentialRefresh, judge: Judge) -> None:
    for name, reply in confidential_refresh.attempts.items():
        judge.never(reply.issued_token, f"tokens came with {name}", evidence=reply)
    right = confidential_refresh.right
    judge.see(right)
    if not right.access_token:
        judge.could_not_run(f"the right secret was refused as well ({right.summary})")
    for name, reply in confidential_refresh.attempts.items():
        turned_down(judge, f"a refresh with {name}", reply, "invalid_client")


@requirement("refresh.scope-not-widened")
def test_a_refresh_cannot_ask_for_more_scope(reuse: Reuse, judge: Judge) -> None:
    widened = reuse.widened
    if widened is None:
        judge.not_applicable("no scope is known that was not granted, or nobody tells which were")
    if not reuse.first.access_token:
        judge.could_not_run(f"a refresh without that scope fails as well ({reuse.first.summary})")
    given = scope_of(widened)
    judge.never(reuse.scope in given, f"the scope {reuse.scope} was granted by a refresh", evidence=widened)
    if not widened.refused and not (widened.access_token and given):
        judge.could_not_run(f"the answer does not say which scope was granted ({widened.summary})")


@requirement("refresh.old-token-invalidated")
def test_a_replaced_refresh_token_is_dead(reuse: Reuse, judge: Judge) -> None:
    need_replays(reuse, judge)
    if reuse.replays[0].issued_token:
        judge.note("the replaced token still worked right after its successor was used")
    sent = f"a refresh token whose successor was used {reuse.seconds:.0f} s before"
    turned_down(judge, sent, reuse.replays[-1], "invalid_grant")


@requirement("refresh.reuse-revokes-family")
def test_the_reuse_of_a_refresh_token_ends_the_grant(reuse: Reuse, judge: Judge) -> None:
    need_replays(reuse, judge)
    current = reuse.current
    if current is None:
        judge.could_not_run("the replaced refresh token still works, so its reuse is not noticed")
    observed = current.summary
    judge.advise(
        not current.issued_token, expected="the newest refresh token is dead", observed=observed, evidence=current
    )
    if reuse.knock:
        judge.see(reuse.knock)
        judge.note(f"the newest access token afterwards: {reuse.knock.summary}")


def need_refreshes(refreshing: Refreshing, judge: Judge) -> None:
    """End the check where the owner of the grant could not refresh twice."""
    for reply in (refreshing.first, refreshing.second):
        if not reply.access_token:
            judge.could_not_run(f"a refresh of the grant's own client failed ({reply.summary})")


def need_replays(reuse: Reuse, judge: Judge) -> None:
    """End the check where the grant was not refreshed twice with another token each time."""
    judge.see(reuse.second)
    if not reuse.replays:
        judge.could_not_run(f"refresh tokens are not replaced, or a refresh failed ({reuse.second.summary})")


def scope_of(reply: TokenReply) -> set[str]:
    """The scopes that an answer says it grants; those of its readable token where it says nothing."""
    token = read(reply.access_token or "")
    claimed = token.claims.get("scope") if token else None
    return set(reply.granted or (claimed.split() if isinstance(claimed, str) else ()))
