"""The authorization requests that checks need, each sent at most once in a run, and the clients that send them."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.ceremony.denial import Denial
from conformance.confidential_clients import secret_client
from conformance.oauth.authorization import AuthorizationAnswer, Changes
from conformance.oauth.flow import Grant, OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client, client_of
from conformance.once import Once
from conformance.verdict import CouldNotRun, NotApplicable

WEB_URIS = ("https://client.example/cb", "https://client.example/cb2?a=1")
LOOPBACK_URIS = ("http://127.0.0.1/cb", "http://[::1]/cb")
LOCALHOST_URIS = ("http://localhost/cb?keep=1%262", "http://localhost/cb")
MARK = "qzmark"
HOSTILE_NAME = f"<img src=x onerror=1>{MARK}"
UNKNOWN_CLIENT = "unknown-wJ4mT0cXqZ"
UNREFUSED = "unrefused"
OTHER_URI = "https://other.example/cb"

ERRORS: Mapping[str, Changes] = {
    "no response_type": {"response_type": None},
    "response_type bogus": {"response_type": "bogus"},
    "response_type token": {"response_type": "token"},
    "no code_challenge": {"code_challenge": None, "code_challenge_method": None},
    "an empty code_challenge": {"code_challenge": ""},
    "code_challenge_method plain": {"code_challenge_method": "plain"},
}
"""Requests that name a good client and a good redirect URI, and should still be refused."""


class Authorizations:
    """Sends authorization requests that nobody approves, and remembers their answers by name.

    Args:
        oauth: the flow of this process.
        once: remembers clients and answers for all processes of a run.
    """

    def __init__(self, oauth: OAuthFlow, once: Once) -> None:
        self.oauth = oauth
        self._once = once

    @property
    def web(self) -> Client:
        """A client with two redirect URIs on another host, one of them with a query.

        Where the server registers no such client, one with a loopback URI; the configured one where the user gave one.
        """
        return self._once("client on another host", lambda: self._registered(WEB_URIS, application_type="web"))

    @property
    def native(self) -> Client:
        """A client with loopback redirect URIs that name no port, one for each address the server registers."""
        return self._once("client with loopback addresses", lambda: self._registered(LOOPBACK_URIS, LOOPBACK_URIS[:1]))

    @property
    def hostile(self) -> Client:
        """A client with markup for a name and one redirect URI: on localhost with a query, as far as those can be had.

        A plain client where the server does not register such a name.
        """
        return self._once("client with a hostile name", self._hostile)

    @property
    def secret(self) -> Client:
        """A client with a secret."""
        return secret_client(self.oauth, self._once, "client_secret_post")

    def _hostile(self) -> Client:
        choices = [(uri,) for uri in (*LOCALHOST_URIS, self.oauth.redirect_uri)]
        return self._registered(*choices, client_name=HOSTILE_NAME)

    def _registered(self, *choices: Sequence[str], **members: Any) -> Client:  # noqa: ANN401
        """A client with the first of these lists of redirect URIs that the server registers, else a plain one."""
        oauth = self.oauth
        if oauth.given:
            return oauth.given
        for uris in choices:
            reply = oauth.register(f"registration for {' and '.join(uris)}", redirect_uris=list(uris), **members)
            client = client_of(reply, uris[0])
            if client and uris[0] in (client.redirect_uris or uris):
                return replace(client, redirect_uris=client.redirect_uris or tuple(uris))
            if reply.status == 429:
                raise CouldNotRun(f"the server limits registrations ({reply.summary}); try again later")
        return oauth.new_client("registration of a plain client in its place")

    def good(self, client: Client | None = None, *, signed_in: bool = True) -> AuthorizationAnswer:
        """The answer to a good request: the control of all others."""
        return self.ask("a good request", {}, client, signed_in=signed_in)

    def ask(
        self, name: str, changes: Changes, client: Client | None = None, *, signed_in: bool = True
    ) -> AuthorizationAnswer:
        """The answer to a request, of `web` unless another client is given, changed as its name says."""
        client = client or self.web
        where = "" if signed_in else " in a browser without session"
        purpose = f"authorization request, {name}{where}"
        send: Callable[[], AuthorizationAnswer] = lambda: self.oauth.ask(  # noqa: E731
            client, changes, signed_in=signed_in, purpose=purpose
        )
        return self._once(f"{purpose} of {hashlib.sha256(client.id.encode()).hexdigest()[:8]}", send)

    def ask_each(
        self, requests: Mapping[str, Changes], client: Client | None = None
    ) -> Iterator[tuple[str, AuthorizationAnswer]]:
        """Answers by name, each asked for when the one before was looked at."""
        for name, changes in requests.items():
            yield name, self.ask(name, changes, client)

    def errors(self, *names: str) -> Iterator[tuple[str, AuthorizationAnswer]]:
        """The answers to some of `ERRORS`; to all of them where none is named."""
        return self.ask_each({name: ERRORS[name] for name in names or ERRORS})

    @property
    def denial(self) -> Denial:
        """Two requests of `hostile`, denied. Raises as `Denial.perform`."""
        return self._once("denial", lambda: Denial.perform(self.oauth, self.hostile))

    @property
    def denials(self) -> tuple[Grant, ...]:
        """The requests of `denial`; none where there was no denial."""
        try:
            return self.denial.grants
        except (CouldNotRun, NotApplicable):
            return ()

    def approved(self, name: str, changes: Changes) -> Grant:
        """What became of a request of `web` that should have been refused and was not, once it was approved.

        Raises as `OAuthFlow.decide`.
        """
        approve: Callable[[], Grant] = lambda: self.oauth.decide(Pkce.s256(), self.web, changes, of=UNREFUSED)  # noqa: E731
        return self._once(f"approval of a request with {name}", approve)

    @property
    def bare(self) -> AuthorizationAnswer:
        """The answer to a request without scope and resource."""
        return self.ask("no scope and no resource", {"scope": None, "resource": None})

    @property
    def bogus(self) -> AuthorizationAnswer:
        """The answer to a request that nobody can serve: shows whether requests are looked at before a login."""
        return self.ask("response_type bogus", ERRORS["response_type bogus"])
