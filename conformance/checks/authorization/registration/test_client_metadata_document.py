"""Clients known by the URL of their metadata document: support, and what follows from a document that is in order."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.keyed import KeyedGrant
from conformance.oauth.document_clients import ADVERTISED, Asked, DocumentClients
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.redemption import Redemption
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.survey import Survey

FOR_KNOWN_HOSTS = ("trust", "not allowed", "policy", "allowlist", "whitelist")


def follow(judge: Judge, name: str, asked: Asked) -> None:
    """End the check where a login hides what the server thinks of the request."""
    if asked.undecided:
        judge.could_not_run(f"{name}: a login comes before the server looks at the document ({asked.summary})")


@requirement("client-metadata-document.supported")
def test_urls_of_metadata_documents_are_taken_as_client_ids(
    document_clients: DocumentClients, survey: Survey, judge: Judge
) -> None:
    value = document_clients.advertised
    document = survey.discovery and survey.discovery.server_document
    judge.that(bool(value), expected=f"{ADVERTISED}: true", observed=repr(value), evidence=document)


@requirement("client-metadata-document.advertised")
def test_support_is_advertised_by_a_boolean(document_clients: DocumentClients, survey: Survey, judge: Judge) -> None:
    value = document_clients.advertised
    judge.see(survey.discovery and survey.discovery.server_document)
    if not value:
        asked = document_clients.control
        if not asked.accepted:
            judge.not_applicable(f"nothing shows that documents are supported ({asked.summary})")
        judge.see(asked)
    judge.that(value is True, expected=f"{ADVERTISED}: true, a boolean", observed=repr(value))


@requirement("client-metadata-document.valid-document-accepted")
def test_a_document_in_order_makes_its_client_known(document_clients: DocumentClients, judge: Judge) -> None:
    asked = document_clients.control
    follow(judge, "a document in order", asked)
    if asked.answer.refused and any(word in asked.answer.page.lower() for word in FOR_KNOWN_HOSTS):
        judge.could_not_run(f"the server seems to admit known hosts only ({asked.summary})")
    judge.that(asked.accepted, expected="a consent page, or a login", observed=asked.summary, evidence=asked)
    if not document_clients.given:
        judge.that(asked.fetched, expected="a fetch of the document", observed=asked.summary, evidence=asked)


@pytest.fixture(scope="session")
def document_login(audit: Audit, document_clients: DocumentClients) -> TokenReply:
    """The redemption of a code that was issued to a client with a document. Costs one approval."""

    def log_in() -> TokenReply:
        oauth = audit.flow()
        return oauth.redeem(oauth.approve(document_clients.need_accepted().answer, of="metadata document"))

    return audit.once("login of a client with a metadata document", log_in)


@requirement("client-metadata-document.full-flow")
def test_a_client_with_a_document_gets_tokens(document_login: TokenReply, judge: Judge) -> None:
    got = document_login.access_token is not None
    judge.that(got, expected="an access token", observed=document_login.summary, evidence=document_login)


@requirement("client-metadata-document.unlisted-redirect-refused")
def test_a_redirect_uri_outside_the_document_is_refused(document_clients: DocumentClients, judge: Judge) -> None:
    listed = document_clients.need_accepted().client.redirect_uri
    for uri in (f"{listed}-elsewhere", "https://client.example/cb"):
        asked = document_clients.ask_to_redirect(uri)
        follow(judge, uri, asked)
        refused = asked.answer.kind == "refused"
        judge.that(refused, expected=f"{uri}: an error page, no redirect", observed=asked.summary, evidence=asked)


@requirement("client-metadata-document.loopback-port-ignored")
def test_the_port_of_a_loopback_redirect_uri_is_free(document_clients: DocumentClients, judge: Judge) -> None:
    document_clients.need_own()
    for host in ("127.0.0.1", "localhost"):
        hosted = document_clients.host(redirect_uris=[f"http://{host}/cb"])
        asked = document_clients.ask(hosted, redirect_uri=f"http://{host}:49152/cb")
        follow(judge, host, asked)
        if not asked.accepted:
            exact = document_clients.ask(hosted, redirect_uri=f"http://{host}/cb")
            if not exact.accepted:
                judge.could_not_run(f"http://{host}/cb is refused even as it is listed ({exact.summary})")
        judge.that(asked.accepted, expected=f"{host}: any port", observed=asked.summary, evidence=asked)


@pytest.fixture(scope="session")
def keyed_grant(audit: Audit, document_clients: DocumentClients, redemption: Redemption) -> KeyedGrant:
    """The code of a client whose document demands an assertion. Costs one approval."""
    document_clients.need_own()
    burns = redemption.burns
    return audit.once("keyed grant", lambda: KeyedGrant.perform(audit.flow(), document_clients, burns=burns))


@requirement("client-metadata-document.private-key-jwt-enforced")
def test_a_client_with_a_key_must_use_it(keyed_grant: KeyedGrant, judge: Judge) -> None:
    asked, tokens = keyed_grant.asked, keyed_grant.tokens
    follow(judge, "a document with a key", asked)
    if not tokens:
        judge.not_applicable(f"the server has no use for private_key_jwt ({asked.summary})")
    for name, reply in keyed_grant.attempts.items():
        if not reply.issued_token and not reply.refused:
            judge.could_not_run(f"{name}: neither accepted nor refused ({reply.summary})")
        judge.never(reply.issued_token, f"tokens with {name}", evidence=reply)
        fitting = reply.issued_token or reply.oauth_error == "invalid_client"
        judge.advise(fitting, expected=f"{name}: invalid_client", observed=reply.summary)
    judge.see(tokens)
    if not tokens.access_token:
        judge.could_not_run(f"a good assertion by the key at jwks_uri is refused too ({tokens.summary})")


@requirement("client-metadata-document.url-client-id-without-support")
def test_a_url_is_an_unknown_client_without_support(survey: Survey, oauth: OAuthFlow, judge: Judge) -> None:
    if survey.login is None or survey.login.response is None:
        judge.could_not_run("no known client got an answer either, so a refusal proves nothing")
    answer = oauth.ask(Client("https://client.example/client.json", oauth.redirect_uri))
    if answer.undecided:
        judge.could_not_run(f"a login comes before the server looks at the client ({answer.summary})")
    refused = answer.kind == "refused"
    judge.that(refused, expected="an error page, no redirect", observed=answer.summary, evidence=answer)
