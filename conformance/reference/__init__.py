"""A conformant MCP server and authorization server to audit, which can be told to misbehave in one named way.

Needs starlette and uvicorn (`pip install pytest-mcp-conformance[reference]`); the table of faults alone does
not.
`python -m conformance.reference --help` tells how to run it by hand.
"""

from typing import TYPE_CHECKING

from conformance.reference.faults import FAULTS, Fault, UnknownFaultError

if TYPE_CHECKING:
    from conformance.reference.server import ReferenceServer

__all__ = ["FAULTS", "Fault", "ReferenceServer", "UnknownFaultError"]


def __getattr__(name: str) -> object:
    """Import the server when it is first asked for. Raises ModuleNotFoundError without its libraries."""
    if name != "ReferenceServer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from conformance.reference.server import ReferenceServer

    return ReferenceServer
