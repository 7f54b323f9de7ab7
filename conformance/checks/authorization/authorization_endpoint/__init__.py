"""Checks of authorization requests and of what is answered to them."""
