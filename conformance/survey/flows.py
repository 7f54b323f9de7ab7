"""OAuth steps against the authorization server that the survey found."""

from conformance.oauth.browser import Browser
from conformance.oauth.consent import (
    AutomaticConsent,
    ConsentDriver,
    NoConsent,
    NoUser,
    PersonConsent,
)
from conformance.oauth.discovery import Discovery
from conformance.oauth.flow import OAuthFlow
from conformance.settings import Settings
from conformance.shapes import as_list
from conformance.survey.record import Survey
from conformance.survey.steps import Say
from conformance.verdict import CouldNotRun
from conformance.wire.http import HttpClient, origin_of


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
    usable = isinstance(named, str) and "#" not in named and origin_of(named) == origin_of(survey.target)
    return named if isinstance(named, str) and usable else survey.target


def _scope(discovery: Discovery) -> str | None:
    """What to ask for, as revision 2025-11-25 has it: scope of the challenge, else all of the resource's."""
    asked = discovery.challenge.get("scope") if discovery.challenge else None
    if asked:
        return asked
    document = discovery.resource_document
    listed = document.content.get("scopes_supported") if document else None
    words = [one for one in as_list(listed) if isinstance(one, str)]
    return " ".join(words) or None
