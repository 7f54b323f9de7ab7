"""Everything one process needs to judge the target: settings, transcript, client, survey."""

import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.catalogue import Catalogue, Level, Requirement, load
from conformance.evidence import Recorder
from conformance.liveness import Liveness
from conformance.oauth.configuration import remove_all
from conformance.oauth.documents import DocumentServer
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.service import service_token
from conformance.oauth.token_reply import TokenReply
from conformance.once import Once
from conformance.probe import Probe
from conformance.redaction import Redactor, may_be_secret
from conformance.settings import Settings
from conformance.survey import Spares, Survey, close_quietly, make_flow
from conformance.verdict import CouldNotRun
from conformance.wire.connection import HANDSHAKE_REVISIONS, REVISIONS, Connection
from conformance.wire.http import HttpClient

_MOST_SPARES = 2
"""As many as are used at the same time."""


def _silent(_: str) -> None:
    return


@dataclass
class Audit:
    """One process's part in an audit.

    `survey` is None until it has been taken; `surveyed` counts its exchanges and requests.
    """

    settings: Settings
    recorder: Recorder
    http: HttpClient
    survey: Survey | None = None
    tell: Callable[[str], None] = _silent
    surveyed: tuple[int, int] = (0, 0)
    catalogue: Catalogue = field(default_factory=load)
    once: Once = field(init=False)
    liveness: Liveness = field(default_factory=Liveness)
    spares: Spares = field(default_factory=lambda: Spares(_MOST_SPARES))
    _flow: OAuthFlow | None = None
    _mcp: Connection | None = None
    _newest: TokenReply | None = None
    _documents: DocumentServer | None = None

    def __post_init__(self) -> None:
        self.once = Once(self.recorder.redactor, self.recorder.spool)

    @property
    def revision(self) -> str:
        """The audited revision; the newest one of the handshake where none could be negotiated."""
        negotiated = self.survey.revision if self.survey else ""
        wanted = self.settings.revision or HANDSHAKE_REVISIONS[-1]
        return negotiated if negotiated in REVISIONS else wanted

    def level(self, requirement: Requirement) -> Level | None:
        """Its level in the audited revision, None where it does not apply.

        What only revision 2024-11-05 says of HTTP+SSE holds wherever that transport is offered.
        """
        own = requirement.level(self.revision)
        older = requirement.area == "legacy-sse" and self.survey and self.survey.transport == "http+sse"
        return own or (requirement.level("2024-11-05") if older else None)

    def beside(self, settings: Settings) -> "Audit":
        """An audit of the same target with other settings and a transcript of its own, not surveyed yet."""
        other = make_audit(settings, Recorder(self.recorder.redactor))
        other.tell = self.tell
        return other

    def use(self, settings: Settings) -> None:
        """Go on with other settings, their secrets known to the redactor."""
        self.settings = settings
        _learn(self.recorder.redactor, settings)

    def need_survey(self) -> Survey:
        """The survey. Raises CouldNotRun when the target was not reached."""
        if not self.survey:
            raise CouldNotRun("no target was given: use --target-url URL or --demo")
        if not self.survey.reached:
            failure = self.survey.failure
            raise CouldNotRun(failure.sentence if failure else "the target was not reached")
        return self.survey

    def flow(self) -> OAuthFlow:
        """The OAuth steps of this process, made once so that they share a browser."""
        survey = self.need_survey()
        if not self._flow:
            flow = make_flow(survey, self.settings, self.http, self.tell)
            trial = survey.login.trial if survey.login else None
            if trial:
                flow.exclusive = self.once("trial", lambda: self._ended(flow, trial))
            self._flow = flow
        return self._flow

    def _ended(self, flow: OAuthFlow, trial: TokenReply) -> bool:
        """Whether a grant ended when its client was approved again."""
        if trial.refresh_token and flow.client:
            return not flow.refresh(
                trial.refresh_token, flow.client, purpose="refresh of an earlier grant"
            ).issued_token
        probe = Probe(self.need_survey(), self.http)
        return probe.refuses(probe.knock(f"Bearer {trial.access_token}", "initialize, token of an earlier grant"))

    def keep_token(self) -> None:
        """Replace the token in use when three quarters of its life are over, if a login gave it.

        Raises NoAnswer, CouldNotRun where no other can be had.
        """
        survey = self.need_survey()
        tokens = self._newest or (survey.login.tokens if survey.login else None)
        if not tokens or not survey.token or tokens.access_token != survey.token:
            return
        lifetime = tokens.reply.json_object.get("expires_in")
        if not isinstance(lifetime, int | float) or time.monotonic() < tokens.reply.arrived + lifetime * 3 / 4:
            return
        renewed = self.once(f"renewal after {tokens.exchange}", self._renew)
        if not renewed.access_token:
            raise CouldNotRun(f"the access token ended, and no other was issued ({renewed.summary})")
        self._newest, survey.token = renewed, renewed.access_token
        self.close_session()

    def _renew(self) -> TokenReply:
        survey, flow = self.need_survey(), self.flow()
        if survey.login and survey.service:
            return service_token(flow, survey.login.client)
        return flow.redeem(flow.authorize(Pkce.s256(), of="renewal"), purpose="token request, renewal")

    def mcp(self) -> Connection:
        """The shared MCP session of this process, opened when first asked for, and again when the server ended it.

        Raises CouldNotRun, NoAnswer.
        """
        survey = self.need_survey()
        if not survey.revision:
            raise CouldNotRun(survey.failure.sentence if survey.failure else "the handshake did not succeed")
        if self._mcp and self._mcp.heard.over:
            self.close_session()
        if not self._mcp:
            self._mcp = Probe(survey, self.http).opened()
        return self._mcp

    def keep_session(self) -> None:
        """Make the session that the survey left the shared one: some servers have room for no other."""
        self._mcp = self.spares.take()

    def documents(self) -> DocumentServer:
        """The server of documents that the target fetches from us, started when first asked for.

        Raises CouldNotRun when its port is taken.
        """
        if not self._documents:
            port = self.settings.document_port
            try:
                self._documents = DocumentServer(self.settings.document_origin, port)
            except OSError as failure:
                raise CouldNotRun(f"--document-port {port} cannot be used: {failure.strerror}") from None
        return self._documents

    def close_session(self) -> None:
        """End the shared MCP session and the spare ones; the next `mcp` opens another."""
        self.spares.close()
        if self._mcp:
            close_quietly(self._mcp)
            self._mcp = None

    def close(self) -> None:
        """End the session and stop serving documents. What was registered stays, for other processes may use it."""
        self.close_session()
        if self._documents:
            self._documents.close()
        self.http.close()

    def remove_clients(self) -> None:
        """End what is open, and remove the clients that all processes registered, where the server lets us."""
        self.close_session()
        discovery = self.survey.discovery if self.survey else None
        endpoint = discovery.endpoint("registration_endpoint") if discovery else None
        if endpoint:
            remove_all(self.http, self.recorder.registry, endpoint)
        self.http.close()

    def for_worker(self, spool: Path) -> bytes:
        """What a worker process needs to go on with the same survey."""
        redactor = self.recorder.redactor
        return pickle.dumps((self.settings, self.survey, redactor.key, redactor.known(), spool))

    @classmethod
    def in_worker(cls, data: bytes, worker: str) -> "Audit":
        """The audit as handed over by the controlling process."""
        settings, survey, key, known, spool = pickle.loads(data)  # noqa: S301 - from our own controlling process
        redactor = Redactor(key)
        for value, label in known:
            redactor.learn(value, label)
        return make_audit(settings, Recorder(redactor, spool, worker), survey)


def make_audit(settings: Settings, recorder: Recorder, survey: Survey | None = None) -> Audit:
    """An audit with the user's own secrets known to the redactor.

    Raises:
        pytest.UsageError: the file of certificate authorities cannot be read.
    """
    _learn(recorder.redactor, settings)
    try:
        http = HttpClient(recorder, settings.request_timeout, settings.ca_file)
    except OSError as failure:
        raise pytest.UsageError(f"--ca-file {settings.ca_file} cannot be used: {failure}") from None
    return Audit(settings, recorder, http, survey)


def _learn(redactor: Redactor, settings: Settings) -> None:
    for name in ("token", "second_token", "client_secret", "client_key"):
        redactor.learn(getattr(settings, name), name)
    for name, value in settings.target_env.items():
        if may_be_secret(name, value):
            redactor.learn(value, f"variable {name}")
    for name, value in settings.consent_field.items():
        redactor.learn(value, f"field {name}")
        redactor.hide(name)


AUDITS = pytest.StashKey[list[Audit]]()


def audits_of(config: pytest.Config) -> list[Audit]:
    """The audits of this process: one, or one for each revision; none where the suite is inert."""
    stash: Any = config.stash
    return stash.get(AUDITS, [])


def audit_of(config: pytest.Config) -> Audit | None:
    """The only audit of this process, or that of the newest revision; None where the suite is inert."""
    return next(iter(audits_of(config)), None)


def audit_for(item: pytest.Item) -> Audit | None:
    """The audit to which a check belongs; None where the suite is inert."""
    audits = audits_of(item.config)
    if len(audits) < 2:
        return audits[0] if audits else None
    parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    return audit_named(item.config, parameters.get("audit"))


def audit_named(config: pytest.Config, revision: str | None) -> Audit | None:
    """The audit of a revision, or the only one where none is named."""
    named = (one for one in audits_of(config) if one.settings.revision == revision)
    return next(named, None) if revision else audit_of(config)
