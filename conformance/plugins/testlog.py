"""pytest-html hooks."""
