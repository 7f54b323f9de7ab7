"""Tokens for a client that acts for itself, without a user (OAuth 2.1 section 4.2)."""

from dataclasses import replace

from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.shapes import as_list

_IN_BODY = "client_secret_post"
_ADVICE = {
    "invalid_client": "are --client-id and --client-secret or --client-key those of the client?",
    "unauthorized_client": "allow the client the grant client_credentials at the server",
    "unsupported_grant_type": "the server does not offer the grant client_credentials: use another --consent",
}


def service_token(oauth: OAuthFlow, client: Client) -> TokenReply:
    """The answer to a client credentials request for the resource, without scope where that of the resource is refused.

    Raises NoAnswer, CouldNotRun.
    """
    fields = service_request(oauth)
    reply = oauth.token(fields, client, purpose="client credentials request")
    if reply.oauth_error == "invalid_scope" and oauth.scope:
        reply = oauth.token({**fields, "scope": None}, client, purpose="client credentials request without scope")
    return reply


def log_in(oauth: OAuthFlow, client: Client) -> tuple[Client, TokenReply]:
    """The first answer to a service, and the client as it authenticates: its secret goes into the body of the request
    where the server refuses it in the header and takes both. Raises NoAnswer, CouldNotRun.
    """
    reply = service_token(oauth, client)
    offered = as_list(oauth.discovery.server_metadata.get("token_endpoint_auth_methods_supported"))
    if reply.oauth_error == "invalid_client" and client.secret and _IN_BODY in offered:
        posting = replace(client, auth_method=_IN_BODY)
        second = service_token(oauth, posting) if posting != client else reply
        if second.oauth_error != "invalid_client":
            return posting, second
    return client, reply


def service_request(oauth: OAuthFlow) -> dict[str, str | None]:
    """The parameters of a client credentials request (OAuth 2.1 section 4.2.1)."""
    return {"grant_type": "client_credentials", "resource": oauth.resource, "scope": oauth.scope}


def what_next(reply: TokenReply) -> str:
    """What to try after a refusal."""
    return _ADVICE.get(reply.oauth_error or "", "see the exchange in the report")
