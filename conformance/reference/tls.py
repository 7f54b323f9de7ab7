"""HTTPS on a loopback port, with a certificate authority of its own."""

import asyncio
import socket
import ssl
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import trustme


class TlsPort:
    """Accepts the connections of a listening socket and hands them over once they are encrypted.

    `ca_file` is a PEM file of the authority that signed the certificate for `host`; `close` removes it.
    """

    def __init__(self, listener: socket.socket, host: str) -> None:
        self._listener = listener
        self._opening: set[asyncio.Task[None]] = set()
        authority = trustme.CA()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
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
            await loop.connect_accepted_socket(protocol, connection, ssl=self._context)
