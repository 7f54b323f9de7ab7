"""The transports: Streamable HTTP and its sessions, HTTP+SSE, stdio."""
