"""HTTPS on a loopback port, with a certificate authority of its own."""

import asyncio
import socket
import ssl
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import trustme

from conformance.reference.faults import Faults

_HANDSHAKE = b"\x16"
"""The first byte of every TLS connection (RFC 8446 section 5.1)."""


class TlsPort:
    """Accepts the connections of a listening socket and hands them over once they are encrypted.

    `ca_file` is a PEM file of the authority that signed the certificate for `host`; `close` removes it.
    """

    def __init__(self, listener: socket.socket, host: str, faults: Faults) -> None:
        self._listener = listener
        self._opening: set[asyncio.Task[None]] = set()
        self._plain = any(faults.active(name) for name in ("plain-http-served", "endpoints-over-http"))
        authority = trustme.CA()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        if faults.active("old-tls-accepted"):
            _accept_old_versions(self._context)
        authority.issue_cert(host).configure_cert(self._context)  # type: ignore[reportUnknownMemberType]
        with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
            file.write(authority.cert_pem.bytes())
        self.ca_file = Path(file.name)

    async def accept(self, protocol: Callable[[], asyncio.Protocol]) -> None:
        """Give every connection a protocol made by a function, until cancelled."""
        loop = asyncio.get_running_loop()
        self._listener.setblocking(False)
        while True:
            connection, _ = await loop.sock_accept(self._listener)
            opening = loop.create_task(self._open(connection, protocol))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    def close(self) -> None:
        """Accept no more."""
        self._listener.close()
        self.ca_file.unlink(missing_ok=True)

    async def _open(self, connection: socket.socket, protocol: Callable[[], asyncio.Protocol]) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            plain = self._plain and await _first_byte(connection) != _HANDSHAKE
            await loop.connect_accepted_socket(protocol, connection, ssl=None if plain else self._context)


async def _first_byte(connection: socket.socket) -> bytes:
    """The byte that will be read first, which stays to be read."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(connection, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(1, socket.MSG_PEEK)


def _accept_old_versions(context: ssl.SSLContext) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
