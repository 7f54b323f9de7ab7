"""Loads the suite's plugin when pytest runs from a checkout that is not installed."""

pytest_plugins = ["conformance.plugins"]
