"""Checks of the metadata of resource and authorization server, and of the challenge that leads to them."""
