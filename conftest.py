"""The plugin of this checkout is loaded by `addopts` in pyproject.toml, as it is in an installation."""
