"""What every audit needs, imported once: by the process that audits are forked from."""

import gc
import importlib

from conformance.catalogue import load
from conformance.checks import shipped_checks
from conformance.plugins import pytest_plugins
from tests import proving

__all__ = ["proving"]

for plugin in pytest_plugins:
    importlib.import_module(plugin)
shipped_checks()
load()
gc.collect()
gc.freeze()
