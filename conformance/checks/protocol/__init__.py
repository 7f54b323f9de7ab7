"""What the MCP server decides: JSON-RPC, lifecycle, transport, features."""
