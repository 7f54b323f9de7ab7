"""The authorization server metadata of RFC 8414 and OpenID Connect Discovery."""

from conformance import Judge, requirement
from conformance.checks.authorization.test_resource_metadata import is_web_url
from conformance.oauth.metadata import Document
from conformance.shapes import as_list, is_array
from conformance.survey import Survey
from conformance.wire.http import split_url


def document_of(survey: Survey) -> Document:
    """The metadata a client uses; the requirements here apply only where there is some."""
    found = survey.discovery.server_document if survey.discovery else None
    assert found  # noqa: S101 - checked by the condition `as_metadata`
    return found


@requirement("server-metadata.available")
def test_the_authorization_server_publishes_metadata(survey: Survey, judge: Judge) -> None:
    places = survey.discovery.server.documents if survey.discovery else ()
    found = next((one for one in places if one.content), None)
    seen = [f"{one.url}: {one.reply.summary}" for one in places]
    judge.that(found is not None, expected="a JSON document at a well-known URL", observed=seen or "no answer")
    if found and survey.discovery and survey.discovery.revision == "2025-06-18":
        judge.that(
            found.found_by == "RFC 8414",
            expected="RFC 8414 metadata",
            observed=found.found_by,
            evidence=found,
        )
    for place in places:
        judge.see(place)


@requirement("server-metadata.status-and-type")
def test_the_metadata_is_served_as_json(survey: Survey, judge: Judge) -> None:
    reply = document_of(survey).reply
    kind = reply.media_type or "none"
    judge.that(kind == "application/json", expected="media type application/json", observed=kind, evidence=reply)


@requirement("server-metadata.issuer-valid")
def test_the_issuer_is_a_url_without_query_and_fragment(survey: Survey, judge: Judge) -> None:
    document = document_of(survey)
    issuer = document.content.get("issuer")
    good = is_web_url(issuer) and "?" not in str(issuer)
    judge.that(good, expected="issuer: https URL without query and fragment", observed=issuer, evidence=document)


@requirement("server-metadata.issuer-matches")
def test_the_issuer_is_the_one_the_url_was_built_from(survey: Survey, judge: Judge) -> None:
    document = document_of(survey)
    wanted = survey.discovery.issuer if survey.discovery else ""
    issuer = document.content.get("issuer")
    slash = isinstance(issuer, str) and issuer.rstrip("/") == wanted.rstrip("/") and issuer != wanted
    note = " (they differ by a trailing slash only, which some clients accept)" if slash else ""
    judge.that(issuer == wanted, expected=f"issuer {wanted}", observed=f"{issuer}{note}", evidence=document)


@requirement("server-metadata.required-members")
def test_the_endpoints_and_response_types_are_named(survey: Survey, judge: Judge) -> None:
    document = document_of(survey)
    grants = document.content.get("grant_types_supported")
    headless = is_array(grants) and not {"authorization_code", "implicit"} & set(map(str, as_list(grants)))
    names = ["token_endpoint"] if headless else ["authorization_endpoint", "token_endpoint"]
    for name in names:
        value = document.content.get(name)
        absolute = isinstance(value, str) and bool(split_url(value).hostname)
        judge.that(absolute, expected=f"{name}: an absolute URL", observed=value, evidence=document)
    listed = document.content.get("response_types_supported")
    good = is_array(listed) and ("code" in as_list(listed) or headless)
    judge.that(good, expected="response_types_supported with code", observed=str(listed), evidence=document)


@requirement("server-metadata.pkce-methods-published")
def test_s256_is_published(survey: Survey, judge: Judge) -> None:
    document = document_of(survey)
    listed = document.content.get("code_challenge_methods_supported")
    good = "S256" in as_list(listed)
    judge.that(
        good,
        expected="code_challenge_methods_supported with S256",
        observed=str(listed or "absent"),
        evidence=document,
    )


@requirement("server-metadata.plain-not-published")
def test_plain_is_not_published(survey: Survey, judge: Judge) -> None:
    document = document_of(survey)
    listed = as_list(document.content.get("code_challenge_methods_supported"))
    if not listed:
        judge.not_applicable("no challenge methods are published")
    judge.that("plain" not in listed, expected="no plain among the methods", observed=str(listed), evidence=document)


@requirement("server-metadata.no-empty-members")
def test_no_member_of_the_metadata_is_empty(survey: Survey, judge: Judge) -> None:
    document = document_of(survey)
    empty = [name for name, value in document.content.items() if value is None or value == []]
    judge.that(
        not empty,
        expected="members without value left out",
        observed=empty or "none empty",
        evidence=document,
    )
