"""What users see at the authorization endpoint (OAuth 2.1 sections 7.5.4 and 7.10 to 7.12)."""

from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import NoReturn

from conformance import Judge, requirement
from conformance.authorizations import HOSTILE_NAME, MARK, UNKNOWN_CLIENT, Authorizations
from conformance.checks.authorization.authorization_endpoint.answers import served
from conformance.oauth.authorization import Changes, is_page, kind_of_page
from conformance.oauth.flow import OAuthFlow
from conformance.survey import Survey
from conformance.wire.http import Reply, origin_of

ANYWHERE = ("*", "http:", "https:")
AN_ERROR = "an error page"
NAMES = {"login": "a login page", "consent": "a consent page"}


def trail(survey: Survey) -> tuple[Reply, ...]:
    """Every answer on the way of the survey's login; empty where a person's own browser went it."""
    response = survey.login.response if survey.login else None
    return response.trail if response else ()


def pages(authorizations: Authorizations, survey: Survey) -> Iterator[tuple[str, Reply]]:
    """The pages of the authorization server that were shown, by what they are."""
    shown = [*authorizations.good(signed_in=False).replies, *authorizations.good().replies, *trail(survey)]
    unknown = authorizations.ask("an unknown client_id", {"client_id": UNKNOWN_CLIENT})
    home = origin_of(authorizations.oauth.endpoint("authorization_endpoint"))
    met: list[tuple[str, str]] = []
    for reply in (*shown, *unknown.replies):
        page = (kind_of_page(reply), reply.url.partition("?")[0])
        if is_page(reply) and reply.redirect is None and origin_of(reply.url) == home and page not in met:
            met.append(page)
            yield NAMES.get(page[0], AN_ERROR), reply


def frame_ancestors(page: Reply) -> list[str] | None:
    """Who may frame a page by its Content Security Policy; None where that does not say."""
    for policy in page.header_all("content-security-policy"):
        for directive in policy.split(";"):
            words = directive.split()
            if words and words[0].lower() == "frame-ancestors":
                return [word.lower() for word in words[1:]]
    return None


def without_pages(survey: Survey, judge: Judge) -> NoReturn:
    """End a check on pages where none was seen."""
    if trail(survey):
        judge.not_applicable("the authorization server shows no page of its own")
    judge.could_not_run("no page of the authorization server was seen")


@requirement("authorization-endpoint.clickjacking-prevented")
def test_pages_cannot_be_framed(authorizations: Authorizations, survey: Survey, judge: Judge) -> None:
    for name, page in pages(authorizations, survey):
        ancestors, options = frame_ancestors(page), (page.header("x-frame-options") or "").strip().upper()
        limited = ancestors is not None and not set(ancestors) & set(ANYWHERE)
        safe = limited if ancestors is not None else options in ("DENY", "SAMEORIGIN")
        observed = f"frame-ancestors {ancestors}, X-Frame-Options {options or 'absent'}"
        weight = "advice" if name == AN_ERROR else "violation"
        judge.that(safe, expected=f"{name}: not framed", observed=observed, severity=weight, evidence=page)
    if not judge.observations:
        without_pages(survey, judge)


@requirement("authorization-endpoint.csp-used")
def test_pages_have_a_content_security_policy(authorizations: Authorizations, survey: Survey, judge: Judge) -> None:
    for name, page in pages(authorizations, survey):
        named = frame_ancestors(page) is not None
        policy = page.header("content-security-policy") or "none"
        judge.that(named, expected=f"{name}: a policy with frame-ancestors", observed=policy, evidence=page)
    if not judge.observations:
        without_pages(survey, judge)


@requirement("authorization-endpoint.no-307-redirect")
def test_a_submitted_form_is_not_redirected_with_307(
    authorizations: Authorizations, survey: Survey, judge: Judge
) -> None:
    ways = [trail(survey), *(grant.response.trail for grant in authorizations.denials)]
    for reply in (one for way in ways for one in way):
        if reply.method == "POST" and reply.redirect is not None:
            good = reply.status not in (307, 308)
            judge.that(good, expected="302 or 303", observed=f"HTTP {reply.status}", evidence=reply)
    if not judge.observations and not any(ways):
        judge.could_not_run("the login went through a browser of somebody else")
    if not judge.observations:
        judge.not_applicable("no form was answered with a redirect")


@requirement("authorization-endpoint.no-redirect-before-user-authentication")
def test_nobody_is_sent_away_before_signing_in(authorizations: Authorizations, judge: Judge) -> None:
    changes = {"response_type": "bogus"}
    answer = authorizations.ask("response_type bogus", changes, signed_in=False)
    expected = "an error page or a login page"
    judge.advise(not answer.redirected, expected=expected, observed=answer.summary, evidence=answer)


class Injected(HTMLParser):
    """Looks for an attribute named `MARK`."""

    found = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for every element."""
        self.found = self.found or any(name == MARK for name, _ in attrs)


def injected(page: str) -> bool:
    """Whether an element or an attribute out of a value got into a page."""
    parser = Injected()
    parser.feed(page)
    parser.close()
    return parser.found or f"<b {MARK}=" in page


@requirement("authorization-endpoint.escapes-request-values")
def test_values_of_the_request_are_escaped(authorizations: Authorizations, judge: Judge) -> None:
    served(judge, authorizations.good())
    markup, split = f"{MARK}\" {MARK}=1 ' {MARK}=1 <b {MARK}=1>", "a\r\nX-Test: 1"
    requests: dict[str, Changes] = {
        "markup in state and login_hint": {"state": markup, "login_hint": markup, "nonce": markup},
        "markup in scope": {"scope": markup},
        "markup in client_id": {"client_id": markup},
        "markup in redirect_uri": {"redirect_uri": f"https://client.example/{markup}"},
        "a line break in state": {"state": split, "response_type": "bogus"},
        "a line break in redirect_uri": {"redirect_uri": f"https://client.example/{split}"},
    }
    answers = [(one, authorizations.ask(one, changes)) for one, changes in requests.items()]
    login = "markup in state and login_hint"
    answers.append((f"{login}, signed out", authorizations.ask(login, requests[login], signed_in=False)))
    for one, answer in answers:
        for reply in answer.replies:
            page = reply.body.decode("utf-8", "replace") if is_page(reply) else ""
            safe = not injected(page) and reply.header("x-test") is None
            judge.that(safe, expected=f"{one}: escaped", observed="so" if safe else "as sent", evidence=reply)


def shown(replies: Iterable[Reply]) -> list[Reply]:
    """Those that a browser showed."""
    return [reply for reply in replies if is_page(reply) and reply.redirect is None]


@requirement("authorization-endpoint.escapes-client-metadata")
def test_the_name_of_a_client_is_escaped(authorizations: Authorizations, judge: Judge) -> None:
    client = authorizations.hostile
    pages = shown(reply for grant in authorizations.denials for reply in grant.response.trail)
    if not any(kind_of_page(page) == "consent" for page in pages):
        pages += shown(authorizations.good(client).replies)
    for page in pages:
        raw = HOSTILE_NAME in page.body.decode("utf-8", "replace")
        judge.that(not raw, expected="the name escaped", observed="as registered" if raw else "so", evidence=page)
    if not judge.violated and not any(kind_of_page(page) == "consent" for page in pages):
        if authorizations.denials:
            judge.not_applicable("the server asks nobody for consent")
        judge.could_not_run(f"no consent page was seen ({authorizations.good(client).summary})")


@requirement("authorization-endpoint.no-silent-repeat-approval")
def test_a_repeated_request_is_asked_about_again(late: None, oauth: OAuthFlow, survey: Survey, judge: Judge) -> None:
    client = survey.login.client if survey.login else None
    if not client or not trail(survey):
        judge.could_not_run("nobody logged in with the audit's own browser")
    if not client.public:
        judge.not_applicable("the client proves its identity with a secret")
    answer = oauth.ask(client, purpose="authorization request of a client that was approved before")
    served(judge, answer)
    silent = answer.kind == "code"
    if silent and client.redirect_uri.startswith("https:"):
        judge.not_applicable("a claimed https redirect URI may prove the client's identity")
    judge.that(not silent, expected="a page that asks again", observed=answer.summary, evidence=answer)


@requirement("authorization-endpoint.consent-per-client")
def test_a_proxy_asks_about_each_client(oauth: OAuthFlow, authorizations: Authorizations, judge: Judge) -> None:
    purpose = "authorization request of a client nobody approved, followed to the third party"
    answer = oauth.ask(authorizations.web, purpose=purpose, anywhere=True)
    served(judge, answer)
    judge.that(answer.kind != "code", expected="a page that asks", observed=answer.summary, evidence=answer)
