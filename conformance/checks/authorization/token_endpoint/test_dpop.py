"""Tokens bound to a key, and the proof that their sender holds it (RFC 9449)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.binding import NO_PROOF, Binding
from conformance.ceremony.possession import AGES, DEFECTS, OTHER_KEY, Possession, Refreshing, Use
from conformance.oauth.dpop import challenges, wants_nonce
from conformance.probe import Probe
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.wire.http import Reply


@pytest.fixture(scope="session")
def possession(audit: Audit) -> Possession:
    """A token bound to a key, obtained, used and refreshed once for all checks."""
    probe = Probe(audit.need_survey(), audit.http)
    return audit.once("possession", lambda: Possession.perform(audit.flow(), probe))


def bound(possession: Possession, judge: Judge) -> Binding:
    """The redemption that gave a bound token, where one did."""
    binding = possession.binding
    judge.see(binding.accepted)
    if not binding.accepted.access_token:
        judge.could_not_run(f"the redemption with a good proof failed too ({binding.accepted.summary})")
    if not binding.bound:
        judge.not_applicable("the token endpoint takes no proof up: it issues bearer tokens")
    return binding


def used(possession: Possession, judge: Judge) -> Use:
    """What the MCP server said to the bound token, where it accepts it at all."""
    bound(possession, judge)
    assert possession.use  # noqa: S101 - there is a bound token
    if not possession.use.admitted:
        judge.could_not_run(f"the bound token is refused with a good proof too ({possession.use.accepted.summary})")
    judge.see(possession.use.accepted)
    return possession.use


def refused(judge: Judge, name: str, reply: Reply) -> None:
    """Judge that the MCP server turned a request down for want of a good proof."""
    if wants_nonce(reply):
        judge.could_not_run(f"the server goes on asking for a nonce after {name}")
    if not reply.ok and not 400 <= reply.status < 404:
        judge.could_not_run(f"{name} is neither served nor refused ({reply.summary})")
    judge.that(not reply.ok, expected=f"{name}: refused", observed=reply.summary, evidence=reply)
    judge.advise(reply.ok or reply.status == 401, expected=f"{name}: HTTP 401", observed=reply.summary)


@requirement("dpop.server-metadata-algorithms")
def test_only_asymmetric_algorithms_are_offered_for_proofs(survey: Survey, judge: Judge) -> None:
    document = survey.discovery.server_document if survey.discovery else None
    assert document  # noqa: S101 - checked by the condition `as_metadata`
    listed = document.content.get("dpop_signing_alg_values_supported")
    if listed is None:
        judge.not_applicable("the server metadata offers no proof of possession")
    names = [str(one) for one in as_list(listed)]
    judge.that(bool(names), expected="an array of algorithms", observed=repr(listed), evidence=document)
    weak = [one for one in names if one.lower() == "none" or one.upper().startswith("HS")]
    judge.that(not weak, expected="neither none nor HS*", observed=", ".join(names), evidence=document)


@requirement("dpop.token-bound")
def test_a_proof_binds_the_token_to_its_key(possession: Possession, judge: Judge) -> None:
    binding = possession.binding
    if binding.accepted.oauth_error != "invalid_dpop_proof":
        bound(possession, judge)
    observed = binding.accepted.summary
    judge.that(binding.bound, expected="token_type DPoP", observed=observed, evidence=binding.accepted)
    insight = possession.insight
    named = as_object(insight.claims.get("cnf")).get("jkt") if insight else None
    if insight and (named or not insight.introspection):
        expected, shown = "cnf.jkt: the thumbprint of the key", insight.introspection
        judge.that(named == binding.thumbprint, expected=expected, observed=repr(named), evidence=shown)
    elif binding.bound:
        other = possession.use.refusals.get(OTHER_KEY) if possession.use else None
        if other is None:
            judge.could_not_run(
                "the token is opaque, introspection tells us no key, and the MCP server does not accept the token, so"
                " its key cannot be seen"
            )
        refused(judge, OTHER_KEY, other)


@requirement("dpop.bad-token-proof-refused")
def test_a_bad_proof_yields_no_token(possession: Possession, judge: Judge) -> None:
    binding = bound(possession, judge)
    tried = {name: reply for name, reply in binding.attempts.items() if name != NO_PROOF}
    for name, reply in tried.items():
        if wants_nonce(reply.reply):
            judge.note(f"the server asks for its nonce, so nothing is known of {name}")
            continue
        judge.that(not reply.issued_token, expected=f"{name}: no token", observed=reply.summary, evidence=reply)
        told = reply.issued_token or (reply.status, reply.oauth_error) == (400, "invalid_dpop_proof")
        judge.advise(told, expected=f"{name}: 400 invalid_dpop_proof", observed=reply.summary)
    refused_ones = [name for name, reply in tried.items() if not reply.issued_token and not wants_nonce(reply.reply)]
    vacuous = [name for name in refused_ones if name not in binding.proven]
    if vacuous:
        judge.could_not_run(f"a code that failed once fails always here, so nothing is known of {', '.join(vacuous)}")


@requirement("dpop.required-proof-enforced")
def test_a_client_that_insists_on_bound_tokens_gets_no_other(possession: Possession, judge: Judge) -> None:
    binding = possession.binding
    attempt = binding.attempts.get(NO_PROOF)
    if attempt is None:
        judge.not_applicable("the server does not register dpop_bound_access_tokens for a client")
    if NO_PROOF not in binding.proven and not attempt.issued_token:
        judge.could_not_run(f"the redemption with a good proof failed too ({binding.accepted.summary})")
    issued = attempt.issued_token
    judge.that(not issued, expected="no token without a proof", observed=attempt.summary, evidence=attempt)
    judge.that(issued or attempt.oauth_error is not None, expected="an OAuth error", observed=attempt.summary)


@requirement("dpop.refresh-token-bound")
def test_a_refresh_token_of_a_public_client_is_worthless_without_the_key(possession: Possession, judge: Judge) -> None:
    binding = bound(possession, judge)
    if not binding.client.public:
        judge.not_applicable("the client is confidential, so its refresh tokens are bound to its secret")
    if possession.refreshing is None:
        judge.not_applicable("the bound token came without a refresh token")
    attempts: Refreshing = possession.refreshing
    for name, reply in {"no proof": attempts.without, OTHER_KEY: attempts.other}.items():
        if reply:
            judge.that(not reply.issued_token, expected=f"{name}: no token", observed=reply.summary, evidence=reply)
    if attempts.right and not attempts.right.access_token:
        judge.could_not_run(f"the refresh with the right key failed too ({attempts.right.summary})")


@requirement("dpop.accepted-by-resource")
def test_a_bound_token_with_a_proof_is_accepted(possession: Possession, judge: Judge) -> None:
    bound(possession, judge)
    assert possession.use  # noqa: S101 - there is a bound token
    reply = possession.use.accepted
    if reply.status == 429:
        judge.could_not_run("the server limits our requests; try again later")
    judge.that(possession.use.admitted, expected="the request is served", observed=reply.summary, evidence=reply)


@requirement("dpop.bound-token-as-bearer-refused")
def test_a_bound_token_is_no_bearer_token(possession: Possession, judge: Judge) -> None:
    for name, reply in used(possession, judge).as_bearer.items():
        refused(judge, f"as a bearer token {name}", reply)


@requirement("dpop.defective-proof-refused-by-resource")
def test_the_mcp_server_refuses_a_bad_proof(possession: Possession, judge: Judge) -> None:
    use = used(possession, judge)
    for name in DEFECTS:
        refused(judge, name, use.refusals[name])


@requirement("dpop.iat-window")
def test_a_proof_is_good_for_five_minutes(possession: Possession, judge: Judge) -> None:
    use = used(possession, judge)
    if all(wants_nonce(use.refusals[name]) for name in AGES):
        judge.not_applicable("the server dates proofs by its nonce, not by iat")
    if use.clock is None:
        judge.note("the server does not tell its time (no Date), so that of this machine was used")
    for name in AGES:
        refused(judge, name, use.refusals[name])


@requirement("dpop.replay-limited")
def test_a_proof_is_good_once(possession: Possession, judge: Judge) -> None:
    reply = used(possession, judge).replayed
    assert reply  # noqa: S101 - sent where the bound token is accepted
    if not reply.ok and reply.status != 401:
        judge.could_not_run(f"the second request is neither served nor refused ({reply.summary})")
    judge.advise(reply.status == 401, expected="HTTP 401 for the same proof", observed=reply.summary, evidence=reply)


@requirement("dpop.challenge")
def test_a_refused_proof_is_answered_with_a_dpop_challenge(possession: Possession, judge: Judge) -> None:
    use = used(possession, judge)
    answers = {name: reply for name, reply in use.refusals.items() if reply.status == 401}
    if not answers:
        judge.could_not_run("no bad proof was refused with 401, so no challenge was seen")
    for name, reply in answers.items():
        found = challenges(reply)
        seen = reply.header_all("www-authenticate") or "no challenge"
        judge.that(bool(found), expected=f"{name}: a challenge DPoP", observed=seen, evidence=reply)
        for one in found[:1]:
            complete = bool(one.get("error") and one.get("algs"))
            judge.advise(complete, expected=f"{name}: error and algs in the challenge", observed=seen)
    for reply in use.demands:
        nonce = reply.header("dpop-nonce") or "no DPoP-Nonce"
        judge.that(nonce != "no DPoP-Nonce", expected="a nonce with use_dpop_nonce", observed=nonce, evidence=reply)
