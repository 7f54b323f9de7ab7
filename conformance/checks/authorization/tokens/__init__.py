"""Checks of issued tokens: their use, refresh, revocation and introspection."""
