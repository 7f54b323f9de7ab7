"""How many seconds pass before something that must have ended is tried again."""

CODE_AGE = 660.0
"""Age at which an authorization code must not work any more: ten minutes (RFC 6749 section 4.1.2) and some slack."""
CLOCK_LEEWAY = 60.0
"""How long after its end an access token may still work, since the clocks of two servers differ."""
IDLE = 30.0
"""How long a connection is left alone to see what the server does with it."""
