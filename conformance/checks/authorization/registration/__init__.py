"""Checks of how clients become known: registration and client metadata documents."""
