"""HTTP with everything bounded and everything recorded. The only importer of the HTTP library."""

import json
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from conformance.evidence import Channel, Recorder
from conformance.shapes import as_object, excerpt
from conformance.wire.sse import SseScanner

Fields = Mapping[str, str | Sequence[str]]
"""Header fields to send; a sequence sends one line for each value."""

VERSION = "0.1.0"
USER_AGENT = f"pytest-mcp-conformance/{VERSION} (conformance audit)"
BODY_LIMIT = 4_000_000
_LONGEST_WAIT = 30.0
_PATIENCE = 3
_MOMENT = 0.1
"""Seconds in which a server that ends a stream after its answer has done so."""
_url = lru_cache(200)(httpx.URL)

SENDER_REFUSED = (401, 403, 429)
"""Statuses that turn down who sent a request, or too many of them, and say nothing of the request."""


class NoAnswer(Exception):
    """The other side gave no HTTP answer. The message is one line: what happened and what to try."""

    def __init__(self, sentence: str, exchange: str = "") -> None:
        super().__init__(sentence)
        self.exchange = exchange


class Unreachable(NoAnswer):
    """Nothing takes connections at the other side: says nothing about any single request."""


BrokenStream = httpx.HTTPError
"""What `Stream.chunks` raises where the answer breaks off; leaving its `with` block makes it NoAnswer."""


class Missing:
    """Stands for a body that is not JSON; falsy, and equal only to itself."""

    def __bool__(self) -> bool:
        return False


MISSING = Missing()


@dataclass(frozen=True, repr=False)
class Reply:
    """One HTTP answer.

    `exchange` names the recorded exchange, `method` and `url` are those of the request; `body` is at most 4 MB.
    `began` and `arrived` are when its headers and when all of it had come, in seconds of the monotonic clock.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    exchange: str
    url: str = ""
    cut: bool = False
    arrived: float = field(default=0.0, compare=False)
    method: str = "GET"
    began: float = field(default=0.0, compare=False)

    def __repr__(self) -> str:
        return f"<Reply {self.summary}>"

    def header(self, name: str) -> str | None:
        """The first value of a header, its name compared without regard to case."""
        return next(iter(self.header_all(name)), None)

    def header_all(self, name: str) -> list[str]:
        """All values of a header in the order they came."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case; empty when none was sent."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @cached_property
    def json(self) -> Any:  # noqa: ANN401 - whatever the server sent
        """The body as JSON, or `MISSING`."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return MISSING

    @property
    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        return as_object(self.json)

    @property
    def redirect(self) -> str | None:
        """Where a 3xx answer sends the client, as written by the server."""
        return self.header("location") if 300 <= self.status < 400 else None

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def summary(self) -> str:
        """One line without secrets: status, media type, OAuth or JSON-RPC error if there is one."""
        text = f"HTTP {self.status}"
        error = self.json_object.get("error")
        if isinstance(error, str):
            return f"{text}, error {excerpt(error)}"
        if isinstance(error, Mapping):
            return f"{text}, JSON-RPC error {excerpt(str(error.get('code')))}"  # type: ignore[reportUnknownMemberType]
        return f"{text}, {excerpt(self.media_type) or 'no media type'}, {len(self.body)} bytes"


def split_url(url: str) -> SplitResult:
    """The parts of a URL, all empty where it is none, as with an open bracket or a port that is no number."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def join_url(base: str, reference: str) -> str:
    """A reference resolved against a URL (RFC 3986 section 5.2), empty where that gives none."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return ""


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL as a string without path, the usual port of a scheme left out."""
    parts = split_url(url)
    host = parts.netloc.rpartition("@")[2].lower()
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, ":")
    return f"{parts.scheme}://{host.removesuffix(usual).removesuffix(':')}"


def is_loopback(url: str) -> bool:
    """Whether the host of a URL is the local machine."""
    host = (split_url(url).hostname or "").lower()
    return host in ("localhost", "::1") or host.startswith("127.")


class Stream:
    """A streamed answer being read: status and headers are known, chunks arrive with `chunks`."""

    def __init__(self, response: httpx.Response, deadline: float | None, endings: "Endings") -> None:
        self.status = response.status_code
        self.headers = _header_lines(response)
        self._response = response
        self._deadline = deadline
        self._endings = endings
        self.body = b""
        self.cut = False
        self._aborted = self._parting = False
        self._leaving: threading.Timer | None = None

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case."""
        value = next((value for name, value in self.headers if name.lower() == "content-type"), "")
        return value.partition(";")[0].strip().lower()

    def chunks(self) -> Iterator[bytes]:
        """Chunks as they arrive, decoded, until the end, 4 MB or the deadline.

        Of a server that refuses a request before it has read all of it, and resets the connection then, the refusal
        counts (RFC 9112 section 9.6).
        """
        decoder = _decoder(self._response.headers.get("content-encoding", ""))
        for raw in self._raw():
            try:
                chunk = decoder(raw)
            except zlib.error:
                self.cut = True
                return
            self.body += chunk[: BODY_LIMIT - len(self.body)]
            yield chunk
            if len(self.body) >= BODY_LIMIT or (self._deadline and time.monotonic() > self._deadline):
                self.cut = True
                return

    def _raw(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_raw()
        except httpx.HTTPError as failure:
            refused = self.status >= 400 and isinstance(failure, httpx.NetworkError)
            self.cut = self.cut or refused
            if not (refused or self._aborted or self._parting):
                raise

    def read_one_message(self) -> None:
        """Read a whole answer; of an event stream as far as the first event with data in it, and its end if near."""
        scanner = SseScanner()
        for chunk in self.chunks():
            come = self.media_type == "text/event-stream" and any(event.data for event in scanner.feed(chunk))
            if come and not self._parting and not self.part():
                return

    def abort(self) -> None:
        """Wake a thread that waits in `chunks` by ending the connection; what came is not the whole answer."""
        self.cut = True
        self._end()

    def _end(self) -> None:
        self._aborted = True
        network: Any = self._response.extensions.get("network_stream")
        connection: socket.socket | None = network and network.get_extra_info("socket")
        if connection:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def leave_after(self, seconds: float) -> None:
        """Let `chunks` end in so many seconds, counted from now, if the server does not end it before."""
        self._leave_after(seconds, self.abort)

    def part(self) -> bool:
        """Let `chunks` end in a moment, so that the server can end the stream and the connection serve again.

        How the stream ends does not matter any more. False where the server does not end its streams, so that there is
        nothing to wait for.
        """
        self._parting = self._endings.awaited
        if self._parting:
            self._leave_after(_MOMENT, self._part)
        return self._parting

    def _part(self) -> None:
        self._endings.awaited = False
        self._end()

    def _leave_after(self, seconds: float, leave: Callable[[], object]) -> None:
        self.stay()
        self._leaving = threading.Timer(seconds, leave)
        self._leaving.daemon = True
        self._leaving.start()

    def stay(self) -> None:
        """Forget about leaving."""
        if self._leaving:
            self._leaving.cancel()

    def read(self) -> None:
        """Read to the end, 4 MB or the deadline, whichever comes first."""
        for _ in self.chunks():
            pass


@cache
def usual_trust() -> ssl.SSLContext:
    """The authorities that are trusted where the user names none; made once, since reading them takes its time."""
    return httpx.create_ssl_context(trust_env=False)


class Endings:
    """Whether it is worth to wait for the end of a stream: not where the server has left one open after the answer."""

    def __init__(self, *, awaited: bool) -> None:
        self.awaited = awaited


_NEVER = Endings(awaited=False)


class HttpClient:
    """Sends single requests, follows nothing, repairs nothing, records everything.

    Args:
        recorder: the transcript.
        timeout: seconds to wait for a connection and for each piece of an answer.
        ca_file: PEM file of certificate authorities to trust instead of the usual ones.
    """

    def __init__(self, recorder: Recorder, timeout: float = 10.0, ca_file: str | None = None) -> None:
        self.recorder = recorder
        self.timeout = timeout
        self._verify = ssl.create_default_context(cafile=ca_file) if ca_file else usual_trust()
        self._transport = httpx.HTTPTransport(verify=self._verify, trust_env=False)
        self.hold: Callable[[], object] | None = None
        self.endings = Endings(awaited=True)

    def holding(self, hold: Callable[[], object]) -> "HttpClient":
        """The same client, but for calling `hold` before the last byte of each request with a body is sent."""
        held = copy(self)
        held.hold = hold
        return held

    def apart(self) -> "HttpClient":
        """The same client, but with connections of its own, which must be closed."""
        other = copy(self)
        other._transport = httpx.HTTPTransport(verify=self._verify, trust_env=False)
        return other

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def get(self, url: str, *, channel: Channel, purpose: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a GET. Raises NoAnswer."""
        return self.send("GET", url, channel=channel, purpose=purpose, headers=headers)

    def post_form(
        self,
        url: str,
        fields: Sequence[tuple[str, str]] | Mapping[str, str],
        *,
        channel: Channel,
        purpose: str,
        headers: Fields | None = None,
    ) -> Reply:
        """POST form fields in the given order, repeated names kept. Raises NoAnswer."""
        pairs = list(fields.items()) if isinstance(fields, Mapping) else fields
        body = str(httpx.QueryParams(list(pairs))).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return self.send("POST", url, channel=channel, purpose=purpose, headers={**kind, **(headers or {})}, body=body)

    def post_json(
        self,
        url: str,
        value: object,
        *,
        channel: Channel,
        purpose: str,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """POST a JSON value. Raises NoAnswer."""
        kind = {"Content-Type": "application/json", "Accept": "application/json"}
        body = json.dumps(value).encode()
        return self.send("POST", url, channel=channel, purpose=purpose, headers=kind | dict(headers or {}), body=body)

    def send(
        self,
        method: str,
        url: str,
        *,
        channel: Channel,
        purpose: str,
        headers: Fields | None = None,
        body: bytes = b"",
        revision: str = "",
        conversation: str = "",
    ) -> Reply:
        """Send one request and read its whole answer.

        Raises:
            NoAnswer: no connection, TLS failure, time-out, or something that is not HTTP.
        """
        exchange = self.stream(
            method,
            url,
            channel=channel,
            purpose=purpose,
            headers=headers,
            body=body,
            revision=revision,
            conversation=conversation,
        )
        with exchange as stream:
            stream.read()
        return exchange.reply

    def stream(
        self,
        method: str,
        url: str,
        *,
        channel: Channel,
        purpose: str,
        headers: Fields | None = None,
        body: bytes = b"",
        revision: str = "",
        conversation: str = "",
        silence: float | None = 0.0,
    ) -> "StreamedExchange":
        """Send one request and hand out its answer while it arrives; recorded when the `with` block ends.

        `silence` is how many seconds may pass without a byte: 0 for the usual time-out, None for a held stream
        without deadline, whose reader ends it with `abort`.
        """
        about = {"channel": channel, "purpose": purpose, "method": method, "url": url}
        about |= {"revision": revision, "conversation": conversation}
        return StreamedExchange(self, about, headers, body, silence)


class StreamedExchange:
    """Context manager around one request whose answer is read piece by piece. Entering raises NoAnswer.

    It waits and repeats the request when told to slow down (429, or 503 with Retry-After).
    """

    def __init__(
        self,
        client: HttpClient,
        about: Mapping[str, Any],
        headers: Fields | None,
        body: bytes,
        silence: float | None,
    ) -> None:
        self._client = client
        self._silence = client.timeout if silence == 0.0 else silence
        self._about = about
        fields: dict[str, str | Sequence[str]] = {"User-Agent": USER_AGENT, "Accept": "*/*"}
        fields |= {"Accept-Encoding": "identity", **(headers or {})}
        fields |= {"Content-Length": str(len(body))} if client.hold and body else {}
        self._headers = [(name, one) for name, value in fields.items() for one in _lines(value)]
        self._body = body
        self._response: httpx.Response | None = None
        self._began = 0.0
        self.sent: tuple[tuple[str, str], ...] = ()

    def __enter__(self) -> Stream:
        for attempt in range(_PATIENCE - 1):
            self._open()
            wait = _asked_to_wait(self.opened, attempt)
            if wait is None:
                return self.opened
            with suppress(httpx.HTTPError):
                self.opened.read()
            self.__exit__(None, None, None)
            time.sleep(wait)
        return self._open()

    def _open(self) -> Stream:
        self._response = self._answer()
        deadline = None if self._silence is None else self._started + 3 * self._silence
        endings = self._client.endings if self._about["method"] == "POST" else _NEVER
        self.opened = Stream(self._response, deadline, endings)
        return self.opened

    def _answer(self) -> httpx.Response:
        self._started = time.monotonic()
        self._client.recorder.sent += 1
        events: list[str] = []

        def note(event: str, _: object) -> None:
            events.append(event)

        timeout = httpx.Timeout(self._client.timeout, read=self._silence, pool=None)
        try:
            request = httpx.Request(
                self._about["method"],
                _url(self._about["url"]),
                headers=[(name.encode("ascii"), one.encode("latin-1")) for name, one in self._headers],
                content=self._content(),
                extensions={"timeout": timeout.as_dict(), "trace": note},
            )
            self.sent = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in request.headers.raw)
            response = self._client._transport.handle_request(request)
            self._began = time.monotonic()
            return response
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as failure:
            sentence = _sentence(failure, self._about["url"])
            exchange = self._record(None, sentence)
            reused = events and not events[0].startswith("connection.connect")
            if reused and isinstance(failure, httpx.NetworkError | httpx.RemoteProtocolError):
                return self._answer()  # the server may have closed a connection it had kept open, as browsers assume
            gone = isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout)
            raise (Unreachable if gone else NoAnswer)(sentence, exchange) from None

    def _content(self) -> bytes | Iterator[bytes] | None:
        """The body; where it is held, in two pieces."""
        hold = self._client.hold
        if not hold or not self._body:
            return self._body or None

        def pieces() -> Iterator[bytes]:
            yield self._body[:-1]
            hold()
            yield self._body[-1:]

        return pieces()

    def __exit__(self, kind: type[BaseException] | None, failure: BaseException | None, _: object) -> None:
        assert self._response is not None  # noqa: S101 - narrows the type
        opened = self.opened
        opened.stay()
        self._response.close()
        error = _sentence(failure, self._about["url"]) if isinstance(failure, httpx.HTTPError | ValueError) else ""
        answer = (opened.status, opened.headers, opened.body, opened.cut)
        exchange = self._record(answer, error)
        self.reply = Reply(
            opened.status,
            opened.headers,
            opened.body,
            exchange,
            self._about["url"],
            opened.cut,
            time.monotonic(),
            self._about["method"],
            self._began,
        )
        if isinstance(failure, httpx.HTTPError):
            raise NoAnswer(error, exchange) from None

    def _record(self, answer: tuple[int, Sequence[tuple[str, str]], bytes, bool] | None, error: str) -> str:
        elapsed = (time.monotonic() - self._started) * 1000
        recorded = self._client.recorder.record(
            **self._about,
            request=(self.sent or tuple(self._headers), self._body),
            response=answer,
            error=error,
            milliseconds=elapsed,
        )
        return recorded.id


def _lines(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _header_lines(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)


def _decoder(encoding: str) -> Any:  # noqa: ANN401 - bytes -> bytes
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return lambda raw: raw  # type: ignore[reportUnknownLambdaType]
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)
    return lambda raw: inflate.decompress(raw, BODY_LIMIT)  # type: ignore[reportUnknownLambdaType]


def _asked_to_wait(stream: Stream, attempt: int) -> float | None:
    asked = next((value for name, value in stream.headers if name.lower() == "retry-after"), "")
    if stream.status != 429 and not (stream.status == 503 and asked):
        return None
    wait = float(asked) if asked.isascii() and asked.isdigit() else 2.0**attempt
    return wait if wait <= _LONGEST_WAIT else None


def _sentence(failure: BaseException, url: str) -> str:
    """One line on a failed request: what happened and what to try next."""
    host = origin_of(url)
    text = str(failure).strip().splitlines()[0] if str(failure).strip() else type(failure).__name__
    if isinstance(failure, httpx.InvalidURL | httpx.UnsupportedProtocol) or "URL" in text:
        return f"{url} is not an http(s) URL ({text}); write it in full, such as https://host/mcp"
    if "SSL" in text or "certificate" in text.lower() or "TLS" in text:
        return f"TLS failed with {host} ({text}); check the certificate, or name its authority with --ca-file"
    if isinstance(failure, httpx.ConnectTimeout):
        return f"{host} did not accept a connection in time; check host and port, or raise --request-timeout"
    if isinstance(failure, httpx.ConnectError):
        return f"cannot connect to {host} ({text}); is the server running, and are host and port right?"
    if isinstance(failure, httpx.TimeoutException):
        return f"{host} accepted the connection but did not answer in time; raise --request-timeout if it is just slow"
    if isinstance(failure, httpx.RemoteProtocolError):
        return f"{host} does not speak HTTP or broke off ({text}); check scheme and port"
    return f"the exchange with {host} failed ({text}); is the server still running, and is the port right?"
