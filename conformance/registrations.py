"""The registrations that checks need (RFC 7591), each sent at most once, since servers limit how many they accept."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from conformance.confidential_clients import METHOD, SECRET_METHODS, registration
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.registration import registration_request
from conformance.once import Once
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.http import Reply

CLOSED = (401, 403)
_SPARE = 3
PLAIN = "a plain registration"
LOOPBACKS = "redirect URIs on 127.0.0.1 without path, [::1] and localhost"
ELSEWHERE = "a redirect URI with a query"
BARE = "a redirect URI and a name alone"
CHOSEN = {"client_id": "an-id-chosen-by-the-client", "client_secret": "a-secret-chosen-by-the-client"}
UNKNOWN: dict[str, Any] = {
    "x_test_member": "x",
    "resource": "https://client.example/",
    "x_test_object": {"a": [1, None]},
}
REMOTE_URI = "https://client.example/CB?x=1&y=%2F"


class Registrations:
    """Sends registrations and remembers their answers by name.

    All but `plain` differ from a plain registration in what their name says, and are sent only where that one
    succeeded: a refusal then has no other cause.

    Args:
        oauth: registers at the endpoint of the surveyed server.
        surveyed: the answer to the survey's registration, if it made one.
        once: remembers the answers for all processes of a run.
    """

    def __init__(self, oauth: OAuthFlow, surveyed: Reply | None, once: Once) -> None:
        self._oauth = oauth
        self._surveyed = surveyed
        self._remember = once
        self._limited = ""

    @cached_property
    def plain(self) -> Reply:
        """The answer to a registration that every server must understand."""
        return self._surveyed or self._once(PLAIN, lambda: self._oauth.register(PLAIN))

    @cached_property
    def good(self) -> Reply:
        """`plain` where it succeeded.

        Raises:
            NotApplicable: only who has an initial access token may register.
            CouldNotRun: it was refused for another reason, or the server breaks down.
        """
        if self.plain.status in CLOSED:
            raise NotApplicable(f"registration is closed to us ({self.plain.summary})")
        if not self.plain.ok:
            raise CouldNotRun(f"a plain registration is refused ({self.plain.summary})")
        return self.plain

    def send(self, name: str, **members: Any) -> Reply:  # noqa: ANN401
        """Register with other members than a plain registration; `...` leaves one out.

        Raises:
            NotApplicable, CouldNotRun: as `good`; CouldNotRun also where the server limits registrations.
        """
        _ = self.good
        return self._once(name, lambda: self._oauth.register(f"registration with {name}", **members))

    def post(self, name: str, body: bytes, media_type: str = "application/json") -> Reply:
        """Send any body to the registration endpoint. Raises as `send`."""
        _ = self.good
        registrar = self._oauth.registrar
        assert registrar  # noqa: S101 - a plain registration succeeded
        return self._once(name, lambda: registrar.post(body, media_type, f"registration with {name}"))

    def bare(self) -> Reply:
        """A client that names its redirect URI and itself, and leaves everything else to the server."""
        given = ("redirect_uris", "client_name")
        left_out = {name: ... for name in registration_request("") if name not in given}
        reply = self.send(BARE, **left_out)
        if reply.json_object.get("error") == "invalid_redirect_uri":
            return self.send(f"{BARE} on another host", **left_out, redirect_uris=[REMOTE_URI])
        return reply

    def with_secret(self) -> list[Reply]:
        """Three clients that ask for a secret, the last of them with an id and a secret of its own choice."""
        return [*(self._for_secret(method) for method in SECRET_METHODS), self.presumptuous()]

    def _for_secret(self, method: str) -> Reply:
        _ = self.good
        return self._sent(lambda: registration(self._oauth, self._remember, method))

    def presumptuous(self) -> Reply:
        """A client that asks for a secret and chooses its own id and secret."""
        return self._either("an id and a secret of its own choice", {METHOD: "client_secret_post", **CHOSEN})

    def talkative(self) -> Reply:
        """A client with members that no server knows."""
        return self._either("members that no server knows", UNKNOWN)

    def _either(self, name: str, members: Mapping[str, Any]) -> Reply:
        """`presumptuous` and `talkative` in one, and the one that is wanted alone where that is refused."""
        odd = {METHOD: "client_secret_post", **CHOSEN, **UNKNOWN}
        both = self.send("an id and a secret of its own choice, and members that no server knows", **odd)
        return both if both.ok else self.send(name, **members)

    def loopbacks(self) -> Reply:
        """A native client with redirect URIs on three loopback hosts, one of them without a path."""
        return self.send(LOOPBACKS, redirect_uris=self.loopback_uris)

    def elsewhere(self) -> Reply:
        """A native client with a redirect URI on another host, whose spelling is easily changed."""
        return self.send(ELSEWHERE, redirect_uris=[REMOTE_URI])

    def spare(self) -> list[Reply]:
        """Up to three clients of which nobody needs more than the answer that made them, the first one least so."""
        found = [one for one in (self.elsewhere(), self.loopbacks(), self.talkative()) if one.ok]
        while len(found) < _SPARE:
            further = self.send(f"nothing special, for spare client {len(found) + 1}")
            if not further.ok:
                break
            found.append(further)
        return found

    def untyped(self) -> Reply:
        """A plain registration without application_type, which may be sent where the plain one is refused."""
        name = "a registration without application_type"
        return self._once(name, lambda: self._oauth.register(name, application_type=...))

    @property
    def redirect_uri(self) -> str:
        """The redirect URI of a plain registration."""
        return self._oauth.redirect_uri

    @property
    def loopback_uris(self) -> list[str]:
        """The redirect URIs of `loopbacks`."""
        return ["http://127.0.0.1:49152", "http://[::1]:49152/cb", "http://localhost:49152/cb"]

    def _once(self, name: str, send: Callable[[], Reply]) -> Reply:
        return self._remember(f"registration: {name}", lambda: self._sent(send))

    def _sent(self, send: Callable[[], Reply]) -> Reply:
        if self._limited:
            raise CouldNotRun(self._limited)
        reply = send()
        if reply.status == 429:
            later = reply.header("retry-after")
            when = f"after {later} s" if later else "later"
            self._limited = f"the server limits registrations ({reply.summary}): run again {when}"
            raise CouldNotRun(self._limited)
        return reply
