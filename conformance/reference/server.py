"""Running the reference server in a thread."""

import asyncio
import shlex
import socket
import sys
import threading
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn

from conformance.reference.access_tokens import AccessTokens
from conformance.reference.app import build_app
from conformance.reference.faults import MODERN, Faults, Profile
from conformance.reference.header_case import CaseSensitive
from conformance.reference.mcp import Dispatcher
from conformance.reference.pages import PASSWORD, USERNAME
from conformance.reference.scopes import RESOURCE_SCOPES
from conformance.reference.services import Services
from conformance.reference.sessions import ASK_SECONDS
from conformance.reference.site import ACCOUNT_PATH, SERVER_PATH, Consent, Site
from conformance.reference.store import Grant, Store
from conformance.reference.streams import OpenStreams
from conformance.reference.tls import TlsPort

HOST = "127.0.0.1"
HASTE = 0.5
"""How long an impatient server waits for the answer of a client."""
_OPEN: tuple[Profile, ...] = ("open", "sse", "stdio", "impatient", *MODERN)
YEAR = 365 * 24 * 3600
_LAST_WORDS = 0.02
"""Seconds that requests without end have to say that they end, before their streams do."""


class ReferenceServer:
    """A conformant MCP server and its authorization server on loopback ports; a context manager.

    `fault` names one entry of FAULTS (UnknownFaultError is raised for others). `consent` is "auto", where
    /authorize answers with a code at once, or "form", where a person or a program signs in with `username`
    and `password` and presses a button. Without `protected` no token is needed. `port` 0 takes a free one;
    OSError is raised for one that is taken. `profile` is the deployment; `ca_file` is set where it is "tls".
    `path` is that of the Streamable HTTP endpoint, `/mcp` where the fault has no other. `command` starts the same
    server over stdio.
    """

    username = USERNAME
    password = PASSWORD

    def __init__(
        self,
        fault: str | None = None,
        consent: Consent = "auto",
        protected: bool = True,
        port: int = 0,
        profile: Profile = "combined",
        path: str = "",
    ) -> None:
        faults = Faults(fault)
        is_open = profile in _OPEN or faults.active("token-not-needed")
        self.protected = protected and not is_open
        path = path or ("/v1/mcp" if faults.active("atlassian-2025") else "/mcp")
        everywhere = faults.active("bound-to-every-interface") or faults.active("sse-bound-to-every-interface")
        self._sockets = [_listen(port, "" if everywhere else HOST)]
        self._tls = TlsPort(self._sockets[0], HOST, faults) if profile == "tls" else None
        self.origin = f"{'https' if self._tls else 'http'}://{HOST}:{_port(self._sockets[0])}"
        server = self.origin
        if profile == "separate":
            self._sockets.append(_listen(0))
            server = f"http://{HOST}:{_port(self._sockets[1])}{SERVER_PATH}"
        if faults.active("default-endpoints-elsewhere"):
            server += "/oauth"
        third_party = ""
        if profile == "proxy":
            self._sockets.append(_listen(0))
            third_party = f"http://{HOST}:{_port(self._sockets[1])}"
        self.url = self.origin + path
        self._path = path
        dual = profile not in MODERN
        self.command = f"{shlex.quote(sys.executable)} -m conformance.reference --stdio"
        self.command += f" --fault {fault}" if fault else ""
        self.command += "" if dual else f" --profile {profile}"
        self._streams = OpenStreams()
        self._dispatcher = Dispatcher(faults, HASTE if profile == "impatient" else ASK_SECONDS, dual=dual)
        self._dispatcher.notebook.account_page = self.origin + ACCOUNT_PATH
        self._dispatcher.notebook.login_page = f"{server}/authorize"
        site = Site(self.origin, server, faults, consent, self.protected, profile, third_party, path)
        self.sse_url = self.origin + site.sse_path
        store = Store(_code_lifetime(faults, profile))
        if faults.active("access-token-lives-a-year"):
            store.access_token_lifetime = YEAR
        self._services = Services() if site.has_services else None
        if self._services:
            store.clients |= self._services.clients()
        self._access_tokens = AccessTokens(site, store)
        app = build_app(site, store, self._access_tokens, self._dispatcher, self._streams)
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                app,
                lifespan="off",
                ws="none",
                http=CaseSensitive if faults.active("header-names-one-case") else "auto",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="reference-server", daemon=True)

    @property
    def ca_file(self) -> Path | None:
        """PEM file of the authority that signed the certificate, None where there is none; gone after `stop`."""
        return self._tls.ca_file if self._tls else None

    @property
    def client_secret(self) -> str:
        """The secret of the client `service`, which acts for itself; empty where there is none."""
        return self._services.secret if self._services else ""

    @property
    def client_key(self) -> Path | None:
        """PEM file of the private key of the client `service-with-key`, None where there is none; gone after `stop`."""
        return self._services.key_file if self._services else None

    @property
    def calls(self) -> Counter[str]:
        """How often each tool ran since the server started."""
        return self._dispatcher.tools.calls

    def access_token_for(self, user: str) -> str:
        """A token of any user for the Streamable HTTP endpoint and every scope of it, as after a login."""
        grant = Grant(user, "a client of " + user, frozenset({self._path}), " ".join(RESOURCE_SCOPES))
        return self._access_tokens.issue(grant, grant.resources, grant.scope)

    def start(self) -> None:
        """Begin to serve; connections made before the first answer is ready wait in the socket's queue."""
        self._thread.start()

    def stop(self) -> None:
        """End all streams, stop serving and wait until the thread has ended."""
        if self._thread.ident is None:
            for one in self._sockets:
                one.close()
        else:
            while self._loop is None and self._thread.is_alive():
                self._thread.join(0.001)
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._shut_down)
            self._thread.join()
        if self._tls:
            self._tls.close()
        if self._services:
            self._services.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._tls is None:
            await self._uvicorn.serve(sockets=self._sockets)
            return
        accepting = self._loop.create_task(self._tls.accept(self._connection))
        await self._uvicorn.serve(sockets=[])
        accepting.cancel()

    def _connection(self) -> asyncio.Protocol:
        protocol: Any = self._uvicorn.config.http_protocol_class
        return protocol(self._uvicorn.config, self._uvicorn.server_state, {})

    def _shut_down(self) -> None:
        self._uvicorn.should_exit = True
        self._dispatcher.subscriptions.ended.set()
        asyncio.get_running_loop().call_later(_LAST_WORDS, self._streams.end_all)


def _code_lifetime(faults: Faults, profile: Profile) -> float:
    if faults.active("code-without-end"):
        return 24 * 3600
    return 2 if profile == "brief" else 300


def _port(listener: socket.socket) -> int:
    return listener.getsockname()[1]


def _listen(port: int, host: str = HOST) -> socket.socket:
    """A listening socket; naming the protocol spares 45 ms a request, since asyncio then sets TCP_NODELAY."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError):
        listener.close()
        raise
    return listener
