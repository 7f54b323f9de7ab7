"""A token for another resource of the same authorization server."""

from dataclasses import dataclass

from conformance.oauth.authorization import AuthorizationAnswer
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.insight import Insight
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.wire.http import Reply


@dataclass(frozen=True)
class OtherResource:
    """A request that names `resource`, and what came of it.

    `answer` is that of the authorization endpoint before anybody approved, `tokens` come from the code when it was
    approved, and `admission` is what our MCP server says to the access token.
    """

    resource: str
    answer: AuthorizationAnswer
    tokens: TokenReply | None = None
    insight: Insight | None = None
    admission: Reply | None = None

    @classmethod
    def perform(cls, oauth: OAuthFlow, probe: Probe, client: Client, resource: str) -> "OtherResource":
        """One approval, unless the request is refused before. Raises NoAnswer, CouldNotRun where no code comes."""
        answer = oauth.ask(client, {"resource": resource}, purpose="authorization request, another resource")
        if not answer.accepted and not answer.undecided:
            return cls(resource, answer)
        grant = oauth.approve(answer, of="second resource")
        tokens = oauth.redeem(grant, purpose="token request, another resource")
        token = tokens.access_token
        if not token:
            return cls(resource, answer, tokens)
        admission = probe.knock(f"Bearer {token}", "initialize, token for another resource")
        return cls(resource, answer, tokens, Insight.into(token, oauth, client), admission)
