"""Requests that are tried again with the input they lacked (specification page basic/patterns/mrtr)."""

from conformance import Judge, requirement
from conformance.checks.interaction.common import ANOTHER_USER
from conformance.interaction.asking import need_answer
from conformance.interaction.crossing import Crossing
from conformance.interaction.elicitations import URL_REQUIRED
from conformance.interaction.eliciting import PAGE_REQUIRED
from conformance.interaction.offering import Everything
from conformance.interaction.retrying import Tries
from conformance.interaction.rounds import Round
from conformance.interaction.withholding import Unexpected, Withheld
from conformance.shapes import as_object, is_object
from conformance.survey import Survey
from conformance.verdict import Narrowed
from conformance.wire.jsonrpc import INVALID_PARAMS

_TAMPERED = ("one character changed", "something appended")
_CRAFTED = ("made up", "huge", "empty", "cut in half")


def _works(tries: Tries, judge: Judge) -> Tries:
    """The tries, where the one without any defect succeeded."""
    if not tries.good.completed:
        judge.could_not_run(f"the next try fails without any defect, too ({tries.good.summary})")
    return tries


def _with_state(tries: Tries, judge: Judge) -> Tries:
    if not tries.first.state:
        judge.not_applicable("the server gives out no state")
    return _works(tries, judge)


def _not_honoured(judge: Judge, tries: Tries, what: str, one: Round) -> None:
    """Judge that a try with a wrong state does not succeed; of tools whose state may not matter only advice."""
    expected = f"an error, or another question, for a state with {what}"
    good = not one.completed
    decide = judge.that if tries.signed else judge.advise
    decide(good, expected=expected, observed=one.summary, evidence=one)


@requirement("mrtr.state-not-trusted")
def test_a_state_that_somebody_made_up_does_no_harm(tries: Tries, judge: Judge) -> None:
    found = _with_state(tries, judge).states
    for what in _CRAFTED:
        one = found[what]
        judge.that(not one.broken, expected=f"an answer to a state that is {what}", observed=one.summary, evidence=one)
        expected = f"an error, or another question, for a state that is {what}"
        if what == "empty":  # which may count as none
            continue
        decide = judge.that if tries.signed else judge.advise
        decide(not one.completed, expected=expected, observed=one.summary, evidence=one)


@requirement("mrtr.state-integrity-protected")
def test_a_state_with_other_content_is_not_used(tries: Tries, judge: Judge) -> None:
    found = _with_state(tries, judge).states
    for what in ("content changed", *_TAMPERED):
        if what in found:
            _not_honoured(judge, tries, what, found[what])


@requirement("mrtr.tampered-state-rejected")
def test_a_state_that_was_altered_is_rejected(tries: Tries, judge: Judge) -> None:
    found = _with_state(tries, judge).states
    for what in _TAMPERED:
        _not_honoured(judge, tries, what, found[what])


@requirement("mrtr.state-bound-to-request")
def test_a_state_works_for_its_own_request_alone(tries: Tries, judge: Judge) -> None:
    found = _with_state(tries, judge).elsewhere
    if not found:
        judge.not_applicable("there is no other request that asks for input")
    for what, one in found.items():
        expected = f"an error, or another question, for the state of a request with {what}"
        judge.that(not one.completed, expected=expected, observed=one.summary, evidence=one)


@requirement("mrtr.retry-not-assumed", "elicitation.success-not-assumed")
def test_nothing_waits_for_a_next_try(tries: Tries, judge: Judge) -> None:
    expected = "a server that works while questions are open"
    judge.that(tries.works, expected=expected, observed=f"works: {tries.works}", evidence=tries.first)


@requirement("elicitation.client-failure-handled")
def test_a_client_that_cannot_ask_its_user_is_coped_with(tries: Tries, judge: Judge) -> None:
    missing = tries.missing
    expected = "an answer to a try without answers"
    judge.that(not missing.broken, expected=expected, observed=missing.summary, evidence=missing)


@requirement("mrtr.retry-self-contained")
def test_the_next_try_may_come_over_another_connection(tries: Tries, survey: Survey, judge: Judge) -> None:
    moved = _works(tries, judge).moved
    if moved is None:
        judge.could_not_run("the tool did not ask again")
    if survey.transport == "stdio" and not moved.completed:
        judge.not_applicable("another connection is another process here, which need not know the state")
    judge.that(moved.completed, expected="a final result", observed=moved.summary, evidence=moved)


@requirement("mrtr.input-responses-validated")
def test_answers_that_are_none_are_not_used(tries: Tries, judge: Judge) -> None:
    for what, one in _works(tries, judge).answers.items():
        expected = f"an error, or another question, after {what}"
        judge.that(not one.broken and not one.completed, expected=expected, observed=one.summary, evidence=one)


@requirement("mrtr.malformed-responses-error")
def test_an_array_of_answers_is_an_invalid_params_error(tries: Tries, judge: Judge) -> None:
    one = _works(tries, judge).answers["an array of answers"]
    good = one.answer is not None and one.answer.error is not None
    judge.that(good, expected="a JSON-RPC error", observed=one.summary, evidence=one)
    if one.answer and one.answer.error is not None:
        known = one.answer.error_code == INVALID_PARAMS
        judge.advise(known, expected="error -32602", observed=one.summary, evidence=one)


@requirement("mrtr.missing-responses-asked-again")
def test_answers_that_are_missing_are_asked_for_again(tries: Tries, judge: Judge) -> None:
    missing = _works(tries, judge).missing
    judge.that(missing.asks, expected="the question again", observed=missing.summary, evidence=missing)


@requirement("mrtr.unexpected-responses-ignored")
def test_answers_that_nobody_asked_for_change_nothing(unexpected: Unexpected, judge: Judge) -> None:
    with_, without = unexpected.with_answers, unexpected.without
    if not without.completed:
        judge.could_not_run(f"{without.method} gives no final result ({without.summary})")
    judge.that(with_.completed, expected=without.summary, observed=with_.summary, evidence=with_)


@requirement("mrtr.state-bound-to-principal")
def test_a_state_works_for_its_own_user_alone(crossing: Crossing, judge: Judge) -> None:
    if not crossing.other_user:
        raise Narrowed(ANOTHER_USER)
    if crossing.ours is None or crossing.ours.result is None:
        judge.could_not_run("the state does not work for its own user either")
    judge.never(crossing.early, "another user ended the request with its state", evidence=crossing)


@requirement("caching.no-hints-on-interim-results")
def test_a_resource_that_asks_first_is_not_to_be_kept(tries: Tries, judge: Judge) -> None:
    reads = [one for one in tries.others if one.method == "resources/read" and one.asks]
    if not reads:
        judge.not_applicable("no resource of a known name asks before it is read")
    for one in reads:
        hints = sorted({"ttlMs", "cacheScope"} & one.result.keys())
        judge.that(not hints, expected="neither ttlMs nor cacheScope", observed=hints or "neither", evidence=one)


@requirement("jsonrpc.retired-code-32042-not-used")
def test_a_call_that_needs_a_visit_to_a_page_asks_for_it(everything: Everything, judge: Judge) -> None:
    call = need_answer(everything.pages.required, PAGE_REQUIRED)
    retired = call.answer is not None and call.answer.error_code == URL_REQUIRED
    judge.that(not retired, expected=f"another code than {URL_REQUIRED}", observed=call.summary, evidence=call)


@requirement("meta.capabilities-read-per-request")
def test_a_client_that_can_do_less_is_asked_less(withheld: Withheld, judge: Judge) -> None:
    asked = {name: calls for name, calls in withheld.calls.items() if calls[0].asks}
    if not asked:
        judge.not_applicable("no tool of a known name asks the client, even one that can answer")
    for name, (_, without) in asked.items():
        expected = f"no question, since {name} was not declared again"
        judge.that(not without.questions, expected=expected, observed=without.summary, evidence=without)


@requirement("meta.missing-client-capability-error")
def test_a_call_that_needs_more_of_the_client_is_refused(withheld: Withheld, judge: Judge) -> None:
    if withheld.insisting:
        one = withheld.insisting
        judge.that(one.lacks_capability, expected="error -32021", observed=one.summary, evidence=one)
    able = [without for with_, without in withheld.calls.values() if with_.asks]
    if not withheld.insisting and not able:
        judge.not_applicable("no tool of a known name asks the client")
    for one in able:
        good = one.lacks_capability or one.completed or one.asks
        judge.advise(good, expected="error -32021, or a result without it", observed=one.summary, evidence=one)


@requirement("meta.missing-client-capability-data")
def test_a_refusal_says_what_the_client_lacks(withheld: Withheld, judge: Judge) -> None:
    for one in _refusals(withheld, judge):
        data = as_object(((one.answer and one.answer.error) or {}).get("data")).get("requiredCapabilities")
        named = as_object(data)
        good = bool(named) and all(map(is_object, named.values()))
        expected = "data.requiredCapabilities as an object with the capability"
        judge.that(good, expected=expected, observed=repr(data)[:200], evidence=one)


@requirement("meta.missing-client-capability-http-400")
def test_such_a_refusal_is_an_http_400(withheld: Withheld, judge: Judge) -> None:
    for one in _refusals(withheld, judge):
        http = one.answer.http if one.answer else None
        streamed = http is not None and http.media_type == "text/event-stream"
        decide = judge.advise if streamed else judge.that
        decide(http is not None and http.status == 400, expected="HTTP 400", observed=one.summary, evidence=one)


def _refusals(withheld: Withheld, judge: Judge) -> list[Round]:
    found = [one for one in (withheld.insisting, *withheld.without) if one and one.lacks_capability]
    if not found:
        judge.not_applicable("no call was refused with -32021")
    return found
