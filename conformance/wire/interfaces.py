"""The addresses of this machine, and who listens at them."""

import socket
from contextlib import suppress

_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses of documentation (RFC 5737, RFC 3849), to which nothing is sent."""


def own_addresses() -> list[str]:
    """The addresses, loopback left out, from which this machine would connect to others."""
    found: list[str] = []
    for family, elsewhere in _ELSEWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            found.append(str(probe.getsockname()[0]))
    return [one for one in found if one != "::1" and not one.startswith("127.")]


def accepts(address: str, port: int, seconds: float) -> bool:
    """Whether a connection to a port of this machine is accepted in so many seconds."""
    try:
        with socket.create_connection((address, port), seconds):
            return True
    except OSError:
        return False
