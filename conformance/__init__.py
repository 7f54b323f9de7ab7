"""Conformance audit of remote MCP servers: what an implementer's own checks import."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.judge import Judge
    from conformance.marks import requirement
    from conformance.verdict import CouldNotRun, NotApplicable

__version__ = "0.1.0"
__all__ = ["CouldNotRun", "Judge", "NotApplicable", "__version__", "requirement"]

_HOMES = {"CouldNotRun": "verdict", "Judge": "judge", "NotApplicable": "verdict", "requirement": "marks"}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """What checks import, when they do: the reference server starts faster without."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"conformance.{_HOMES[name]}"), name)
