"""A third party that a proxy of an authorization server delegates its logins to, under one client id."""

import secrets
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from conformance.reference.browser import BrowserSessions
from conformance.reference.forms import OAuthError, Parameters, read_form
from conformance.reference.pages import PASSWORD, USERNAME, error_page, login_page

CLIENT_ID = "the-proxy"
CALLBACK_PATH = "/callback"


class ThirdParty:
    """An authorization server with one client, the proxy, which its users once allowed everything.

    Args:
        origin: where it is served.
        callback: the redirect URI of the proxy.
    """

    def __init__(self, origin: str, callback: str) -> None:
        self.origin = origin
        self.callback = callback
        self._browsers: BrowserSessions[str] = BrowserSessions(origin)
        self._codes: set[str] = set()

    def authorization_url(self, state: str) -> str:
        """Where the proxy sends a browser to sign in."""
        request = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": self.callback, "state": state}
        return f"{self.origin}/authorize?{urlencode(request)}"

    async def authorize(self, request: Request) -> Response:
        """Ask the user to sign in; one who did is sent back at once."""
        parameters = Parameters.of(request.scope["query_string"].decode("latin-1"))
        known = (parameters.get("client_id"), parameters.get("redirect_uri")) == (CLIENT_ID, self.callback)
        if not known:
            return error_page("The client is not known here.")
        browser = self._browsers.session_of(request)
        if browser.signed_in:
            return self._send_back(parameters.get("state") or "")
        response = login_page(browser.hidden_fields(browser.keep(parameters.get("state") or "")))
        self._browsers.set_cookie(response, browser)
        return response

    async def login(self, request: Request) -> Response:
        """Take the account's name and password."""
        try:
            form = await read_form(request)
        except OAuthError as error:
            return error_page(error.description)
        browser, pending = self._browsers.session_of(request), form.get("request") or ""
        if not browser.shown(pending, form.get("csrf") or ""):
            return error_page("The form is out of date.", 403)
        if (form.get("username"), form.get("password")) != (USERNAME, PASSWORD):
            return login_page(browser.hidden_fields(pending), "The user name or the password is wrong.")
        response = self._send_back(browser.pending.pop(pending))
        self._browsers.set_cookie(response, self._browsers.sign_in(browser))
        return response

    def redeem(self, code: str) -> bool:
        """Whether a user signed in for this code, which works once. Stands for the proxy's token request."""
        known = code in self._codes
        self._codes.discard(code)
        return known

    def _send_back(self, state: str) -> Response:
        code = secrets.token_urlsafe(16)
        self._codes.add(code)
        return RedirectResponse(f"{self.callback}?{urlencode({'code': code, 'state': state})}", 302)
