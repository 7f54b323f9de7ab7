"""What the authorization endpoint makes of the parameters of a request (OAuth 2.1 sections 3.1 and 4.1.1)."""

from conformance import Judge, requirement
from conformance.authorizations import OTHER_URI, UNKNOWN_CLIENT, Authorizations
from conformance.checks.authorization.authorization_endpoint.answers import granted, refused, served
from conformance.oauth.authorization import Changes

INVALID = ("invalid_request",)
NO_RESPONSE_TYPE = ("invalid_request", "unsupported_response_type")


@requirement("authorization-endpoint.get-supported")
def test_the_endpoint_answers_get(authorizations: Authorizations, judge: Judge) -> None:
    answer = authorizations.good(signed_in=False)
    first = answer.replies[0]
    good = first.status not in (404, 405) and answer.kind != "crash"
    judge.that(good, expected="a page or a redirect", observed=answer.summary, evidence=answer)
    if good:
        served(judge, answer)


@requirement("authorization-endpoint.unknown-client-not-redirected")
def test_an_unknown_client_gets_no_redirect(authorizations: Authorizations, judge: Judge) -> None:
    changes = {"client_id": UNKNOWN_CLIENT}
    refused(judge, authorizations.good(), authorizations.ask_each({"an unknown client_id": changes}))


@requirement("authorization-endpoint.missing-client-not-redirected")
def test_a_request_without_client_gets_no_redirect(authorizations: Authorizations, judge: Judge) -> None:
    requests: dict[str, Changes] = {"no client_id": {"client_id": None}, "an empty client_id": {"client_id": ""}}
    refused(judge, authorizations.good(), authorizations.ask_each(requests))
    for name, answer in authorizations.ask_each(requests):
        alive = answer.kind != "crash"
        judge.that(alive, expected=f"{name}: no server error", observed=answer.summary, evidence=answer)


@requirement("authorization-endpoint.missing-response-type-refused")
def test_a_request_without_response_type_is_refused(authorizations: Authorizations, judge: Judge) -> None:
    asked = authorizations.errors("no response_type")
    refused(judge, authorizations.good(), asked, authorizations.web.redirect_uris, errors=NO_RESPONSE_TYPE)


@requirement("authorization-endpoint.unsupported-response-type-refused")
def test_an_unknown_response_type_is_refused(authorizations: Authorizations, judge: Judge) -> None:
    asked = authorizations.errors("response_type bogus")
    refused(judge, authorizations.good(), asked, authorizations.web.redirect_uris, errors=NO_RESPONSE_TYPE)
    answer = authorizations.bogus
    judge.that(answer.kind != "crash", expected="no server error", observed=answer.summary, evidence=answer)


@requirement("authorization-endpoint.implicit-refused")
def test_no_access_token_comes_in_a_redirect(authorizations: Authorizations, judge: Judge) -> None:
    good, uris = authorizations.good(), authorizations.web.redirect_uris
    for name in ("token", "code token"):
        request: dict[str, Changes] = {f"response_type {name}": {"response_type": name}}
        answer = authorizations.ask(f"response_type {name}", {"response_type": name})
        location, evidence = answer.location, answer
        if answer.kind == "consent":
            evidence = authorizations.approved(f"response_type {name}", {"response_type": name}).response
            location = evidence.location
        elif answer.kind != "code":
            refused(judge, good, authorizations.ask_each(request), uris)
            continue
        judge.never("access_token=" in location, f"{name}: an access token was in the redirect", evidence=evidence)


@requirement("authorization-endpoint.unknown-parameters-ignored")
def test_unknown_parameters_are_ignored(authorizations: Authorizations, judge: Judge) -> None:
    answer = authorizations.ask("unknown parameters", {"x_unknown": "1", "resource_hint": "abc"})
    granted(judge, authorizations.good, "unknown parameters", answer, authorizations.bogus)


@requirement("authorization-endpoint.repeated-parameters-refused")
def test_repeated_parameters_are_refused(authorizations: Authorizations, judge: Judge) -> None:
    good, client = authorizations.good(), authorizations.web
    repeated: dict[str, Changes] = {
        "state repeated": {"state": ["one-state", "another-state"]},
        "code_challenge repeated": {"code_challenge": ["A" * 43, "B" * 43]},
        "response_type repeated": {"response_type": ["code", "code"]},
        "client_id repeated": {"client_id": [client.id, UNKNOWN_CLIENT]},
        "client_id repeated, the good one last": {"client_id": [UNKNOWN_CLIENT, client.id]},
    }
    asked = authorizations.ask_each(repeated)
    refused(judge, good, asked, client.redirect_uris, errors=INVALID, severity="advice")
    uris: dict[str, Changes] = {
        "redirect_uri repeated": {"redirect_uri": [client.redirect_uri, OTHER_URI]},
        "redirect_uri repeated, the good one last": {"redirect_uri": [OTHER_URI, client.redirect_uri]},
    }
    for name, answer in authorizations.ask_each(uris):
        judge.never(answer.destination.startswith(OTHER_URI), f"{name}: sent to {OTHER_URI}", evidence=answer)
    refused(judge, good, authorizations.ask_each(uris), client.redirect_uris, errors=INVALID, severity="advice")


@requirement("authorization-endpoint.empty-parameters-as-omitted")
def test_empty_parameters_count_as_left_out(authorizations: Authorizations, judge: Judge) -> None:
    served(judge, authorizations.good())
    pairs = {
        "scope and resource": (
            authorizations.bare,
            authorizations.ask("an empty scope and an empty resource", {"scope": "", "resource": ""}),
        ),
        "code_challenge": tuple(
            one for _, one in authorizations.errors("no code_challenge", "an empty code_challenge")
        ),
    }
    for name, (omitted, empty) in pairs.items():
        outcomes = [(one.accepted, one.undecided, one.kind == "crash") for one in (omitted, empty)]
        alike = outcomes[0] == outcomes[1]
        expected = f"an empty {name}: as without it ({omitted.summary})"
        judge.that(alike, expected=expected, observed=empty.summary, evidence=empty)
        judge.see(omitted)
    if all(one.undecided for pair in pairs.values() for one in pair):
        judge.could_not_run(f"a login comes first ({authorizations.good().summary})")
