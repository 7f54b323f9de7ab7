"""Checks of how the token endpoint issues tokens."""
