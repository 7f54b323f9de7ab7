"""One look at the target before anything is judged: where it is, who protects it, what it offers."""

import socket
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.cookiejar import Cookie
from typing import Any
from urllib.parse import urlsplit

from conformance.evidence import Channel
from conformance.oauth.browser import Browser
from conformance.oauth.consent import (
    NO_USER,
    AuthorizationResponse,
    AutomaticConsent,
    ConsentDriver,
    NoConsent,
    NoUser,
    PersonConsent,
)
from conformance.oauth.discovery import Discovery, discover
from conformance.oauth.flow import Grant, OAuthFlow, TokenReply
from conformance.oauth.oddities import oddities
from conformance.oauth.pkce import Pkce
from conformance.oauth.plan import Plan
from conformance.oauth.redemption import Redemption
from conformance.oauth.registration import Client, client_of
from conformance.oauth.service import log_in, what_next
from conformance.settings import Settings
from conformance.shapes import as_list, as_object, is_array, is_object
from conformance.token_requests import NEVER_ISSUED
from conformance.verdict import CouldNotRun, Narrowed
from conformance.wire import jsonrpc
from conformance.wire.connection import HANDSHAKE_REVISIONS, REVISIONS, STATELESS_REVISION, Answer, Connection
from conformance.wire.http import HttpClient, NoAnswer, Reply, origin_of
from conformance.wire.legacy_sse import LegacySse
from conformance.wire.stateless import Stateless
from conformance.wire.streamable_http import StreamableHttp, first_request, messages_of

LISTS = {
    "tools/list": "tools",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
    "prompts/list": "prompts",
}
_CAPABILITY = {"tools/list": "tools", "prompts/list": "prompts"}
_PAGES = 200
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

    `reached` is true when something at the target answered as an MCP server or a protected one does.
    `refusal` is the answer to a request without credentials, `opening` that to `initialize`; `handshakes` holds
    the answer to `initialize` for every revision that was asked for.
    """

    target: str
    endpoint: str = ""
    transport: str = ""
    reached: bool = False
    protected: bool | None = None
    refusal: Reply | None = None
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
    def service(self) -> bool:
        """Whether the audit acts for itself, without a user."""
        return self.consent == "client-credentials"

    @property
    def no_login(self) -> CouldNotRun:
        """What to raise where the login of a user is missing."""
        return Narrowed(NO_USER) if self.service else CouldNotRun("nobody logged in")

    @property
    def initialize_result(self) -> dict[str, Any]:
        """The result of the handshake; empty before it."""
        return (self.opening.result or {}) if self.opening else {}

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
    def partly_protected(self) -> bool:
        """Whether a server that opened without token wants one for a list."""
        refusals = [listing.refusal for listing in self.listings.values()]
        return self.protected is False and any(one and one.http.status == 401 for one in refusals)

    def as_json(self) -> dict[str, Any]:
        """The `survey` block of results.json."""
        info = as_object(self.initialize_result.get("serverInfo"))
        instructions = self.initialize_result.get("instructions")
        return {
            "complete": self.failure is None,
            "transport": self.transport or None,
            "endpoint": self.endpoint or self.target,
            "server": {name: bounded(_text(info.get(name))) for name in ("name", "title", "version")} if info else None,
            "revision": bounded(self.revision) or None,
            "revisions": bounded(list(self.revisions)),
            "protected": self.protected,
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
        """Every feature of the session-based revisions, present or not, with the number of entries listed."""
        rows = [self._feature(name, method) for name, method in _FEATURE_LISTS.items()]
        for name in ("completions", "logging", "tasks", "experimental"):
            rows.append({"name": name, "present": name in self.capabilities, "count": None, "detail": ""})
        return rows

    def _feature(self, name: str, method: str) -> dict[str, Any]:
        capability = self.capabilities.get(_CAPABILITY.get(method, "resources"))
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


class Stop(Exception):
    """Ends the survey with a failure of the current step."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


Say = Callable[[str], None]


class Surveyor:
    """Takes the survey step by step.

    Args:
        settings: what the user asked for.
        http: sends and records.
        say: prints a line about the step that starts; called again with its result.
        tell: prints a line to the person who approves.
    """

    def __init__(self, settings: Settings, http: HttpClient, say: Say, tell: Say) -> None:
        self._settings = settings
        self._http = http
        self._say = say
        self._tell = tell
        self.survey = Survey(target=settings.target_url or "")

    def run(self) -> Survey:
        """Take all steps; a failing one ends the survey, which is returned either way."""
        survey = self.survey
        try:
            self._reach()
            if survey.protected:
                self._discover()
                self._log_in()
            if self._wanted == STATELESS_REVISION:
                self._negotiate_stateless()
            else:
                self._negotiate()
                self._list()
        except Stop as stop:
            survey.failure = stop.failure
        if survey.discovery:
            tokens = survey.login.tokens if survey.login else None
            survey.notes += oddities(survey.discovery, tokens.reply if tokens else None)
        return survey

    @contextmanager
    def _step(self, name: str, say: str) -> Generator[list[str]]:
        self._say(f"  {say} ...")
        started, detail = time.monotonic(), list[str]()
        try:
            yield detail
        except Stop as stop:
            self.survey.steps.append((name, "failed", stop.failure.sentence))
            self._say(f"    failed after {time.monotonic() - started:.2f} s")
            raise
        self.survey.steps.append((name, "ok", "; ".join(detail)))
        self._say(f"    {'; '.join(detail) or 'done'} ({time.monotonic() - started:.2f} s)")

    def _reach(self) -> None:
        survey, settings = self.survey, self._settings
        with self._step("reach", f"reaching {settings.target_url}") as detail:
            if settings.transport != "http+sse":
                reply = self._initialize_without_token(survey.target)
                if not self._judge_streamable(reply):
                    if settings.transport == "streamable-http" or reply.status not in (400, 404, 405):
                        raise self._stranger(reply, "POST initialize")
                    self._reach_legacy(reply)
            else:
                self._reach_legacy(None)
            survey.reached = True
            detail.append(survey.transport)
            detail.append("needs authorization" if survey.protected else "answers without authorization")

    def _initialize_without_token(self, url: str) -> Reply:
        headers, message = first_request(self._wanted)
        try:
            with (
                exchange := self._http.stream(
                    "POST",
                    url,
                    channel="mcp",
                    purpose="initialize without token",
                    headers=headers,
                    body=message,
                )
            ) as stream:
                stream.read_one_message()
        except NoAnswer as failure:
            raise self._unreachable(failure) from None
        return exchange.reply

    @property
    def _wanted(self) -> str:
        return self._settings.revision or HANDSHAKE_REVISIONS[-1]

    def _judge_streamable(self, reply: Reply) -> bool:
        survey = self.survey
        challenged = reply.status == 403 and bool(reply.header("www-authenticate"))
        if reply.status == 401 or challenged:
            survey.protected, survey.refusal = True, reply
        elif reply.redirect:
            raise self._stranger(
                reply, "POST initialize", f"it redirects to {reply.redirect}; give that address instead"
            )
        elif reply.ok and reply.media_type == "text/event-stream" and b"jsonrpc" in reply.body:
            survey.protected = False
        elif reply.status in (404, 405):
            return False
        elif jsonrpc.kind_of(reply.json) in ("result", "error") and "jsonrpc" in reply.json_object:
            survey.protected = False
        else:
            return False
        survey.transport, survey.endpoint = "streamable-http", survey.target
        return True

    def _reach_legacy(self, first: Reply | None) -> None:
        """The backward-compatibility procedure of basic/transports: GET, and expect an `endpoint` event."""
        survey = self.survey
        headers = {"Accept": "text/event-stream"}
        try:
            with (
                exchange := self._http.stream(
                    "GET", survey.target, channel="mcp", purpose="event stream without token", headers=headers
                )
            ) as stream:
                streaming = stream.status == 200 and stream.media_type == "text/event-stream"
                stream.read_one_message()
        except NoAnswer as failure:
            raise self._unreachable(failure) from None
        reply = exchange.reply
        if reply.status == 401 or (reply.status == 403 and reply.header("www-authenticate")):
            survey.protected, survey.refusal = True, reply
        elif streaming:
            survey.protected = False
        else:
            if not first:
                sentence = (
                    f"{survey.target} opens no event stream of the HTTP+SSE transport: it answers {reply.summary}"
                )
                raise Stop(
                    Failure("reach", sentence, "leave out --transport to try Streamable HTTP", "GET", reply.summary)
                )
            raise self._stranger(first, "POST initialize, then GET")
        survey.transport, survey.endpoint = "http+sse", survey.target

    def _unreachable(self, failure: NoAnswer) -> Stop:
        what, _, advice = str(failure).partition("; ")
        return Stop(Failure("reach", what, advice, "POST initialize", "no answer"))

    def _stranger(self, reply: Reply, sent: str, advice: str = "") -> Stop:
        path = urlsplit(self.survey.target).path or "/"
        kind = "an HTML page" if reply.media_type == "text/html" else f"{reply.media_type or 'an answer without type'}"
        sentence = f"{self.survey.target} is no MCP server: it answers HTTP {reply.status} with {kind}"
        return Stop(
            Failure(
                "reach",
                sentence,
                advice or f"check the path {path}; is it the MCP endpoint?",
                sent,
                reply.summary,
            )
        )

    def _discover(self) -> None:
        survey = self.survey
        assert survey.refusal  # noqa: S101 - set by the step before

        def get(url: str, purpose: str) -> Reply:
            headers = {"Accept": "application/json", "MCP-Protocol-Version": self._wanted}
            return self._http.get(url, channel="metadata", purpose=purpose, headers=headers)

        with self._step("discover", "looking for the authorization server") as detail:
            found = survey.discovery = discover(survey.endpoint, survey.refusal, get, self._wanted)
            document = found.server_document
            detail.append(f"issuer {found.issuer}")
            detail.append(f"metadata at {document.url}" if document else "no metadata, default endpoints assumed")
            survey.notes += [found.remark] if found.remark else []

    def _log_in(self) -> None:
        settings, survey = self._settings, self.survey
        survey.consent = settings.consent
        survey.redirect_uri = settings.redirect_uri or f"http://127.0.0.1:{_free_port()}/callback"
        if settings.token:
            survey.token = settings.token
            survey.steps.append(("log in", "skipped", "a token was given"))
            if settings.consent == "token" or (survey.discovery and survey.discovery.distrust):
                return
        survey.plan = self._plan()
        try:
            flow = self.flow()
        except CouldNotRun as failure:
            raise Stop(Failure("log in", str(failure), "correct the metadata, or give --token")) from None
        client, registration = self._client(flow)
        survey.login = Login(client, registration)
        if settings.consent == "client-credentials":
            self._log_in_as_service(flow, client)
            return
        survey.login = replace(survey.login, foreign=self._foreign(flow))
        say = self._tell if settings.consent == "person" else self._say
        say(f"  the audit {survey.plan.sentence}")
        with self._step("log in", f"logging in (consent: {settings.consent})") as detail:
            try:
                survey.login = replace(survey.login, aged=self._aged(flow), trial=self._trial(flow, client))
                redemption = Redemption.perform(flow, client, survey.login.foreign)
            except (CouldNotRun, NoAnswer) as failure:
                raise Stop(
                    Failure("log in", str(failure), "see the consent options in --help", "authorization request")
                ) from None
            finally:
                survey.cookies, survey.approvals = flow.browser.cookies, self._http.recorder.approvals
            tokens = redemption.accepted
            survey.login = replace(survey.login, redemption=redemption)
            if flow.plan and flow.plan != survey.plan:
                survey.plan = flow.plan
                say(f"  a code did not survive a defective redemption: the audit {survey.plan.sentence}")
            if redemption.burns:
                survey.notes.append("A failed redemption ends a code here, so each defect needs a code of its own.")
            if not tokens.access_token:
                sentence = f"the token endpoint gave no access token ({tokens.summary})"
                raise Stop(
                    Failure("log in", sentence, "see the exchange in the report", "token request", tokens.summary)
                )
            survey.token = survey.token or tokens.access_token
            detail.append("access token received")

    def _plan(self) -> Plan:
        assert self.survey.discovery  # noqa: S101 - set by the step before
        return Plan.of(
            self.survey.discovery.server_metadata,
            patience=self._settings.patience,
            cap=self._settings.approvals,
            person=self._settings.consent == "person",
            configured=bool(self._settings.client_id),
        )

    def _aged(self, flow: OAuthFlow) -> AgedCode | None:
        assert self.survey.plan  # noqa: S101 - set before the login
        if "aged" not in self.survey.plan.consents:
            return None
        grant = flow.authorize(Pkce.s256(), flow.new_client("registration for a code put aside"), of="aged")
        return AgedCode(grant, time.time())

    def _trial(self, flow: OAuthFlow, client: Client) -> TokenReply | None:
        """Tokens of a grant before that of the login, to see whether it lives on."""
        assert self.survey.plan  # noqa: S101 - set before the login
        if "trial" not in self.survey.plan.consents:
            return None
        return flow.redeem(flow.authorize(Pkce.s256(), client, of="trial"), purpose="token request before the login")

    def _foreign(self, flow: OAuthFlow) -> Client | None:
        try:
            return flow.second_client()
        except (CouldNotRun, NoAnswer):
            return None

    def _log_in_as_service(self, flow: OAuthFlow, client: Client) -> None:
        survey = self.survey
        with self._step("log in", "getting a token for a service") as detail:
            try:
                client, tokens = log_in(flow, client)
            except (CouldNotRun, NoAnswer) as failure:
                raise Stop(Failure("log in", str(failure), "", "client credentials request")) from None
            survey.login = Login(client, service=tokens)
            if not tokens.access_token:
                sentence = f"the token endpoint gave the service no access token ({tokens.summary})"
                raise Stop(Failure("log in", sentence, what_next(tokens), "client credentials request", tokens.summary))
            survey.token = tokens.access_token
            detail.append("access token received")

    def _with_secret(self, flow: OAuthFlow, client: Client) -> Client:
        """The client by the way it sends its secret: in the header, unless the server takes it in the body alone."""
        listed = flow.discovery.server_metadata.get("token_endpoint_auth_methods_supported")
        methods = ("client_secret_basic", "client_secret_post")
        sending = [replace(client, auth_method=one) for one in methods if not isinstance(listed, list) or one in listed]
        known = (one for one in sending if len(sending) == 1 or self._known(flow, one))
        return next(known, replace(client, auth_method=methods[0]))

    def _known(self, flow: OAuthFlow, client: Client) -> bool:
        """Whether the token endpoint takes the credentials of a client, with a code that was never issued."""
        fields = {"grant_type": "authorization_code", "code": NEVER_ISSUED, "redirect_uri": client.redirect_uri}
        try:
            reply = flow.token(fields, client, purpose=f"token request with {client.auth_method}")
        except (CouldNotRun, NoAnswer):
            return False
        return reply.oauth_error != "invalid_client"

    def _client(self, flow: OAuthFlow) -> tuple[Client, Reply | None]:
        settings, survey = self._settings, self.survey
        if settings.client_id:
            if settings.client_key:
                return Client(
                    settings.client_id, survey.redirect_uri, auth_method="private_key_jwt", key=settings.client_key
                ), None
            uri = survey.redirect_uri
            client = Client(settings.client_id, uri, settings.client_secret, "none", (uri,))
            return self._with_secret(flow, client) if client.secret else client, None
        with self._step("register", "registering a client") as detail:
            advice = "register a client by hand and give --client-id, or give --token"
            two = [survey.redirect_uri, f"{survey.redirect_uri}-2"]
            try:
                reply = flow.register("registration for the login", redirect_uris=two)
                if reply.status in (400, 403, 422):
                    reply = flow.register("registration for the login, one redirect URI")
            except (CouldNotRun, NoAnswer) as failure:
                raise Stop(Failure("register", f"no client could be registered: {failure}", advice)) from None
            client = client_of(reply, survey.redirect_uri)
            if not client:
                sentence = f"the registration endpoint gave no client ({reply.summary})"
                if reply.status == 429:
                    later = reply.header("retry-after")
                    advice = f"registrations are limited: try again {f'after {later} s' if later else 'later'}"
                survey.login = None
                raise Stop(
                    Failure("register", sentence, advice, "registration of a public native client", reply.summary)
                )
            detail.append("public client" if client.public else f"confidential client ({client.auth_method})")
            return client, reply

    def flow(self) -> OAuthFlow:
        """The OAuth steps against the authorization server found."""
        return make_flow(self.survey, self._settings, self._http, self._tell)

    def _negotiate(self) -> None:
        survey = self.survey
        with self._step("negotiate", "negotiating the revision") as detail:
            sent = f"initialize asking for {self._wanted}"
            try:
                connection = connect(survey, self._http)
            except NoAnswer as failure:
                raise Stop(Failure("negotiate", str(failure), "see the exchange in the report", sent)) from None
            try:
                answer = connection.open(self._wanted)
                if answer.result is None:
                    self._refused(answer, sent)
                survey.opening, survey.revision = answer, connection.revision
                survey.handshakes[self._wanted] = answer
                self._other_revisions()
                detail.append(f"grants {', '.join(bounded(list(survey.revisions), 40)) or 'no known revision'}")
                if survey.revision != self._wanted and (
                    self._settings.revision or survey.revision not in HANDSHAKE_REVISIONS
                ):
                    sentence = (
                        f"the server grants revision {bounded(survey.revision, 40) or 'none'}, not {self._wanted}"
                    )
                    advice = f"--revision takes one of {', '.join(REVISIONS)}"
                    raise Stop(Failure("negotiate", sentence, advice, sent, answer.summary))
            except NoAnswer as failure:
                raise Stop(Failure("negotiate", str(failure), "", sent)) from None
            self._connection = connection

    def _refused(self, answer: Answer, sent: str) -> None:
        if answer.http.status in (401, 403):
            advice = (
                "check the scopes and the audience of the token"
                if not self._settings.token
                else "is --token still valid?"
            )
            raise Stop(Failure("negotiate", "the MCP server refuses the access token", advice, sent, answer.summary))
        raise Stop(
            Failure(
                "negotiate",
                f"{sent.partition(' ')[0]} was not answered with a result ({answer.summary})",
                "",
                sent,
                answer.summary,
            )
        )

    def _other_revisions(self) -> None:
        survey = self.survey
        for revision in HANDSHAKE_REVISIONS:
            if revision not in survey.handshakes:
                other = connect(survey, self._http)
                survey.handshakes[revision] = other.initialize(revision)
                close_quietly(other)
        granted = [(one.result or {}).get("protocolVersion") for one in survey.handshakes.values()]
        survey.revisions = tuple(sorted({one for one in granted if isinstance(one, str)}, reverse=True))
        if survey.transport == "streamable-http" and self._speaks_stateless():
            survey.notes.append(
                f"The server also speaks revision {STATELESS_REVISION}; only its session-based face was audited,"
                f" nothing of {STATELESS_REVISION} was judged."
            )

    def _speaks_stateless(self) -> bool:
        """Whether `server/discover` is answered as revision 2026-07-28 wants it."""
        reply = self._server_discover("metadata")
        return reply.ok and b"supportedVersions" in reply.body

    def _server_discover(self, channel: Channel) -> Reply:
        headers, message = first_request(STATELESS_REVISION)
        if self.survey.token:
            headers["Authorization"] = f"Bearer {self.survey.token}"
        with (
            exchange := self._http.stream(
                "POST", self.survey.endpoint, channel=channel, purpose="server/discover", headers=headers, body=message
            )
        ) as stream:
            stream.read_one_message()
        return exchange.reply

    def _negotiate_stateless(self) -> None:
        """Discover the server in the revision without handshake; its features are not listed."""
        survey = self.survey
        with self._step("negotiate", f"discovering the server in revision {STATELESS_REVISION}") as detail:
            try:
                reply = self._server_discover("mcp")
            except NoAnswer as failure:
                raise Stop(Failure("negotiate", str(failure), "", "server/discover")) from None
            messages = tuple(messages_of(reply))
            response = next((as_object(one) for one in messages if as_object(one).get("id") == "discover"), None)
            answer = Answer(reply, messages, response)
            if answer.result is None:
                self._refused(answer, "server/discover")
            survey.opening, survey.revision, survey.revisions = answer, STATELESS_REVISION, (STATELESS_REVISION,)
            detail.append("answers server/discover")

    def _list(self) -> None:
        survey, connection = self.survey, self._connection
        try:
            with self._step("list", "listing tools, resources and prompts") as detail:
                for method, name in LISTS.items():
                    if _CAPABILITY.get(method, "resources") in survey.capabilities:
                        listing = survey.listings[method] = walk(connection, method)
                        detail.append(f"{len(listing.items)} {name}")
        except NoAnswer as failure:
            raise Stop(Failure("list", str(failure), "", "list requests")) from None
        finally:
            close_quietly(connection)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def close_quietly(connection: Connection) -> None:
    """Close a connection whatever its state."""
    try:
        connection.close()
    except NoAnswer:
        return


def connect(survey: Survey, http: HttpClient, token: str | None = None) -> Connection:
    """A new connection to the target over its transport, before any handshake. Raises NoAnswer."""
    streamable = Stateless if survey.revision == STATELESS_REVISION else StreamableHttp
    kind = LegacySse if survey.transport == "http+sse" else streamable
    return kind(http, survey.endpoint, token or survey.token)


def walk(connection: Connection, method: str) -> Listing:
    """Follow the cursors of a list method to its end. Raises NoAnswer."""
    pages: list[Answer] = []
    seen: set[str] = set()
    cursor: str | None = None
    while len(pages) < _PAGES:
        pages.append(connection.request(method, {"cursor": cursor} if cursor is not None else None))
        following = (pages[-1].result or {}).get("nextCursor")
        if not isinstance(following, str):
            return Listing(method, tuple(pages))
        if following in seen:
            return Listing(method, tuple(pages), ended=False)
        seen.add(following)
        cursor = following
    return Listing(method, tuple(pages), ended=False)


def make_flow(survey: Survey, settings: Settings, http: HttpClient, tell: Say) -> OAuthFlow:
    """OAuth steps against the surveyed authorization server. Raises CouldNotRun where none may be taken."""
    if not survey.discovery:
        raise CouldNotRun("the authorization server was not found")
    if survey.discovery.distrust:
        raise CouldNotRun(f"{survey.discovery.distrust}; no token was asked for, since it might belong elsewhere")
    return OAuthFlow(
        http=http,
        discovery=survey.discovery,
        consent=_consent(settings, http, tell, survey),
        redirect_uri=survey.redirect_uri,
        resource=_resource(survey),
        scope=_scope(survey.discovery),
        client=survey.login.client if survey.login and not survey.service else None,
        configured=bool(settings.client_id) and not survey.service,
        plan=survey.plan,
    )


def _consent(settings: Settings, http: HttpClient, tell: Say, survey: Survey) -> ConsentDriver:
    if settings.consent == "auto":
        return AutomaticConsent(Browser(http, survey.cookies), settings.consent_field, settings.consent_submit)
    plan = survey.plan
    if settings.consent == "person":
        return PersonConsent(tell, plan.approvals + plan.denials if plan else 1)
    if survey.service:
        return NoUser()
    advice = "consent is off (--consent none)" if settings.consent == "none" else "a token was given instead of a login"
    return NoConsent(settings.consent, f"{advice}; use --consent auto or --consent person to log in")


def _resource(survey: Survey) -> str:
    document = survey.discovery.resource_document if survey.discovery else None
    named = document.content.get("resource") if document else None
    usable = isinstance(named, str) and "#" not in named and origin_of(named) == origin_of(survey.endpoint)
    return named if isinstance(named, str) and usable else survey.endpoint


def _scope(discovery: Discovery) -> str | None:
    """What to ask for, as revision 2025-11-25 has it: scope of the challenge, else all of the resource's."""
    asked = discovery.challenge.get("scope") if discovery.challenge else None
    if asked:
        return asked
    document = discovery.resource_document
    listed = document.content.get("scopes_supported") if document else None
    words = [one for one in as_list(listed) if isinstance(one, str)]
    return " ".join(words) or None
