"""HTTP/1.1 as a server reads it that wants the names of header fields in one way of writing only."""

from uvicorn.protocols.http.h11_impl import H11Protocol

_WRITTEN = frozenset((b"Mcp-Method", b"Mcp-Name", b"MCP-Protocol-Version"))
_KNOWN = frozenset(name.lower() for name in _WRITTEN)


class CaseSensitive(H11Protocol):
    """Passes over header fields of MCP that are written in another way."""

    def data_received(self, data: bytes) -> None:
        """Take what the client sent, without those fields."""
        head, end, body = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        super().data_received(b"\r\n".join(line for line in lines if not _odd(line)) + end + body)


def _odd(line: bytes) -> bool:
    name = line.partition(b":")[0]
    return name.lower() in _KNOWN and name not in _WRITTEN
