"""What every audit needs, loaded once: imported by the process that audits are forked from."""

import gc
import importlib
from importlib.metadata import entry_points

from _pytest.config import default_plugins

from conformance.catalogue import load
from conformance.checks import shipped_checks
from conformance.plugins import MODULES
from conformance.report.html import templates
from conformance.wire.http import usual_trust
from tests import proving

__all__ = ["proving"]

_IMPORTED_LATE = (
    "hypothesis",
    "pytest_html",
    "httpcore",
    "anyio._backends._asyncio",
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.auto",
)

for module in (*MODULES, *(f"_pytest.{name}" for name in default_plugins), *_IMPORTED_LATE):
    importlib.import_module(module)
for plugin in entry_points(group="pytest11"):
    plugin.load()
shipped_checks()
load()
usual_trust()
for template in templates().list_templates(["j2"]):
    templates().get_template(template)
gc.collect()
gc.freeze()
