"""Passive checks of what was answered to requests for tokens, to registrations, and without a good token."""
