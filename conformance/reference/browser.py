"""Browsers that visit the login and consent pages: a cookie, a CSRF token, the requests they were shown."""

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

Pending = TypeVar("Pending")
MOST_PENDING = 50


@dataclass(slots=True)
class BrowserSession(Generic[Pending]):
    """One browser; `pending` holds the requests waiting for a decision, by a random name, `approved` the clients
    that were allowed something, `delegated` the requests with which it was sent to a third party, by its state.
    """

    id: str
    csrf: str
    signed_in: bool = False
    pending: dict[str, Pending] = field(default_factory=dict[str, Pending])
    approved: set[str] = field(default_factory=set[str])
    delegated: dict[str, Pending] = field(default_factory=dict[str, Pending])

    def keep(self, request: Pending) -> str:
        """Remember a request, forgetting the oldest beyond fifty; returns the name that forms carry."""
        name = secrets.token_urlsafe(16)
        self.pending[name] = request
        while len(self.pending) > MOST_PENDING:
            del self.pending[next(iter(self.pending))]
        return name

    def hidden_fields(self, request_name: str) -> dict[str, str]:
        """The hidden fields of a form about the request of that name."""
        return {"request": request_name, "csrf": self.csrf}

    def shown(self, request_name: str, csrf: str) -> bool:
        """Whether a form with these hidden fields was shown to this browser and is still open."""
        same = hmac.compare_digest(csrf.encode("utf-8", "surrogatepass"), self.csrf.encode())
        return same and request_name in self.pending


class BrowserSessions(Generic[Pending]):
    """All browsers, found by a cookie.

    Cookies are shared between the ports of a host, so the port is part of the cookie's name.
    """

    def __init__(self, origin: str) -> None:
        self._cookie = f"reference_{urlsplit(origin).port}"
        self._encrypted = origin.startswith("https:")
        self._sessions: dict[str, BrowserSession[Pending]] = {}

    def session_of(self, request: Request) -> BrowserSession[Pending]:
        """The session the cookie names, else a new one."""
        known = self._sessions.get(request.cookies.get(self._cookie, ""))
        return known or self._start()

    def sign_in(self, browser: BrowserSession[Pending]) -> BrowserSession[Pending]:
        """The session under a new id, so that nobody who planted the old one is signed in with it."""
        fresh = self._start()
        fresh.signed_in, fresh.pending = True, browser.pending
        self._sessions.pop(browser.id, None)
        return fresh

    def set_cookie(self, response: Response, browser: BrowserSession[Pending]) -> None:
        """Make the browser remember its session until it is closed."""
        response.set_cookie(self._cookie, browser.id, httponly=True, samesite="lax", secure=self._encrypted)

    def _start(self) -> BrowserSession[Pending]:
        session: BrowserSession[Pending] = BrowserSession(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        self._sessions[session.id] = session
        return session
