"""The pytest plugin. Without --target-url, --demo or --requirements it does nothing."""

pytest_plugins = (
    "conformance.plugins.options",
    "conformance.plugins.survey",
    "conformance.plugins.selection",
    "conformance.plugins.fixtures",
    "conformance.plugins.clients",
    "conformance.plugins.messages",
    "conformance.plugins.grants",
    "conformance.plugins.tokens",
    "conformance.plugins.tasks",
    "conformance.plugins.asking",
    "conformance.plugins.verdicts",
    "conformance.plugins.reporting",
    "conformance.plugins.testlog",
)
