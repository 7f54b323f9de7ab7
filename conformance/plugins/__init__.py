"""The pytest plugin. Without --target-url, --demo or --requirements it does nothing."""

from importlib import import_module

import pytest

MODULES = (
    "conformance.plugins.options",
    "conformance.plugins.survey",
    "conformance.plugins.selection",
    "conformance.plugins.fixtures",
    "conformance.plugins.clients",
    "conformance.plugins.messages",
    "conformance.plugins.grants",
    "conformance.plugins.tokens",
    "conformance.plugins.tasks",
    "conformance.plugins.durable_tasks",
    "conformance.plugins.asking",
    "conformance.plugins.running",
    "conformance.plugins.verdicts",
    "conformance.plugins.reporting",
    "conformance.plugins.testlog",
)


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the parts; for each one named in `pytest_plugins`, pytest would search all installed packages."""
    for name in MODULES:
        pluginmanager.register(import_module(name), name)
