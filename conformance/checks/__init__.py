"""The shipped checks, one folder an area."""

import importlib
import inspect
import pkgutil
from functools import cache

from conformance.data import CHECKS
from conformance.marks import required_of


@cache
def shipped_checks() -> dict[str, tuple[str, ...]]:
    """Every shipped check with the requirement ids it decides: `{"pkce.py::test_x": ("pkce.y",)}`."""
    found: dict[str, tuple[str, ...]] = {}
    for module in pkgutil.walk_packages([str(CHECKS)], "conformance.checks."):
        if not module.name.rpartition(".")[2].startswith("test_"):
            continue
        content = importlib.import_module(module.name)
        for name, function in inspect.getmembers(content, inspect.isfunction):
            if name.startswith("test_"):
                path = module.name.removeprefix("conformance.checks.").replace(".", "/")
                found[f"{path}.py::{name}"] = required_of(function)
    return found
