"""The protected-resource metadata of RFC 9728."""

from conformance import Judge, requirement
from conformance.oauth.metadata import PROTECTED_RESOURCE, Document, identifier_of
from conformance.schema import oauth_errors
from conformance.shapes import as_list
from conformance.survey import Survey
from conformance.wire.http import is_loopback, origin_of, split_url

ELSEWHERE = ("resource", "authorization_servers", "bearer_methods_supported")
"""Members judged by checks of their own, or allowed to be empty."""


def documents_of(survey: Survey) -> tuple[Document, ...]:
    """Every place where the document was looked for."""
    return survey.discovery.resource_documents if survey.discovery else ()


def document_of(survey: Survey) -> Document:
    """The document a client uses; the requirements here apply only where there is one."""
    found = survey.discovery.resource_document if survey.discovery else None
    assert found  # noqa: S101 - checked by the condition `prm`
    return found


def is_web_url(value: object) -> bool:
    """Whether a value is an absolute https URL without fragment; http is fine on loopback."""
    if not isinstance(value, str) or "#" in value:
        return False
    parts = split_url(value)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(value)))


@requirement("resource-metadata.discoverable")
def test_the_document_can_be_found_from_the_endpoint_alone(survey: Survey, judge: Judge) -> None:
    places = documents_of(survey)
    seen = [f"{one.url}: {one.reply.summary}" for one in places]
    judge.that(
        any(one.content for one in places),
        expected="a JSON document at one of the places",
        observed=seen or "no answer",
    )
    for place in places:
        judge.see(place)


@requirement("resource-metadata.served-as-json")
def test_the_document_is_served_as_json(survey: Survey, judge: Judge) -> None:
    reply = document_of(survey).reply
    kind = reply.media_type
    judge.advise(not kind.endswith("+json"), expected="application/json itself", observed=kind, evidence=reply)
    plain = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    judge.that(plain, expected="media type application/json", observed=kind or "none", evidence=reply)


@requirement("resource-metadata.resource-identifier-valid")
def test_the_resource_is_an_absolute_url_without_fragment(survey: Survey, judge: Judge) -> None:
    document = document_of(survey)
    resource = document.content.get("resource")
    judge.that(
        is_web_url(resource),
        expected="resource: absolute https URL, no fragment",
        observed=resource,
        evidence=document,
    )
    query = split_url(resource).query if isinstance(resource, str) else ""
    judge.advise(not query, expected="no query component", observed=query or "none", evidence=document)


@requirement("resource-metadata.resource-matches-well-known")
def test_the_resource_is_the_identifier_in_the_well_known_url(survey: Survey, judge: Judge) -> None:
    found = [one for one in documents_of(survey) if one.content and PROTECTED_RESOURCE in one.url]
    if not found:
        judge.not_applicable("no document was found at a well-known URL")
    for one in found:
        wanted, resource = identifier_of(one.url), one.content.get("resource")
        slash_only = isinstance(resource, str) and resource.rstrip("/") == wanted.rstrip("/") and resource != wanted
        bare_origin = slash_only and split_url(wanted).path in ("", "/")
        note = " (they differ by a trailing slash only)" if slash_only else ""
        judge.that(
            resource == wanted or bare_origin,
            expected=f"resource {wanted}",
            observed=f"{resource}{note}",
            evidence=one,
        )


@requirement("resource-metadata.resource-matches-endpoint")
def test_the_resource_is_the_url_the_client_called(survey: Survey, judge: Judge) -> None:
    document = next((one for one in documents_of(survey) if one.found_by == "challenge" and one.content), None)
    if not document:
        judge.not_applicable("the challenge led to no document")
    resource = document.content.get("resource")
    parent = isinstance(resource, str) and origin_of(resource) == origin_of(survey.endpoint) and "#" not in resource
    parent = parent and survey.endpoint.startswith(str(resource).rstrip("/") + "/")
    expected = f"resource {survey.endpoint}"
    judge.advise(resource == survey.endpoint or not parent, expected=expected, observed=resource, evidence=document)
    judge.that(resource == survey.endpoint or parent, expected=expected, observed=resource, evidence=document)


@requirement("resource-metadata.authorization-servers-present")
def test_an_authorization_server_is_named(survey: Survey, judge: Judge) -> None:
    document = document_of(survey)
    listed = document.content.get("authorization_servers")
    good = bool(as_list(listed)) and all(isinstance(one, str) for one in as_list(listed))
    judge.that(good, expected="authorization_servers: a list with an entry", observed=str(listed), evidence=document)


@requirement("resource-metadata.authorization-servers-reachable")
def test_every_authorization_server_named_publishes_metadata(survey: Survey, judge: Judge) -> None:
    discovery = survey.discovery
    if not discovery or discovery.fallback:
        judge.not_applicable("no authorization server is named")
    for server in discovery.servers:
        judge.that(
            server.document is not None,
            expected=f"metadata of {server.issuer}",
            observed=server.document.url if server.document else "none at any well-known URL",
        )
        for place in server.documents:
            judge.see(place)


@requirement("resource-metadata.no-empty-members")
def test_no_member_of_the_document_is_empty(survey: Survey, judge: Judge) -> None:
    document = document_of(survey)
    empty = [name for name, value in document.content.items() if value is None or value in ("", [])]
    empty = [name for name in empty if name not in ELSEWHERE]
    judge.that(
        not empty,
        expected="members without value left out",
        observed=empty or "none empty",
        evidence=document,
    )
    shape = oauth_errors("protected-resource-metadata", document.content)
    shape = [line for line in shape if not line.removeprefix("$.").startswith(tuple(f"{name}:" for name in ELSEWHERE))]
    judge.that(not shape, expected="members as RFC 9728 defines them", observed=shape or "all are", evidence=document)
