"""A login that asks for little: few scopes, one nobody knows, and no resource."""

from dataclasses import dataclass

from conformance.oauth import scopes
from conformance.oauth.authorization import AuthorizationAnswer, Changes
from conformance.oauth.flow import Grant, NoCode, OAuthFlow
from conformance.oauth.insight import Insight
from conformance.oauth.pkce import Pkce
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.verdict import Narrowed
from conformance.wire.http import Reply

RESOURCE_REFUSALS = ("invalid_target", "invalid_request")


@dataclass(frozen=True)
class Refusal:
    """How a request was refused, and the recorded exchange that shows it."""

    summary: str
    exchange: str


@dataclass(frozen=True)
class Reduced:
    """One approval, its code and tokens still alive.

    `asked` is the scope that was asked for in the end. `unknown_scope` is the refusal of the scope nobody knows, and
    `without_resource` that of a request without resource, where there was one. `admission` is the answer of the MCP
    server to the access token.
    """

    grant: Grant
    asked: str
    tokens: TokenReply
    with_uri: TokenReply | None
    without_uri: TokenReply | None
    unknown_scope: Refusal | None = None
    without_resource: AuthorizationAnswer | TokenReply | None = None
    admission: Reply | None = None
    insight: Insight | None = None

    @property
    def held(self) -> frozenset[str]:
        """The scopes of its tokens, as far as they are told."""
        told = self.tokens.granted or (self.insight.scopes if self.insight else None)
        return (told or frozenset(self.asked.split())) - {scopes.INVENTED}

    @classmethod
    def perform(cls, oauth: OAuthFlow, probe: Probe, *, burns: bool, uri_first: bool) -> "Reduced":
        """One approval. Another where `burns` says that a failed redemption ends a code, and no token was issued; where
        the unknown scope is refused only once the request was approved; and to name the resource, as clients of MCP do,
        where no token is issued without. The last two only where no cap forbids it.

        The code is redeemed without redirect_uri and, where that fails, with it; the other way round by `uri_first`.

        Raises NoAnswer, CouldNotRun where no code comes, Narrowed where the cap leaves too much open.
        """
        client = oauth.new_client("registration for a reduced login")
        known = [*scopes.of_resource(oauth.discovery)[:1]]
        known += [one for one in ("openid",) if one in scopes.of_server(oauth.discovery)]
        changes: Changes = {"scope": " ".join([*known, scopes.INVENTED]), "resource": None}
        answer = oauth.ask(client, changes, purpose="authorization request, reduced", pkce=Pkce.s256(128))
        unknown_scope, without_resource = None, None
        without_unknown: Changes = {**changes, "scope": " ".join(known) or None}
        if answer.refused and answer.error in ("invalid_scope", None):
            purpose = "authorization request, reduced further"
            further = oauth.ask(client, without_unknown, purpose=purpose, pkce=Pkce.s256(128))
            if answer.error or not further.refused:
                unknown_scope, changes = Refusal(answer.summary, answer.exchange), without_unknown
            answer = further
        try:
            if answer.refused:
                without_resource, changes = answer, {**changes, "resource": oauth.resource}
                grant = oauth.authorize(Pkce.s256(128), client, changes, of="reduced")
            else:
                grant = oauth.approve(answer, of="reduced")
        except NoCode as refusal:
            if unknown_scope or not refusal.exchange or (oauth.plan and oauth.plan.cap):
                raise
            unknown_scope = Refusal(refusal.reason, refusal.exchange)
            changes = {**changes, "scope": without_unknown["scope"]}
            grant = oauth.authorize(Pkce.s256(128), client, changes, of="reduced")
        by_uri: dict[bool, TokenReply] = {}
        for with_uri in (uri_first, not uri_first):
            changes_at_token: Changes = {} if with_uri else {"redirect_uri": None}
            purpose = f"token request, reduced, {'with' if with_uri else 'without'} redirect_uri"
            tokens = by_uri[with_uri] = oauth.redeem(grant, changes_at_token, purpose=purpose)
            if tokens.access_token:
                break
        if burns and not tokens.access_token:
            grant = oauth.authorize(Pkce.s256(128), client, changes, of="defects")
            tokens = oauth.redeem(grant, purpose="token request, reduced, on a fresh code")
        if not tokens.access_token and changes["resource"] is None:
            bare = tokens if burns else by_uri[True]
            grant, tokens = _with_resource(oauth, grant, changes, bare, burns=burns)
            if tokens.access_token or bare.oauth_error in RESOURCE_REFUSALS:
                without_resource = bare
        admission = insight = None
        if tokens.access_token:
            admission = probe.knock(f"Bearer {tokens.access_token}", "initialize, reduced token")
            insight = Insight.into(tokens.access_token, oauth, client)
        asked = changes["scope"]
        return cls(
            grant,
            asked if isinstance(asked, str) else "",
            tokens,
            by_uri.get(True),
            by_uri.get(False),
            unknown_scope,
            without_resource,
            admission,
            insight,
        )


def _with_resource(
    oauth: OAuthFlow, grant: Grant, changes: Changes, bare: TokenReply, *, burns: bool
) -> tuple[Grant, TokenReply]:
    """Name the resource with the same code, unless that was burnt, and where it does not do, in another login.

    `bare` is the refusal without resource. Raises Narrowed where a cap forbids another login.
    """
    tokens = bare
    if not burns:
        named = {"resource": oauth.resource}
        tokens = oauth.redeem(grant, named, purpose="token request, reduced, with resource")
    if tokens.access_token or bare.oauth_error == "invalid_grant":
        return grant, tokens
    if oauth.plan and oauth.plan.cap:
        raise Narrowed(f"no token without resource ({bare.summary}), and --approvals allows no other login")
    grant = oauth.authorize(Pkce.s256(128), grant.client, {**changes, "resource": oauth.resource}, of="reduced")
    return grant, oauth.redeem(grant, purpose="token request, reduced, of a login with resource")
