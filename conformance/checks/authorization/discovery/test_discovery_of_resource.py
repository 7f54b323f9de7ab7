"""Where the protected-resource metadata of RFC 9728 is found, and how it is served."""

from conformance import Judge, requirement
from conformance.oauth.discovery import Discovery
from conformance.oauth.library import Library
from conformance.oauth.metadata import PROTECTED_RESOURCE, Document, resource_metadata_places
from conformance.survey import Survey
from conformance.wire.http import origin_of

NOWHERE = "/conformance-audit/no-such-endpoint"


@requirement("resource-metadata.discoverable")
def test_the_document_can_be_found_from_the_endpoint_alone(discovery: Discovery, judge: Judge) -> None:
    places = discovery.resource_documents
    seen = [f"{one.url}: {one.reply.summary}" for one in places] or "no answer"
    judge.that(any(one.content for one in places), expected="a JSON document at one of the places", observed=seen)
    if discovery.revision == "2025-06-18":
        named = any(one.content for one in places if one.found_by == "challenge")
        judge.that(named, expected="a JSON document at the place the challenge names", observed=seen)
    for place in places:
        judge.see(place)


@requirement("resource-metadata.path-inserted-location")
def test_the_document_is_at_the_place_made_of_the_endpoint(survey: Survey, library: Library, judge: Judge) -> None:
    urls = [resource_metadata_places(one, None)[0][1] for one in survey.addresses]
    looked = [library.look(url) for url in urls]
    place = next((one for one in looked if one and one.content), looked[0])
    expected = f"a JSON document at {' or '.join(urls)}"
    observed = place.reply.summary if place else "no answer"
    judge.that(bool(place and place.content), expected=expected, observed=observed, evidence=place)


@requirement("resource-metadata.served-as-json")
def test_the_document_is_served_as_json(resource_metadata: Document, judge: Judge) -> None:
    reply = resource_metadata.reply
    kind = reply.media_type
    judge.advise(not kind.endswith("+json"), expected="application/json itself", observed=kind, evidence=reply)
    plain = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    judge.that(plain, expected="media type application/json", observed=kind or "none", evidence=reply)
    redirect = resource_metadata.redirect
    observed = redirect.summary if redirect else reply.summary
    judge.advise(redirect is None, expected="HTTP 200 without a redirect", observed=observed, evidence=redirect)


@requirement("resource-metadata.open-access")
def test_the_document_is_readable_by_everybody(discovery: Discovery, judge: Judge) -> None:
    closed = [one for one in discovery.resource_documents if one.reply.status in (401, 403)]
    found = discovery.resource_document
    if not found and not closed:
        judge.not_applicable("there is no protected-resource metadata")
    seen = (found or closed[0]).reply
    judge.that(found is not None, expected="HTTP 200 without a token", observed=seen.summary, evidence=seen)


@requirement("resource-metadata.unknown-resource-not-described")
def test_no_document_describes_an_endpoint_that_does_not_exist(survey: Survey, library: Library, judge: Judge) -> None:
    place = library.look(origin_of(survey.endpoint) + PROTECTED_RESOURCE + NOWHERE)
    resource = str(place.content.get("resource", "")) if place else ""
    observed = f"a document for {resource}" if resource else place.reply.summary if place else "no answer"
    judge.that(NOWHERE not in resource, expected="no document for a made-up path", observed=observed, evidence=place)


@requirement("resource-metadata.authorization-servers-reachable")
def test_every_authorization_server_named_publishes_metadata(discovery: Discovery, judge: Judge) -> None:
    if discovery.fallback:
        judge.not_applicable("no authorization server is named")
    for server in discovery.servers:
        judge.that(
            server.document is not None,
            expected=f"metadata of {server.issuer}",
            observed=server.document.url if server.document else "none at any well-known URL",
        )
        for place in server.documents:
            judge.see(place)
