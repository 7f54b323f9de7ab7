"""The scopes of the reference server (RFC 6749 section 3.3, OpenID Connect Core section 3.1.2.1)."""

BASE, REPORTS, OPENID = "mcp", "mcp:reports", "openid"
RESOURCE_SCOPES = (BASE, REPORTS)
SCOPES = (*RESOURCE_SCOPES, OPENID)
