"""OAuth 2.1 as an MCP client meets it: discovery, registration, consent, tokens."""
