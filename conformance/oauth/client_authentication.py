"""How a client names itself and proves who it is at the endpoints it posts to (OAuth 2.1 section 2.4)."""

import base64
from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote_plus

from conformance.oauth.registration import Client

Authentication = Literal["registered", "identified", "none", "header", "body", "both"]
"""How a client names itself at the token endpoint: by the method it is registered for, by its client_id alone, not
at all, by Basic credentials, by client_secret in the body, or by both at once.
"""


def authenticated(
    fields: Sequence[tuple[str, str]], client: Client, authentication: Authentication
) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Add client authentication (OAuth 2.1 section 2.4); a client_id already among the fields stays as it is."""
    if authentication == "registered":
        authentication = "identified" if client.secret is None else _BY_METHOD.get(client.auth_method, "header")
    named = any(name == "client_id" for name, _ in fields)
    identity = [] if named or authentication in ("none", "header") else [("client_id", client.id)]
    secret = client.secret or ""
    body = [("client_secret", secret)] if authentication in ("body", "both") else []
    headers = {"Authorization": basic_credentials(client.id, secret)} if authentication in ("header", "both") else {}
    return [*fields, *identity, *body], headers


_BY_METHOD: dict[str, Authentication] = {"client_secret_post": "body", "none": "identified"}


def basic_credentials(id: str, secret: str) -> str:
    """Basic credentials of a client, both parts form-encoded first (RFC 6749 section 2.3.1)."""
    pair = f"{quote_plus(id)}:{quote_plus(secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
