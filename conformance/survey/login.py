"""Finding the authorization server, registering a client, and logging in."""

import socket
import time
from dataclasses import replace

from conformance.oauth.discovery import discover
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.plan import Plan
from conformance.oauth.redemption import Redemption
from conformance.oauth.registration import Client, client_of
from conformance.oauth.service import log_in, what_next
from conformance.oauth.token_reply import TokenReply
from conformance.survey.flows import make_flow
from conformance.survey.record import AgedCode, Failure, Login
from conformance.survey.steps import Steps, Stop
from conformance.token_requests import NEVER_ISSUED
from conformance.verdict import CouldNotRun
from conformance.wire.http import NoAnswer, Reply


class LoggingIn(Steps):
    """The steps from the refusal of the MCP server to an access token."""

    def discover(self) -> None:
        """Find the authorization server. Raises Stop."""
        survey = self.survey
        assert survey.refusal  # noqa: S101 - set by the step before

        def get(url: str, purpose: str) -> Reply:
            headers = {"Accept": "application/json", "MCP-Protocol-Version": self.wanted}
            return self.http.get(url, channel="metadata", purpose=purpose, headers=headers)

        with self.step("discover", "looking for the authorization server") as detail:
            found = survey.discovery = discover(survey.target, survey.refusal, get, self.wanted)
            document = found.server_document
            detail.append(f"issuer {found.issuer}")
            detail.append(f"metadata at {document.url}" if document else "no metadata, default endpoints assumed")
            survey.notes += [found.remark] if found.remark else []

    def log_in(self) -> None:
        """Register a client and get an access token, as the settings want it. Raises Stop."""
        settings, survey = self.settings, self.survey
        survey.consent = settings.consent
        survey.redirect_uri = settings.redirect_uri or f"http://127.0.0.1:{_free_port()}/callback"
        if settings.token:
            survey.token = settings.token
            survey.steps.append(("log in", "skipped", "a token was given"))
            if settings.consent == "token" or (survey.discovery and survey.discovery.distrust):
                return
        survey.plan = self._plan()
        try:
            flow = make_flow(survey, settings, self.http, self.tell)
        except CouldNotRun as failure:
            raise Stop(Failure("log in", str(failure), "correct the metadata, or give --token")) from None
        client, registration = self._client(flow)
        survey.login = Login(client, registration)
        if settings.consent == "client-credentials":
            self._log_in_as_service(flow, client)
            return
        survey.login = replace(survey.login, foreign=self._foreign(flow))
        say = self.tell if settings.consent == "person" else self.say
        say(f"  the audit {survey.plan.sentence}")
        with self.step("log in", f"logging in (consent: {settings.consent})") as detail:
            try:
                survey.login = replace(survey.login, aged=self._aged(flow), trial=self._trial(flow, client))
                redemption = Redemption.perform(flow, client, survey.login.foreign)
            except (CouldNotRun, NoAnswer) as failure:
                raise Stop(
                    Failure("log in", str(failure), "see the consent options in --help", "authorization request")
                ) from None
            finally:
                survey.cookies, survey.approvals = flow.browser.cookies, self.http.recorder.approvals
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
            patience=self.settings.patience,
            cap=self.settings.approvals,
            person=self.settings.consent == "person",
            configured=bool(self.settings.client_id),
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
        with self.step("log in", "getting a token for a service") as detail:
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
        settings, survey = self.settings, self.survey
        if settings.client_id:
            if settings.client_key:
                return Client(
                    settings.client_id, survey.redirect_uri, auth_method="private_key_jwt", key=settings.client_key
                ), None
            uri = survey.redirect_uri
            client = Client(settings.client_id, uri, settings.client_secret, "none", (uri,))
            return self._with_secret(flow, client) if client.secret else client, None
        with self.step("register", "registering a client") as detail:
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


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
