"""A recorded exchange as a curl command that can be pasted into a shell.

Secrets are fingerprints such as `[access_token#77d0ab]` by the time an exchange is recorded; here they
become shell variables, to be set by whoever repeats the request. Everything else is quoted: the text of an
exchange is partly chosen by the server under test and must not become shell syntax.
"""

import re
import shlex
from collections.abc import Iterable

from conformance.report.model import Exchange, Request
from conformance.report.text import escaped, plural, visible

STDIO = "stdio:"
BODY_LIMIT = 2_000
WORD_LIMIT = 2_000
HEADER_LIMIT = 40

_FINGERPRINT = re.compile(
    r"\[(?P<plain>[A-Za-z][\w.-]{0,63})#[0-9a-f]{4,64}\]|%5B(?P<quoted>[A-Za-z][\w.-]{0,63})%23[0-9a-f]{4,64}%5D",
    re.IGNORECASE | re.ASCII,
)
_BEARER = re.compile(r"Bearer\s+", re.IGNORECASE)
_NOT_REPEATED = frozenset(
    ("host", "content-length", "connection", "accept-encoding", "transfer-encoding", "user-agent", "date")
)
_WITHHELD = "[value not shown]"
_CARELESS = re.compile(r"[\w ./:=?&%+,;@~<>()*{}\[\]|#-]*", re.ASCII)


def command(exchange: Exchange) -> str:
    """The request as a curl command of several lines, after comments on what has to be filled in.

    Over stdio, the line to write to the server.
    """
    request = exchange["request"]
    if request["url"].startswith(STDIO):
        line = visible(request["body"] or "").rstrip("\n")
        return f"# after the handshake, write this line to the standard input of the server\n{line}"
    names = _Names()
    remarks: list[str] = []
    lines = [*_method(request), *_url(request["url"], names, remarks)]
    lines += [f"-H {_word(_header(name, value), names)}" for name, value in _headers(request, remarks)]
    body = request["body"]
    if request["truncated"]:
        remarks.append(f"# body.txt: the request body, {request['body_bytes']:,} bytes, recorded in part only")
        lines.append("--data-binary @body.txt")
    elif body and len(body) > BODY_LIMIT:
        remarks.append(f"# body.txt: the request body, {len(body):,} characters, from results.json")
        lines.append("--data-binary @body.txt")
    elif body:
        lines.append(f"--data-raw {_word(body, names)}")
    if names.used:
        remarks.append(f"# set first: {' '.join(names.used)}")
    return "\n".join([*remarks, " \\\n  ".join(lines)])


class _Names:
    """Shell variables for the fingerprints of one command: the same secret, the same name."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    @property
    def used(self) -> list[str]:
        return list(self._names.values())

    def of(self, fingerprint: re.Match[str], *, bearer: bool) -> str:
        label = fingerprint["plain"] or fingerprint["quoted"]
        known = self._names.get(fingerprint[0])
        if known:
            return known
        access = bearer or label.lower() == "access_token"
        base = "TOKEN" if access else re.sub(r"\W", "_", label, flags=re.ASCII).upper()
        name, number = base, 1
        while name in self._names.values():
            number += 1
            name = f"{base}_{number}"
        self._names[fingerprint[0]] = name
        return name


def _method(request: Request) -> Iterable[str]:
    method = request["method"].upper()
    stream = any(name.lower() == "accept" and "event-stream" in value for name, value in request["headers"])
    start = "curl --include --no-buffer" if stream else "curl --include"
    if method == "HEAD":
        yield "curl --head"
    elif method == "GET" and request["body"] is None:
        yield start
    else:
        yield f"{start} --request {shlex.quote(visible(method))}"


def _url(url: str, names: _Names, remarks: list[str]) -> Iterable[str]:
    if re.search(r"[\[\]{}]", _FINGERPRINT.sub("", url)):
        yield "--globoff"
    if len(url) > WORD_LIMIT:
        remarks.append(f"# URL: the address, {len(url):,} characters, from results.json")
        yield '--url "${URL}"'
    else:
        yield f"--url {_word(url, names)}"


def _headers(request: Request, remarks: list[str]) -> Iterable[tuple[str, str]]:
    """The header lines to repeat: those curl does not make itself, as far as their values were recorded."""
    wanted = [(name, value) for name, value in request["headers"] if name.lower() not in _NOT_REPEATED]
    kept = [(name, value) for name, value in wanted if value != _WITHHELD and len(name) + len(value) <= WORD_LIMIT]
    if len(kept[:HEADER_LIMIT]) < len(wanted):
        remarks.append(f"# {plural(len(wanted) - len(kept[:HEADER_LIMIT]), 'header line')} left out")
    return kept[:HEADER_LIMIT]


def _header(name: str, value: str) -> str:
    return f"{name}: {value}" if value else f"{name};"


def _word(text: str, names: _Names) -> str:
    """One shell word: literal parts quoted, fingerprints as variables."""
    parts: list[tuple[str, str]] = []
    end = 0
    for match in _FINGERPRINT.finditer(text):
        literal = text[end : match.start()]
        bearer = bool(_BEARER.search(literal)) and literal.rstrip().lower().endswith("bearer")
        parts += [("text", literal), ("name", names.of(match, bearer=bearer))]
        end = match.end()
    parts.append(("text", text[end:]))
    parts = [part for part in parts if part[1]]
    if len(parts) > 1 and all(kind == "name" or _CARELESS.fullmatch(value) for kind, value in parts):
        return '"' + "".join(f"${{{value}}}" if kind == "name" else value for kind, value in parts) + '"'
    return "".join(f'"${{{value}}}"' if kind == "name" else _literal(value) for kind, value in parts) or "''"


def _literal(text: str) -> str:
    """Text without variables as one shell word; characters that cannot be seen in the $'…' form."""
    if visible(text) == text and "\t" not in text and "\n" not in text:
        return "'" + text.replace("'", "'\\''") + "'"
    out: list[str] = []
    for char in text:
        if char in "\\'":
            out.append(f"\\{char}")
        elif char == "\n":
            out.append("\\n")
        elif char == "\r":
            out.append("\\r")
        elif char == "\t":
            out.append("\\t")
        elif visible(char) != char:
            out.append(escaped(char))
        else:
            out.append(char)
    return "$'" + "".join(out) + "'"
