"""Who the authorization server metadata says it is, and whether it is whole."""

from conformance import Judge, requirement
from conformance.judge import Severity
from conformance.oauth.discovery import Discovery
from conformance.oauth.library import Library
from conformance.oauth.metadata import Document, is_web_url
from conformance.shapes import as_list, as_object, is_array
from conformance.survey import Survey
from conformance.wire.http import NoAnswer, is_loopback, split_url

PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
"""Members of a key that nobody but its owner may know (RFC 7518 section 6)."""


@requirement("server-metadata.issuer-valid")
def test_the_issuer_is_a_url_without_query_and_fragment(server_metadata: Document, judge: Judge) -> None:
    issuer = server_metadata.content.get("issuer")
    good = is_web_url(issuer) and "?" not in str(issuer)
    expected = "issuer: https URL without query and fragment"
    judge.that(good, expected=expected, observed=issuer, evidence=server_metadata)


@requirement("server-metadata.issuer-matches")
def test_the_issuer_is_the_one_the_url_was_built_from(
    discovery: Discovery, server_metadata: Document, judge: Judge
) -> None:
    wanted, issuer = discovery.issuer, server_metadata.content.get("issuer")
    slash = isinstance(issuer, str) and issuer.rstrip("/") == wanted.rstrip("/") and issuer != wanted
    note = " (they differ by a trailing slash only, which some clients accept)" if slash else ""
    expected, observed = f"issuer {wanted}", f"{issuer}{note}"
    lenient = slash and discovery.fallback
    if lenient:
        judge.note("nobody names an issuer, so clients take the origin of the MCP server, some of them with a slash")
    severity: Severity = "advice" if lenient else "violation"
    judge.that(issuer == wanted, expected=expected, observed=observed, severity=severity, evidence=server_metadata)


@requirement("server-metadata.required-members")
def test_the_endpoints_and_response_types_are_named(server_metadata: Document, judge: Judge) -> None:
    content = server_metadata.content
    grants = content.get("grant_types_supported")
    headless = is_array(grants) and not {"authorization_code", "implicit"} & set(map(str, as_list(grants)))
    names = ["token_endpoint"] if headless else ["authorization_endpoint", "token_endpoint"]
    for name in names:
        value = content.get(name)
        absolute = isinstance(value, str) and bool(split_url(value).hostname)
        judge.that(absolute, expected=f"{name}: an absolute URL", observed=value, evidence=server_metadata)
    listed = content.get("response_types_supported")
    good = is_array(listed) and ("code" in as_list(listed) or headless)
    judge.that(good, expected="response_types_supported with code", observed=str(listed), evidence=server_metadata)


@requirement("server-metadata.registration-endpoint-published")
def test_the_registration_endpoint_is_published(discovery: Discovery, server_metadata: Document, judge: Judge) -> None:
    endpoint = discovery.endpoint("registration_endpoint")
    if not endpoint and discovery.revision >= "2025-11-25":
        judge.not_applicable("no dynamic registration is offered, which this revision leaves to the server")
    observed = endpoint or "absent"
    judge.that(bool(endpoint), expected="registration_endpoint", observed=observed, evidence=server_metadata)


@requirement("server-metadata.endpoints-https")
def test_every_address_in_the_metadata_is_https(survey: Survey, server_metadata: Document, judge: Judge) -> None:
    named = {name: value for name, value in server_metadata.content.items() if name.endswith(("_endpoint", "_uri"))}
    test_deployment = survey.endpoint.startswith("http:") and is_loopback(survey.endpoint)
    judged = {name: one for name, one in named.items() if not (test_deployment and is_loopback(str(one)))}
    if not judged:
        judge.not_applicable("the target is a test deployment on this machine")
    for name, value in judged.items():
        good = split_url(str(value)).scheme == "https"
        judge.that(good, expected=f"{name}: an https URL", observed=value, evidence=server_metadata)


@requirement("server-metadata.endpoints-without-fragment")
def test_no_endpoint_has_a_fragment(server_metadata: Document, judge: Judge) -> None:
    for name in ("authorization_endpoint", "token_endpoint"):
        value = str(server_metadata.content.get(name, "absent"))
        judge.that("#" not in value, expected=f"{name} without fragment", observed=value, evidence=server_metadata)


@requirement("server-metadata.no-empty-members")
def test_no_member_of_the_metadata_is_empty(server_metadata: Document, judge: Judge) -> None:
    content = server_metadata.content
    empty = [name for name, value in content.items() if value is None or value == []]
    expected = "members without value left out"
    judge.that(not empty, expected=expected, observed=empty or "none empty", evidence=server_metadata)
    strings = [name for name, value in content.items() if name.endswith("s_supported") and isinstance(value, str)]
    expected = "members with several values as arrays"
    judge.that(not strings, expected=expected, observed=strings or "all are", evidence=server_metadata)


@requirement("server-metadata.jwks-usable")
def test_the_published_keys_are_public(discovery: Discovery, library: Library, judge: Judge) -> None:
    url = discovery.endpoint("jwks_uri") or ""
    try:
        reply = library.get(url, "published keys", None)
    except NoAnswer as failure:
        judge.that(False, expected=f"a key set at {url}", observed=str(failure), evidence=failure)
        return
    keys = [as_object(one) for one in as_list(reply.json_object.get("keys"))]
    good = reply.status == 200 and is_array(reply.json_object.get("keys"))
    judge.that(good, expected=f"a key set at {url}", observed=reply.summary, evidence=reply)
    private = sorted({name for key in keys for name in PRIVATE if name in key})
    judge.never(private, f"the private members {', '.join(private) or 'of a key'} are published", evidence=reply)
