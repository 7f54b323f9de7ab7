"""Documents of ours that the audited server fetches: a small HTTP server on loopback that records each fetch."""

import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urljoin, urlsplit

_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Document:
    """What is served: after `delay` seconds the status, the headers and the body."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: _JSON)
    delay: float = 0.0

    @classmethod
    def of(cls, value: object, **headers: str) -> "Document":
        """A JSON value; underscores in the names of further headers become hyphens."""
        return cls(json.dumps(value).encode(), headers=_JSON | {k.replace("_", "-"): v for k, v in headers.items()})


@dataclass
class Fetch:
    """One request for a document: its target and headers as sent; `whole` once all of the body was taken."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    whole: bool = False


class Hosted:
    """A document at its URL; exchange `document` for another at any time, the URL stays."""

    def __init__(self, url: str, document: Document) -> None:
        self.url = url
        self.document = document
        self.fetches: list[Fetch] = []
        self._changed = threading.Condition()

    def fetched(self, times: int = 1, within: float = 0.0) -> bool:
        """Whether it was asked for at least so many times, at the latest in `within` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.fetches) >= times, within)

    def taken_whole(self, within: float = 0.0) -> bool:
        """Whether somebody took all of its body, at the latest in `within` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: any(fetch.whole for fetch in self.fetches), within)

    def note(self, fetch: Fetch) -> None:
        """Record a fetch that begins, or one that ended."""
        with self._changed:
            if not any(known is fetch for known in self.fetches):
                self.fetches.append(fetch)
            self._changed.notify_all()


class DocumentServer:
    """Serves documents from a port of 127.0.0.1, by default a free one, until it is closed.

    `origin` is what their URLs begin with, where a tunnel or a proxy leads from there to the port; `local` says that
    nothing does. Raises OSError for a port that is taken.

    Targets are compared without dot segments and without query, so that a client which normalizes URLs finds
    the document too; `Fetch.target` shows what it sent.
    """

    def __init__(self, origin: str = "", port: int = 0) -> None:
        self._hosted: dict[str, Hosted] = {}
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), _handler(self._hosted, self._closing))
        self.port: int = self._server.server_address[1]
        self.local = not origin
        self.origin = origin or f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def host(self, document: Document | None = None, path: str = "") -> Hosted:
        """Serve a document under a path, by default one that nobody has in a cache."""
        path = path or f"/{secrets.token_hex(4)}/document.json"
        hosted = Hosted(self.origin + path, document or Document(status=404))
        self._hosted[_resolved(path)] = hosted
        return hosted

    def close(self) -> None:
        """Stop serving; delayed answers are given up."""
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in the base class
        """Say nothing: that a client hangs up is for the check to judge."""


def _resolved(target: str) -> str:
    return urlsplit(urljoin("http://127.0.0.1/", target)).path


def _handler(hosted: Mapping[str, Hosted], closing: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = hosted.get(_resolved(self.path))
            if not found:
                self.send_error(404)
                return
            document = found.document
            fetch = Fetch(self.command, self.path, tuple(self.headers.items()))
            found.note(fetch)
            if document.delay and closing.wait(document.delay):
                return
            self.send_response(document.status)
            for name, value in document.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(document.body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(document.body)
                fetch.whole = True
                found.note(fetch)

        do_HEAD = do_GET  # noqa: N815 - named by the base class

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
