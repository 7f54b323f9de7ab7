"""A client whose metadata document demands assertions (private_key_jwt): its code, redeemed without and with one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from conformance.oauth.assertions import assertion, parameters
from conformance.oauth.document_clients import Asked, DocumentClients
from conformance.oauth.documents import Document
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.jwt import ALGORITHMS, Algorithm, Key
from conformance.oauth.pkce import Pkce
from conformance.oauth.token_reply import TokenReply
from conformance.shapes import as_list
from conformance.token_requests import NEVER_ISSUED

NO_ASSERTION = "no assertion"
DEFECTS = (NO_ASSERTION, "no signature", "a signature by another key")


@dataclass(frozen=True)
class KeyedGrant:
    """What the server said to `asked`, the request of such a client, and to the redemptions of its code.

    `attempts` are the defective redemptions by what is wrong with the assertion; where one of them gave tokens it is
    the last one, and `tokens` are those. `tokens` is else the answer to the right redemption, and None where the
    document was not accepted.
    """

    asked: Asked
    attempts: Mapping[str, TokenReply]
    tokens: TokenReply | None

    @classmethod
    def perform(cls, oauth: OAuthFlow, clients: DocumentClients, *, burns: bool) -> "KeyedGrant":
        """One approval; a second one where `burns` says that a failed redemption ends a code.

        Only the first defect is then tried: what comes after it proves nothing. Raises NoAnswer, CouldNotRun.
        """
        listed = as_list(oauth.discovery.server_metadata.get("token_endpoint_auth_signing_alg_values_supported"))
        verified: list[Algorithm] = [one for one in ALGORITHMS if one in listed]
        key = Key.generate(verified[0] if verified else "ES256")
        keys = clients.documents.host(Document.of({"keys": [key.published]}))
        asked = clients.ask(clients.host(token_endpoint_auth_method="private_key_jwt", jwks_uri=keys.url))  # noqa: S106 - a name
        if not asked.accepted:
            return cls(asked, {}, None)
        client = replace(asked.client, auth_method="private_key_jwt", key=key.pem)
        unknown = {"grant_type": "authorization_code", "code": NEVER_ISSUED, "redirect_uri": client.redirect_uri}
        oauth.token(unknown, client, purpose="token request to learn the audience of assertions")
        grant = replace(oauth.approve(asked.answer, of="metadata document"), client=client)
        attempts: dict[str, TokenReply] = {}
        for defect in DEFECTS:
            text = "" if defect == NO_ASSERTION else assertion(key, client.id, oauth.audience, defect=defect)
            sent = parameters(text) if text else {}
            reply = oauth.redeem(grant, sent, authentication="identified", purpose=f"token request with {defect}")
            attempts[defect] = reply
            if reply.issued_token:
                return cls(asked, attempts, reply)
            if burns:
                grant = oauth.authorize(Pkce.s256(), client, of="defects")
                break
        return cls(asked, attempts, oauth.redeem(grant))
