"""The pages a user sees while logging in, and those shown where nothing can be redirected."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, Response

from conformance.reference.faults import Faults

USERNAME = "alice"
PASSWORD = "wonderland"  # noqa: S105  the demonstration account, shown on the login page

SHORT_LIFETIME = 5
"""Seconds for which an access token works where the user wants it so."""

_FRAMES, _POLICY = "X-Frame-Options", "Content-Security-Policy"
_HEADERS = {
    "Cache-Control": "no-store",
    _POLICY: "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    _FRAMES: "DENY",
}
_LAYOUT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem; }}
label, input, select {{ display: block; width: 100%; box-sizing: border-box; }}
input, select {{ font: inherit; padding: .4rem; margin-bottom: 1rem; }}
button {{ font: inherit; padding: .5rem 1.25rem; margin-right: .5rem; }}
dt {{ font-weight: 600; }}
dd {{ margin: 0 0 .5rem; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_LAYOUT.format(title=escape(title), body=body), status, _HEADERS)


def _hidden(fields: Mapping[str, str]) -> str:
    return "\n".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in fields.items())


def login_page(hidden: Mapping[str, str], complaint: str = "") -> HTMLResponse:
    """The form asking for the demonstration account; `complaint` says why it is shown again (status 403)."""
    alert = f'<p role="alert">{escape(complaint)}</p>' if complaint else ""
    body = f"""{alert}
<p>This is a demonstration. The user name is <strong>{USERNAME}</strong>,
the password <strong>{PASSWORD}</strong>.</p>
<form method="post" action="login">
{_hidden(hidden)}
<label for="username">User name</label>
<input id="username" name="username" autocomplete="username" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>"""
    return _page("Sign in", body, 403 if complaint else 200)


def consent_page(
    hidden: Mapping[str, str], client_name: str, redirect_uri: str, resources: list[str], scope: str
) -> HTMLResponse:
    """The question whether a client may act for the user: who asks, for what, where the answer goes.

    `client_name` is HTML.
    """
    name = client_name or "A client without a name"
    parts = urlsplit(redirect_uri)
    target = parts.netloc or f"{parts.scheme}:"
    listed = "".join(f"<dd>{escape(resource)}</dd>" for resource in resources)
    body = f"""<p><strong>{name}</strong> asks to act for you. Anybody can choose this name.</p>
<dl>
<dt>Server</dt>{listed}
<dt>Permission</dt><dd>{escape(scope)}</dd>
<dt>You will be sent to</dt><dd>{escape(target)}</dd>
</dl>
<form method="post" action="consent">
{_hidden(hidden)}
<label for="lifetime">Each access token works for</label>
<select id="lifetime" name="lifetime">
<option value="usual" selected>as long as usual</option>
<option value="{SHORT_LIFETIME}">five seconds, to see it end</option>
</select>
<button type="submit" name="decision" value="approve">Approve</button>
<button type="submit" name="decision" value="deny">Deny</button>
</form>"""
    return _page("Allow access?", body)


def error_page(reason: str, status: int = 400, shown: str = "") -> HTMLResponse:
    """A refusal that must not be redirected (RFC 6749 section 4.1.2.1); `shown` is HTML."""
    return _page("This request cannot be served", f"<p>{escape(reason)} {shown}</p>", status)


def account_page(faults: Faults, username: str) -> HTMLResponse:
    """Where users connect an account, which nobody is signed in to see."""
    if faults.active("page-open-to-strangers"):
        return _page("Your accounts", f"<p>{escape(username)} has connected one account.</p>")
    return error_page("Only the user for whom this page was made can open it.", 403)


def with_frame_faults(response: Response, faults: Faults) -> Response:
    """The response, without one of the headers that keep pages out of frames where a fault drops it."""
    if _FRAMES in response.headers and faults.active("frames-allowed"):
        del response.headers[_FRAMES]
        response.headers[_POLICY] = response.headers[_POLICY].replace("frame-ancestors 'none'", "frame-ancestors *")
    if _POLICY in response.headers and faults.active("content-security-policy-missing"):
        del response.headers[_POLICY]
    return response
