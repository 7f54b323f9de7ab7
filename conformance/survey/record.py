"""What one look at the target found, as a record that is read-only once the checks run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import Cookie
from typing import Any

from conformance.oauth.consent import (
    NO_USER,
    AuthorizationResponse,
)
from conformance.oauth.discovery import Discovery
from conformance.oauth.flow import Grant
from conformance.oauth.plan import Plan
from conformance.oauth.redemption import Redemption
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.shapes import as_list, as_object, is_array, is_object
from conformance.verdict import CouldNotRun, Narrowed
from conformance.wire.connection import STATELESS_REVISION, Answer
from conformance.wire.http import Reply
from conformance.wire.meta import SERVER_KEY

LISTS = {
    "tools/list": "tools",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
    "prompts/list": "prompts",
}
CAPABILITY_OF = {"tools/list": "tools", "prompts/list": "prompts"}
_MOST_ENTRIES = 100


@dataclass(frozen=True)
class Listing:
    """One list method walked to its end. `ended` is false where cursors repeat or never stop."""

    method: str
    pages: tuple[Answer, ...]
    ended: bool = True

    @property
    def items(self) -> tuple[Any, ...]:
        """The entries of all pages in the order they came."""
        name = LISTS[self.method]
        lists = [(page.result or {}).get(name) for page in self.pages]
        return tuple(item for entries in lists for item in as_list(entries))

    @property
    def refusal(self) -> Answer | None:
        """The first page that is no result."""
        return next((page for page in self.pages if page.result is None), None)


@dataclass(frozen=True)
class Failure:
    """Why the survey broke off: which step, what was sent, what came back, what to try."""

    step: str
    sentence: str
    advice: str = ""
    sent: str = ""
    received: str = ""

    def as_json(self) -> dict[str, str]:
        """The `failure` entry of the survey in results.json."""
        return {name: getattr(self, name) for name in ("step", "sent", "received", "advice", "sentence")}


@dataclass(frozen=True)
class AgedCode:
    """A code that nobody redeemed yet; `issued` is when it came, in seconds since the epoch."""

    grant: Grant
    issued: float


@dataclass(frozen=True)
class ClosedRequest:
    """A request that is refused without a token by a server that opens without one; `params` are its own.

    `sessions` says that the server has sessions, `upgrades` that one opened without token serves requests with one.
    """

    method: str
    params: dict[str, Any] = field(default_factory=dict[str, Any])
    sessions: bool = False
    upgrades: bool = True

    @property
    def name(self) -> str:
        """The method, and the tool that is called."""
        return f"{self.method} {bounded(self.params['name'], 100)}" if "name" in self.params else self.method


@dataclass(frozen=True)
class Login:
    """The login of the survey: registration, approval, and what its code was worth.

    `foreign` is a second client without a grant, `aged` a code put aside to be redeemed when it must have expired.
    `trial` holds the tokens of an earlier grant of a client that the user gave. `service` is the token response to a
    service without a user.
    """

    client: Client
    registration: Reply | None = None
    redemption: Redemption | None = None
    foreign: Client | None = None
    aged: AgedCode | None = None
    trial: TokenReply | None = None
    service: TokenReply | None = None

    @property
    def grant(self) -> Grant | None:
        """The approved request that gave the tokens."""
        return self.redemption.grant if self.redemption else None

    @property
    def response(self) -> AuthorizationResponse | None:
        """The authorization response."""
        return self.grant.response if self.grant else None

    @property
    def tokens(self) -> TokenReply | None:
        """The token response."""
        return self.redemption.accepted if self.redemption else self.service


@dataclass
class Survey:
    """What one look at the target found. Filled step by step, read-only once the checks run.

    `target` is the address that clients are given, `endpoint` that which is audited: another one of the same origin
    where the first redirects. `variables` are given to a server that is started.
    `reached` is true when something at the target answered as an MCP server or a protected one does.
    `refusal` is the answer to a request without credentials, which is `closed` where the first request is not;
    `opening` is the answer to `initialize` or, in the stateless revision, to `server/discover`; `handshakes` holds the
    answer to `initialize` for every revision that was asked for.
    """

    target: str
    variables: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    endpoint: str = ""
    transport: str = ""
    reached: bool = False
    protected: bool | None = None
    refusal: Reply | None = None
    closed: ClosedRequest | None = None
    discovery: Discovery | None = None
    login: Login | None = None
    token: str | None = field(default=None, repr=False)
    cookies: tuple[Cookie, ...] = field(default=(), repr=False)
    redirect_uri: str = ""
    consent: str = ""
    approvals: int = 0
    plan: Plan | None = None
    opening: Answer | None = None
    handshakes: dict[str, Answer] = field(default_factory=dict[str, Answer])
    revision: str = ""
    revisions: tuple[str, ...] = ()
    listings: dict[str, Listing] = field(default_factory=dict[str, Listing])
    notes: list[str] = field(default_factory=list[str])
    steps: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    failure: Failure | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses by which clients may know the endpoint, the one they are given first."""
        return tuple(dict.fromkeys((self.target, self.endpoint)))

    @property
    def service(self) -> bool:
        """Whether the audit acts for itself, without a user."""
        return self.consent == "client-credentials"

    @property
    def no_login(self) -> CouldNotRun:
        """What to raise where the login of a user is missing."""
        return Narrowed(NO_USER) if self.service else CouldNotRun("nobody logged in")

    @property
    def stateless(self) -> bool:
        """Whether the audited revision has no sessions."""
        return self.revision == STATELESS_REVISION

    @property
    def dual_era(self) -> bool:
        """Whether the server grants a revision with sessions beside."""
        return any(answer.result is not None for answer in self.handshakes.values())

    @property
    def of_the_other_era(self) -> tuple[str, ...]:
        """The revisions with sessions that the server grants where the audited one has none, and the reverse."""
        return tuple(one for one in self.revisions if (one == STATELESS_REVISION) != self.stateless)

    @property
    def initialize_result(self) -> dict[str, Any]:
        """The result of the handshake or of `server/discover`; empty before it."""
        return (self.opening.result or {}) if self.opening else {}

    @property
    def server_info(self) -> dict[str, Any]:
        """How the server presents itself; in the stateless revision that is in `_meta`."""
        result = self.initialize_result
        about = as_object(result.get("_meta")).get(SERVER_KEY)
        return as_object(about if self.stateless else result.get("serverInfo"))

    @property
    def capabilities(self) -> dict[str, Any]:
        """The capabilities the server declared."""
        return as_object(self.initialize_result.get("capabilities"))

    @property
    def tools(self) -> list[dict[str, Any]]:
        """The tools that were listed, in order."""
        listing = self.listings.get("tools/list")
        return [as_object(tool) for tool in listing.items if is_object(tool)] if listing else []

    @property
    def refused_request(self) -> str | None:
        """The request that is refused without a token; None where none is known."""
        if not self.protected:
            return None
        if self.closed:
            return self.closed.name
        if self.transport == "http+sse":
            return "event stream"
        return "server/discover" if self.stateless else "initialize"

    def as_json(self) -> dict[str, Any]:
        """The `survey` block of results.json."""
        info = self.server_info
        instructions = self.initialize_result.get("instructions")
        return {
            "complete": self.failure is None,
            "transport": self.transport or None,
            "endpoint": self.endpoint or self.target,
            "server": {name: bounded(_text(info.get(name))) for name in ("name", "title", "version")} if info else None,
            "revision": bounded(self.revision) or None,
            "revisions": bounded(list(self.revisions)),
            "protected": self.protected,
            "refused_request": self.refused_request,
            "authorization": self._authorization(),
            "capabilities": bounded(self.capabilities),
            "features": self.features(),
            "tools": [bounded(_text(tool.get("name")) or "") for tool in self.tools],
            "instructions": bounded(_text(instructions), 20_000),
            "steps": [{"name": name, "outcome": outcome, "detail": detail} for name, outcome, detail in self.steps],
            "failure": self.failure.as_json() if self.failure else None,
            "notes": list(self.notes),
        }

    def features(self) -> list[dict[str, Any]]:
        """Every feature of the revisions, present or not, with the number of entries listed."""
        rows = [self._feature(name, method) for name, method in _FEATURE_LISTS.items()]
        for name in ("completions", "logging", "tasks", "extensions", "experimental"):
            rows.append({"name": name, "present": name in self.capabilities, "count": None, "detail": ""})
        return rows

    def _feature(self, name: str, method: str) -> dict[str, Any]:
        capability = self.capabilities.get(CAPABILITY_OF.get(method, "resources"))
        listing = self.listings.get(method)
        flags = sorted(key for key, value in as_object(capability).items() if value is True)
        return {
            "name": name,
            "present": capability is not None,
            "count": len(listing.items) if listing and not listing.refusal else None,
            "detail": ", ".join(flags),
        }

    def _authorization(self) -> dict[str, Any] | None:
        if not self.protected or not self.discovery:
            return None
        found = self.discovery
        names = (
            "authorization_endpoint",
            "token_endpoint",
            "registration_endpoint",
            "revocation_endpoint",
            "introspection_endpoint",
        )
        client = None
        if self.login:
            client = "dynamic registration" if self.login.registration else "configured"
        return {
            "resource_metadata": found.resource_document.url if found.resource_document else None,
            "issuer": found.issuer or None,
            "metadata_url": found.server_document.url if found.server_document else None,
            "endpoints": {name: found.endpoint(name) for name in names if found.endpoint(name)},
            "client": client,
            "consent": self.consent,
            "approvals": self.approvals,
            "plan": self.plan.as_json() if self.plan else None,
        }


_FEATURE_LISTS = {
    "tools": "tools/list",
    "resources": "resources/list",
    "resource templates": "resources/templates/list",
    "prompts": "prompts/list",
}


def bounded(value: Any, longest: int = 500, deepest: int = 6) -> Any:  # noqa: ANN401
    """JSON of a server for the report: long texts, long lists and deep nesting cut short."""
    if isinstance(value, str):
        return value if len(value) <= longest else f"{value[:longest]}…"
    if deepest == 0 and (is_array(value) or is_object(value)):
        return "…"
    if is_array(value):
        return [bounded(one, longest, deepest - 1) for one in as_list(value)[:_MOST_ENTRIES]]
    if is_object(value):
        members = list(as_object(value).items())[:_MOST_ENTRIES]
        return {bounded(name, longest): bounded(one, longest, deepest - 1) for name, one in members}
    return value


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
