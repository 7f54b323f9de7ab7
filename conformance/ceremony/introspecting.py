"""What the introspection endpoint tells about tokens: to strangers, to their owners, and when they have ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from conformance.ceremony.confidential import Replay
from conformance.ceremony.revoking import unsupported
from conformance.oauth.flow import FORM, OAuthFlow
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.token_requests import NEVER_ISSUED
from conformance.verdict import CouldNotRun, NotApplicable
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
    """The newest access token of a client with a secret, introspected by that client while it was good.

    `refused` is the answer for it where the server says that it introspects no access tokens; `token` is then the
    refresh token, and `answer` the one for that. Both are the access token and its answer where there is none.
    """

    client: Client
    tokens: TokenReply
    token: str = field(repr=False)
    answer: Reply
    refused: Reply | None = None

    @classmethod
    def perform(
        cls, oauth: OAuthFlow, client: Client, tokens: TokenReply, refresh_token: str | None
    ) -> "OwnIntrospection":
        """Raises CouldNotRun where no access token is left."""
        token = tokens.access_token
        if not token:
            raise CouldNotRun(f"no access token is left ({tokens.summary})")
        answer = oauth.introspect(token, client, purpose="introspection of an own token")
        if not unsupported(answer):
            return cls(client, tokens, token, answer)
        if not refresh_token:
            return cls(client, tokens, token, answer, answer)
        other = oauth.introspect(refresh_token, client, purpose="introspection of an own refresh token")
        return cls(client, tokens, refresh_token, other, answer)

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
    def perform(
        cls, oauth: OAuthFlow, own: OwnIntrospection, replay: Replay, refresh_token: str | None
    ) -> "DeadIntrospection":
        """Revokes the token where the replay of the code did not end it; the refresh token of the grant where the
        server says that it revokes no access tokens.

        Raises:
            CouldNotRun: the revocation fails.
            NotApplicable: the server says so, and no refresh token is left that it calls good.
        """
        ended, token = cls._ended(own, replay), own.token
        renewed = replay.refresh.refresh_token if replay.refresh else None
        if own.refused and renewed:
            token = renewed
        end = ended or oauth.revoke(token, own.client, purpose="revocation before introspection")
        if unsupported(end) and not own.refused:
            token = renewed or refresh_token or ""
            good = oauth.introspect(token, own.client, purpose="introspection of a refresh token") if token else None
            if not good or good.json_object.get("active") is not True:
                raise NotApplicable(
                    "the server says that it revokes no access tokens, and it calls no refresh token of ours good"
                )
            end = oauth.revoke(token, own.client, purpose="revocation of the refresh token before introspection")
        if not ended and not end.ok:
            raise CouldNotRun(f"the token could not be revoked ({end.summary})")
        return cls(end, oauth.introspect(token, own.client, purpose="introspection of a dead token"))

    @staticmethod
    def _ended(own: OwnIntrospection, replay: Replay) -> Reply | None:
        """The refusal that shows that the replay ended the token, None where it did not."""
        if own.refused:
            return replay.refresh.reply if replay.refresh and replay.refresh.oauth_error == "invalid_grant" else None
        return replay.access.after if replay.access and replay.access.refused else None
