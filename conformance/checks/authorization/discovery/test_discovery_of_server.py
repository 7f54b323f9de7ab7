"""Where the authorization server metadata is found, and how it is served."""

from conformance import Judge, requirement
from conformance.oauth.discovery import Discovery
from conformance.oauth.library import Library
from conformance.oauth.metadata import (
    AUTHORIZATION_SERVER,
    OPENID_CONFIGURATION,
    Document,
    openid_places,
    server_metadata_places,
)
from conformance.survey import Survey
from conformance.wire.http import NoAnswer, origin_of, split_url

COMPARED = ("issuer", "authorization_endpoint", "token_endpoint", "registration_endpoint")


@requirement("server-metadata.available")
def test_the_authorization_server_publishes_metadata(discovery: Discovery, judge: Judge) -> None:
    places, found = discovery.server.documents, discovery.server_document
    seen = [f"{one.url}: {one.reply.summary}" for one in places] or "no answer"
    judge.that(found is not None, expected="a JSON document at a well-known URL", observed=seen)
    if found and discovery.revision in ("2025-03-26", "2025-06-18"):
        plain = found.found_by == "RFC 8414"
        judge.that(plain, expected="RFC 8414 metadata", observed=found.found_by, evidence=found)
    for place in places:
        judge.see(place)


@requirement("server-metadata.base-url-location")
def test_the_metadata_is_at_the_root_of_the_endpoints_origin(
    survey: Survey, discovery: Discovery, library: Library, judge: Judge
) -> None:
    base, path = origin_of(survey.endpoint), split_url(survey.endpoint).path.rstrip("/")
    root = library.look(base + AUTHORIZATION_SERVER)
    below = [base + AUTHORIZATION_SERVER + path, base + path + AUTHORIZATION_SERVER] if path else []
    elsewhere = discovery.server_document or next(iter(library.all([("below the root", url) for url in below])), None)
    found = bool(root and root.content)
    if not found and not elsewhere:
        judge.not_applicable("there is no authorization server metadata")
    expected = f"a JSON document at {base}{AUTHORIZATION_SERVER}"
    observed = expected if found or not elsewhere else f"one at {elsewhere.url}"
    if discovery.resource_document:
        judge.advise(found, expected=expected, observed=observed, evidence=elsewhere)
    else:
        judge.that(found, expected=expected, observed=observed, evidence=elsewhere)


@requirement("server-metadata.default-endpoints")
def test_a_server_without_metadata_has_the_default_endpoints(
    discovery: Discovery, library: Library, judge: Judge
) -> None:
    base, http = discovery.issuer, library.http
    fields = {"grant_type": "authorization_code", "code": "no-such-code", "client_id": "no-such-client"}
    token = http.post_form(base + "/token", fields, channel="oauth", purpose="default token endpoint")
    page = http.get(base + "/authorize", channel="consent", purpose="default authorization endpoint")
    for reply in (token, page):
        if reply.status >= 500 or reply.status == 429:
            judge.could_not_run(f"{reply.url} answers {reply.summary}")
        there = reply.status not in (404, 405, 410)
        judge.that(there, expected=f"an endpoint at {reply.url}", observed=reply.summary, evidence=reply)
    oauth = token.status in (400, 401) and isinstance(token.json_object.get("error"), str)
    judge.that(oauth, expected="an OAuth error of the token endpoint", observed=token.summary, evidence=token)


@requirement("server-metadata.path-insertion")
def test_the_metadata_of_an_issuer_with_a_path_is_where_clients_look_first(
    discovery: Discovery, library: Library, judge: Judge
) -> None:
    wanted = server_metadata_places(discovery.issuer)[0][1]
    inserted = library.look(wanted)
    appended = library.look(discovery.issuer.rstrip("/") + AUTHORIZATION_SERVER)
    found = bool(inserted and inserted.content)
    if not found and not (appended and appended.content):
        judge.not_applicable("there is no RFC 8414 metadata of the issuer")
    observed = wanted if found or not appended else f"a document at {appended.url}"
    judge.that(found, expected=f"a JSON document at {wanted}", observed=observed, evidence=inserted)


@requirement("server-metadata.oidc-path-appended")
def test_an_openid_configuration_is_below_the_issuer(discovery: Discovery, library: Library, judge: Judge) -> None:
    url = discovery.issuer.rstrip("/") + OPENID_CONFIGURATION
    place = library.look(url)
    observed = place.reply.summary if place else "no answer"
    judge.that(bool(place and place.content), expected=f"a JSON document at {url}", observed=observed, evidence=place)


@requirement("server-metadata.oidc-required-members")
def test_an_openid_configuration_has_what_openid_connect_requires(
    discovery: Discovery, library: Library, judge: Judge
) -> None:
    documents = library.all(openid_places(discovery.issuer))
    if not documents:
        judge.could_not_run("no OpenID configuration was found")
    required = ["issuer", "authorization_endpoint", "jwks_uri", "response_types_supported"]
    required += ["subject_types_supported", "id_token_signing_alg_values_supported"]
    for document in documents:
        missing = [name for name in required if not document.content.get(name)]
        expected = "every member that OpenID Connect requires"
        judge.that(not missing, expected=expected, observed=missing or "all there", evidence=document)


@requirement("server-metadata.variants-agree")
def test_all_variants_of_the_metadata_agree(discovery: Discovery, library: Library, judge: Judge) -> None:
    found = library.all(server_metadata_places(discovery.issuer))
    if len(found) < 2:
        judge.not_applicable("metadata is at one place only")
    for other in found[1:]:
        for name in COMPARED:
            one, two = found[0].content.get(name), other.content.get(name)
            judge.that(one == two, expected=f"{name} {one}", observed=f"{two} at {other.url}", evidence=other)


@requirement("server-metadata.status-and-type")
def test_the_metadata_is_served_as_json(server_metadata: Document, judge: Judge) -> None:
    reply, redirect = server_metadata.reply, server_metadata.redirect
    kind = reply.media_type or "none"
    judge.that(kind == "application/json", expected="media type application/json", observed=kind, evidence=reply)
    observed = redirect.summary if redirect else reply.summary
    judge.advise(redirect is None, expected="HTTP 200 without a redirect", observed=observed, evidence=redirect)


@requirement("server-metadata.open-access")
def test_the_metadata_is_readable_by_everybody(discovery: Discovery, library: Library, judge: Judge) -> None:
    document = discovery.server_document
    closed = [one for one in discovery.server.documents if one.reply.status in (401, 403)]
    if not document and not closed:
        judge.not_applicable("there is no authorization server metadata")
    if not document:
        judge.that(False, expected="HTTP 200 without a token", observed=closed[0].reply.summary, evidence=closed[0])
        return
    for version in (None, "2025-03-26"):
        try:
            reply = library.get(document.reply.url or document.url, "metadata by version header", version)
        except NoAnswer as failure:
            judge.could_not_run(str(failure))
        expected = f"HTTP 200 {f'with MCP-Protocol-Version {version}' if version else 'without version header'}"
        judge.that(reply.status == 200, expected=expected, observed=reply.summary, evidence=reply)
