"""Clients with a secret, of the audit's own or given by the user."""

from conformance.oauth.discovery import Discovery
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import Client, client_of
from conformance.once import Once
from conformance.shapes import as_list
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.http import Reply

METHOD = "token_endpoint_auth_method"
SECRET_METHODS = ("client_secret_post", "client_secret_basic")


def offers_secrets(discovery: Discovery) -> bool:
    """Whether the metadata names a way to send a secret, or no way at all."""
    listed = as_list(discovery.server_metadata.get("token_endpoint_auth_methods_supported"))
    return not listed or any(one in listed for one in SECRET_METHODS)


def secret_client(oauth: OAuthFlow, once: Once, method: str) -> Client:
    """The client that asked for this way to send its secret, registered once in a run.

    It asks for the other way where the metadata lists that alone, and the server may choose for it, see
    `Client.auth_method`. The client that the user gave is taken where it has a secret.

    Raises:
        NotApplicable: the server gives no secret to whoever registers.
        CouldNotRun: it registers nobody, or not now.
    """
    if oauth.given and not oauth.given.public:
        return oauth.given
    listed = as_list(oauth.discovery.server_metadata.get("token_endpoint_auth_methods_supported"))
    offered = [one for one in SECRET_METHODS if one in listed]
    asked = method if method in offered or not offered else offered[0]
    return once(f"client {asked}", lambda: _registered(oauth, once, asked))


def registration(oauth: OAuthFlow, once: Once, method: str) -> Reply:
    """The answer to a client that asks for this way to authenticate, sent once in a run."""
    name = f"registration with {METHOD} {method}"
    return once(name, lambda: oauth.register(name, **{METHOD: method}))


def _registered(oauth: OAuthFlow, once: Once, method: str) -> Client:
    reply = registration(oauth, once, method)
    client = client_of(reply, oauth.redirect_uri)
    if client and not client.public:
        return client
    if reply.ok or reply.json_object.get("error") == "invalid_client_metadata":
        raise NotApplicable(f"the server gives no secret to clients that register ({reply.summary})")
    raise CouldNotRun(f"a client with a secret is needed and the server registered none ({reply.summary})")
