"""Requests as a script of a web page on another origin makes them."""

from contextlib import suppress
from dataclasses import dataclass

from conformance.oauth.discovery import Discovery
from conformance.wire.http import Channel, HttpClient, NoAnswer, Reply, is_loopback

PAGE = "https://app.example"
LOCAL_PAGE = "http://localhost:6274"
"""A page of this machine, as developer tools have them, is all that a server on it has to let in."""

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class CrossOriginAnswer:
    """The answers to a preflight and to the request itself, both sent from `origin` without credentials."""

    origin: str
    preflight: Reply
    request: Reply

    @property
    def replies(self) -> tuple[Reply, Reply]:
        """Both answers."""
        return self.preflight, self.request

    @property
    def exchange(self) -> str:
        """The recorded preflight."""
        return self.preflight.exchange

    def lacks(self, *headers: str, exposed: str = "") -> list[str]:
        """What keeps a browser from sending these headers, or the script from reading the answer and a field."""
        lacking = [] if self.preflight.ok else [f"the preflight is answered {self.preflight.summary}"]
        allowed = _words(self.preflight, "access-control-allow-headers")
        lacking += [f"{one} is no allowed header" for one in headers if not {one, "*"} & allowed]
        readable = all(_words(one, "access-control-allow-origin") & {"*", self.origin} for one in self.replies)
        lacking += [] if readable else ["Access-Control-Allow-Origin does not allow the origin"]
        shown = {exposed, "*"} & _words(self.request, "access-control-expose-headers")
        return lacking + ([f"{exposed} is not exposed"] if exposed and not shown else [])


@dataclass(frozen=True)
class Visit:
    """What a script would do at one place: its method, the headers it needs leave for, and the type of its body."""

    name: str
    method: str
    url: str
    headers: str
    kind: str = ""
    channel: Channel = "oauth"


def _words(reply: Reply, header: str) -> set[str]:
    return {one.strip().lower() for value in reply.header_all(header) for one in value.split(",")}


def visit(http: HttpClient, endpoint: str, method: str, discovery: Discovery) -> dict[str, CrossOriginAnswer]:
    """Visit every document and endpoint that is known, by its name, with what it will refuse.

    Those that do not answer are left out. `method` is that of the first request to the MCP endpoint.
    """
    documents = {"resource metadata": discovery.resource_document, "server metadata": discovery.server_document}
    wanted = [
        Visit(name, "GET", one.reply.url, "mcp-protocol-version", channel="metadata")
        for name, one in documents.items()
        if one
    ]
    kinds = {"token_endpoint": _FORM, "registration_endpoint": _JSON, "revocation_endpoint": _FORM}
    for name in ("authorization_endpoint", *kinds):
        url = discovery.endpoint(name)
        if url:
            wanted.append(Visit(name, "POST" if name in kinds else "GET", url, "content-type", kinds.get(name, "")))
    headers = "authorization,content-type,mcp-protocol-version"
    kind = _JSON if method == "POST" else ""
    wanted.append(Visit("MCP endpoint", method, endpoint, headers, kind, channel="metadata"))
    answers: dict[str, CrossOriginAnswer] = {}
    for one in wanted:
        with suppress(NoAnswer):
            answers[one.name] = _ask(http, one)
    return answers


def _ask(http: HttpClient, visit: Visit) -> CrossOriginAnswer:
    origin = LOCAL_PAGE if visit.name == "MCP endpoint" and is_loopback(visit.url) else PAGE
    asked = {"Access-Control-Request-Method": visit.method, "Access-Control-Request-Headers": visit.headers}
    fields = {"Content-Type": visit.kind} if visit.kind else {}
    preflight, request = (
        http.send(method, visit.url, channel=visit.channel, purpose=purpose, headers={"Origin": origin} | headers)
        for method, purpose, headers in (
            ("OPTIONS", f"preflight of the {visit.name}", asked),
            (visit.method, f"request of a script to the {visit.name}", fields),
        )
    )
    return CrossOriginAnswer(origin, preflight, request)
