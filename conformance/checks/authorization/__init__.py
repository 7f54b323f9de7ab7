"""What only the authorization side decides: discovery, registration, PKCE, tokens."""
