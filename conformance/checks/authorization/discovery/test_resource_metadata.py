"""What the protected-resource metadata of RFC 9728 says."""

from conformance import Judge, requirement
from conformance.oauth import jwt
from conformance.oauth.discovery import Discovery
from conformance.oauth.library import Library
from conformance.oauth.metadata import PROTECTED_RESOURCE, Document, identifier_of, is_web_url
from conformance.schema import oauth_errors
from conformance.shapes import as_list
from conformance.survey import Survey
from conformance.wire.http import origin_of, split_url

ELSEWHERE = ("resource", "authorization_servers", "bearer_methods_supported")
"""Members judged by checks of their own, or allowed to be empty."""


@requirement("resource-metadata.resource-identifier-valid")
def test_the_resource_is_an_absolute_url_without_fragment(resource_metadata: Document, judge: Judge) -> None:
    resource = resource_metadata.content.get("resource")
    expected = "resource: absolute https URL, no fragment"
    judge.that(is_web_url(resource), expected=expected, observed=resource, evidence=resource_metadata)
    query = split_url(resource).query if isinstance(resource, str) else ""
    judge.advise(not query, expected="no query component", observed=query or "none", evidence=resource_metadata)


@requirement("resource-metadata.resource-matches-well-known")
def test_the_resource_is_the_identifier_in_the_well_known_url(discovery: Discovery, judge: Judge) -> None:
    found = [one for one in discovery.resource_documents if one.content and PROTECTED_RESOURCE in one.url]
    if not found:
        judge.not_applicable("no document was found at a well-known URL")
    for one in found:
        wanted, resource = identifier_of(one.url), one.content.get("resource")
        slash_only = isinstance(resource, str) and resource.rstrip("/") == wanted.rstrip("/") and resource != wanted
        bare_origin = slash_only and split_url(wanted).path in ("", "/")
        note = " (they differ by a trailing slash only)" if slash_only else ""
        good = resource == wanted or bare_origin
        judge.that(good, expected=f"resource {wanted}", observed=f"{resource}{note}", evidence=one)


@requirement("resource-metadata.resource-matches-endpoint")
def test_the_resource_is_the_url_the_client_called(survey: Survey, discovery: Discovery, judge: Judge) -> None:
    found = (one for one in discovery.resource_documents if one.found_by == "challenge" and one.content)
    document = next(found, None)
    if not document:
        judge.not_applicable("the challenge led to no document")
    resource = document.content.get("resource")
    parent = isinstance(resource, str) and origin_of(resource) == origin_of(survey.endpoint) and "#" not in resource
    parent = parent and survey.endpoint.startswith(str(resource).rstrip("/") + "/")
    expected, same = f"resource {' or '.join(survey.addresses)}", resource in survey.addresses
    judge.advise(same or not parent, expected=expected, observed=resource, evidence=document)
    judge.that(same or parent, expected=expected, observed=resource, evidence=document)


@requirement("resource-metadata.no-trailing-slash")
def test_the_resource_has_no_needless_trailing_slash(
    survey: Survey, resource_metadata: Document, library: Library, judge: Judge
) -> None:
    resource = str(resource_metadata.content.get("resource"))
    bare, needed = resource.rstrip("/"), False
    if resource.endswith("/") and resource == survey.endpoint and split_url(bare).path:
        without = library.http.post_json(bare, {}, channel="metadata", purpose="endpoint without trailing slash")
        needed = without.status in (404, 405) or without.redirect is not None
        judge.see(without)
    good = needed or not resource.endswith("/")
    judge.that(good, expected="no trailing slash", observed=resource, evidence=resource_metadata)


@requirement("resource-metadata.authorization-servers-present")
def test_an_authorization_server_is_named(resource_metadata: Document, judge: Judge) -> None:
    listed = resource_metadata.content.get("authorization_servers")
    good = bool(as_list(listed)) and all(isinstance(one, str) for one in as_list(listed))
    expected = "authorization_servers: a list with an entry"
    judge.that(good, expected=expected, observed=str(listed), evidence=resource_metadata)


@requirement("resource-metadata.authorization-servers-are-issuers")
def test_authorization_servers_are_named_by_their_issuers(resource_metadata: Document, judge: Judge) -> None:
    listed = as_list(resource_metadata.content.get("authorization_servers"))
    if not listed:
        judge.not_applicable("no authorization server is named")
    for one in listed:
        good = is_web_url(one) and "?" not in one and "/.well-known/" not in one
        expected = "an https URL without query, fragment and well-known path"
        judge.that(good, expected=expected, observed=str(one), evidence=resource_metadata)


@requirement("resource-metadata.scopes-published")
def test_the_scopes_of_the_resource_are_published(
    discovery: Discovery, resource_metadata: Document, judge: Judge
) -> None:
    listed = resource_metadata.content.get("scopes_supported")
    asked = discovery.challenge.get("scope") if discovery.challenge else None
    used = asked or as_list(discovery.server_metadata.get("scopes_supported"))
    if listed is None and not used:
        judge.not_applicable("no scopes are named anywhere")
    good = bool(as_list(listed)) and all(isinstance(one, str) and one and " " not in one for one in as_list(listed))
    observed = "absent" if listed is None else str(listed)
    judge.that(good, expected="scopes_supported: a list of scopes", observed=observed, evidence=resource_metadata)


@requirement("resource-metadata.no-offline-access")
def test_offline_access_is_no_scope_of_the_resource(resource_metadata: Document, judge: Judge) -> None:
    listed = as_list(resource_metadata.content.get("scopes_supported"))
    good = "offline_access" not in listed
    judge.that(good, expected="no offline_access", observed=listed or "no scopes", evidence=resource_metadata)


@requirement("resource-metadata.header-method-advertised")
def test_tokens_are_taken_from_the_header_and_not_from_the_address(resource_metadata: Document, judge: Judge) -> None:
    listed = resource_metadata.content.get("bearer_methods_supported")
    good = listed is None or ("header" in as_list(listed) and "query" not in as_list(listed))
    observed = "absent" if listed is None else str(listed)
    judge.that(good, expected="header, and not query", observed=observed, evidence=resource_metadata)


@requirement("resource-metadata.no-empty-members")
def test_no_member_of_the_document_is_empty(resource_metadata: Document, judge: Judge) -> None:
    content = resource_metadata.content
    empty = [name for name, value in content.items() if value is None or value in ("", [])]
    empty = [name for name in empty if name not in ELSEWHERE]
    expected = "members without value left out"
    judge.that(not empty, expected=expected, observed=empty or "none empty", evidence=resource_metadata)
    shape = oauth_errors("protected-resource-metadata", content)
    shape = [line for line in shape if not line.removeprefix("$.").startswith(tuple(f"{name}:" for name in ELSEWHERE))]
    expected = "members as RFC 9728 defines them"
    judge.that(not shape, expected=expected, observed=shape or "all are", evidence=resource_metadata)


@requirement("resource-metadata.signed-metadata-valid")
def test_signed_metadata_is_signed(resource_metadata: Document, judge: Judge) -> None:
    signed = resource_metadata.content.get("signed_metadata")
    if signed is None:
        judge.not_applicable("there is no signed_metadata")
    token = jwt.read(signed) if isinstance(signed, str) else None
    algorithm, issuer = (token.header.get("alg"), token.claims.get("iss")) if token else (None, None)
    good = isinstance(algorithm, str) and algorithm.lower() != "none" and isinstance(issuer, str) and bool(issuer)
    observed = f"alg {algorithm}, iss {issuer}" if token else "no readable JWT"
    judge.that(good, expected="a signed JWT with iss", observed=observed, evidence=resource_metadata)
    nested = bool(token and "signed_metadata" in token.claims)
    judge.never(nested, "signed_metadata stands within itself", evidence=resource_metadata)


@requirement("resource-metadata.cross-listed-by-server")
def test_the_authorization_server_lists_the_resource(
    discovery: Discovery, resource_metadata: Document, judge: Judge
) -> None:
    listed = discovery.server_metadata.get("protected_resources")
    if listed is None:
        judge.not_applicable("the server metadata has no protected_resources")
    resource = resource_metadata.content.get("resource")
    expected, evidence = f"protected_resources with {resource}", discovery.server_document
    judge.that(resource in as_list(listed), expected=expected, observed=str(listed), evidence=evidence)
