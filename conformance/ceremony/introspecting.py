"""What the introspection endpoint tells about tokens: to strangers, to their owners, and when they have ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from conformance.ceremony.confidential import ConfidentialRefresh, Replay
from conformance.oauth.flow import FORM, OAuthFlow
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.token_requests import NEVER_ISSUED
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply


def introspect_with_garbage(oauth: OAuthFlow) -> Reply:
    """An introspection by somebody whose own bearer token nobody issued."""
    headers = {"Content-Type": FORM, "Accept": "application/json", "Authorization": f"Bearer {NEVER_ISSUED}"}
    body = urlencode({"token": NEVER_ISSUED}).encode()
    url = oauth.endpoint("introspection_endpoint")
    return oauth.send("POST", url, "introspection with a garbage bearer token", headers, body)


@dataclass(frozen=True)
class ForeignIntrospection:
    """The access token of the login, introspected by clients that it was not issued to, by what they are."""

    answers: Mapping[str, Reply]

    @classmethod
    def perform(cls, oauth: OAuthFlow, token: str, others: Mapping[str, Client]) -> "ForeignIntrospection":
        """Needs no approval."""
        answers = {
            name: oauth.introspect(token, client, purpose=f"introspection by {name}") for name, client in others.items()
        }
        return cls(answers)


@dataclass(frozen=True)
class OwnIntrospection:
    """The newest access token of a client with a secret, introspected by that client while it was good."""

    client: Client
    tokens: TokenReply
    answer: Reply

    @classmethod
    def perform(cls, oauth: OAuthFlow, made: ConfidentialRefresh) -> "OwnIntrospection":
        """Raises CouldNotRun where no access token is left."""
        token = made.newest.access_token
        if not token:
            raise CouldNotRun(f"no access token is left ({made.newest.summary})")
        answer = oauth.introspect(token, made.client, purpose="introspection of an own token")
        return cls(made.client, made.newest, answer)

    @property
    def active(self) -> bool:
        """Whether the token was called good."""
        return self.answer.ok and self.answer.json_object.get("active") is True


@dataclass(frozen=True)
class DeadIntrospection:
    """The same token, introspected when it had ended; `end` is the answer that says so."""

    end: Reply
    answer: Reply

    @classmethod
    def perform(cls, oauth: OAuthFlow, own: OwnIntrospection, replay: Replay) -> "DeadIntrospection":
        """Revokes the token where the replay of the code did not end it. Raises CouldNotRun where that fails."""
        token = own.tokens.access_token or ""
        if replay.access and replay.access.refused:
            end = replay.access.after
        else:
            end = oauth.revoke(token, own.client, purpose="revocation before introspection")
            if not end.ok:
                raise CouldNotRun(f"the token could not be revoked ({end.summary})")
        return cls(end, oauth.introspect(token, own.client, purpose="introspection of a dead token"))
