"""The transcript of a run: every request and its answer, redacted as it is recorded."""

import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Literal

from conformance.redaction import Redactor
from conformance.registry import Registry
from conformance.shapes import parsed

__all__ = ["Channel", "Exchange", "Part", "Recorder", "Redactor"]

Channel = Literal["mcp", "oauth", "metadata", "consent"]
_ENDED = "#"
Headers = tuple[tuple[str, str], ...]

SHOWN_BODY = 16_000


@dataclass(frozen=True, slots=True)
class Part:
    """One direction of an exchange. `body` is redacted text, `size` the bytes on the wire."""

    headers: Headers
    body: str
    size: int
    cut: bool = False
    utf8: bool = True

    def as_json(self) -> dict[str, Any]:
        """The request or response entry of results.json, its body cut to 16,000 characters."""
        return {
            "headers": [list(line) for line in self.headers],
            "body": self.body[:SHOWN_BODY] if self.size else None,
            "body_bytes": self.size,
            "truncated": self.cut or len(self.body) > SHOWN_BODY,
        }


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its answer; `status` 0 and `error` where no answer came.

    `revision` is the MCP revision negotiated when it was sent, empty before that. `conversation` is that of the
    connection it belongs to, empty for requests outside any and for what is recorded a second time.
    """

    channel: Channel
    purpose: str
    method: str
    url: str
    request: Part
    status: int
    response: Part | None
    error: str
    milliseconds: float
    revision: str = ""
    conversation: str = ""

    @cached_property
    def id(self) -> str:
        """Hash of the content, time left out."""
        request = (self.channel, self.purpose, self.method, self.url, self.request)
        content = repr((request, self.status, self.response, self.error))
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @cached_property
    def sent(self) -> Any:  # noqa: ANN401 - JSON
        """The JSON value of the request body, None where it is none."""
        return parsed(self.request.body)

    def as_json(self) -> dict[str, Any]:
        """The entry of `exchanges` in results.json."""
        request = {"method": self.method, "url": self.url, **self.request.as_json()}
        response = {"status": self.status, **self.response.as_json()} if self.response else None
        return {
            "channel": self.channel,
            "purpose": self.purpose,
            "request": request,
            "response": response,
            "error": self.error,
            "milliseconds": round(self.milliseconds, 1),
        }

    def as_line(self) -> str:
        """One line of JSON from which `from_line` makes the same exchange."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> "Exchange":
        """Undo `as_line`."""
        fields = json.loads(line)
        for direction in ("request", "response"):
            part = fields[direction]
            if part:
                part["headers"] = tuple((name, value) for name, value in part["headers"])
                fields[direction] = Part(**part)
        return cls(**fields)


class Recorder:
    """Keeps the transcript of this process and, with a spool folder, shares it with the other workers.

    `spool` is the folder that the processes of a parallel run share, `registry` knows the clients they registered.
    `sent` counts requests, `approvals`
    authorization requests that somebody approved.
    """

    def __init__(self, redactor: Redactor, spool: Path | None = None, worker: str = "main") -> None:
        self.redactor = redactor
        self.exchanges: list[Exchange] = []
        self.sent = 0
        self.approvals = 0
        self.spool = spool
        self.registry = Registry(spool)
        self._conversations = (f"{worker} {number}" for number in count(1))
        self._file = spool / f"{worker}.jsonl" if spool else None
        self._lock = threading.Lock()

    def record(
        self,
        *,
        channel: Channel,
        purpose: str,
        method: str,
        url: str,
        request: tuple[Iterable[tuple[str, str]], bytes],
        response: tuple[int, Iterable[tuple[str, str]], bytes, bool] | None,
        error: str = "",
        milliseconds: float = 0.0,
        revision: str = "",
        conversation: str = "",
    ) -> Exchange:
        """Redact and keep one exchange. `response` is status, headers, body, and whether the body was cut."""
        status, answer = 0, None
        if response:
            status, headers, body, cut = response
            answer = self._part(headers, body, cut)
        exchange = Exchange(
            channel=channel,
            purpose=self.redactor.text(purpose),
            method=method,
            url=self.redactor.text(url),
            request=self._part(*request, form=channel == "consent"),
            status=status,
            response=answer,
            error=self.redactor.text(error),
            milliseconds=milliseconds,
            revision=revision,
            conversation=conversation,
        )
        with self._lock:
            self.exchanges.append(exchange)
            if self._file:
                self._append(exchange.as_line())
        return exchange

    def new_conversation(self) -> str:
        """A name that no conversation of the run has yet."""
        return next(self._conversations)

    def since(self, mark: int) -> list[Exchange]:
        """What was recorded after the transcript had `mark` entries."""
        return self.exchanges[mark:]

    def check_ended(self, turn: int) -> None:
        """Tell the other workers that one more check of this turn has ended here."""
        if self._file:
            self._append(f"{_ENDED}{turn}")

    def ended(self, before: int) -> int:
        """How many checks of earlier turns have ended in all workers."""
        marks = [line for line in self._lines() if line.startswith(_ENDED)]
        return sum(int(mark.removeprefix(_ENDED)) < before for mark in marks)

    def shared(self) -> Sequence[Exchange]:
        """The transcript of all workers."""
        if not self.spool:
            return self.exchanges
        return [Exchange.from_line(line) for line in self._lines() if not line.startswith(_ENDED)]

    def _lines(self) -> Iterator[str]:
        for file in sorted(self.spool.glob("*.jsonl")) if self.spool else ():
            text = file.read_text(encoding="ascii")
            yield from text[: text.rfind("\n") + 1].splitlines()

    def _append(self, line: str) -> None:
        assert self._file  # noqa: S101 - narrows the type
        with self._file.open("a", encoding="ascii") as stream:
            stream.write(line + "\n")

    def _part(self, headers: Iterable[tuple[str, str]], body: bytes, cut: bool = False, form: bool = False) -> Part:
        try:
            text, utf8 = body.decode("utf-8"), True
        except UnicodeDecodeError as broken:
            utf8 = cut and broken.start >= len(body) - 3
            text = body.decode("utf-8", "replace")
        lines = list(headers)
        self.redactor.meet_session(lines)
        redacted = self.redactor.form(text) if form else self.redactor.text(text)
        return Part(self.redactor.headers(lines), redacted, len(body), cut, utf8)
