"""The shipped checks, one folder an area."""

import importlib
import inspect
import pkgutil
from functools import cache

from conformance.data import CHECKS


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
                marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "requirement"]
                path = module.name.removeprefix("conformance.checks.").replace(".", "/")
                found[f"{path}.py::{name}"] = tuple(one for mark in marks for one in mark.args)
    return found
