"""The base protocol: JSON-RPC, lifecycle, ping, `_meta`."""
