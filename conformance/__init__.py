"""Conformance audit of remote MCP servers: what an implementer's own checks import."""

from conformance.judge import Judge
from conformance.marks import requirement
from conformance.verdict import CouldNotRun, NotApplicable

__version__ = "0.1.0"
__all__ = ["CouldNotRun", "Judge", "NotApplicable", "__version__", "requirement"]
