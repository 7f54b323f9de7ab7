"""How subscriptions end (2026-07-28, basic/patterns/subscriptions)."""

import pytest

from conformance import Judge, requirement, waits
from conformance.audit import Audit
from conformance.interaction.subscribing import EVERYTHING, Lasting, Subscribed, Subscribing, changed, outlast
from conformance.probe import Probe
from conformance.schema import message_errors
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.wire.jsonrpc import kind_of, same_id
from conformance.wire.subscription import tag_of


@pytest.fixture
def lasting(audit: Audit, probe: Probe) -> Lasting:
    """A subscription that was left alone for long."""
    return audit.once("quiet subscription", lambda: outlast(probe, waits.IDLE))


@requirement("subscriptions.stream-stays-open")
def test_a_quiet_subscription_stays_open(lasting: Lasting, judge: Judge) -> None:
    if lasting.refused:
        judge.could_not_run(f"the subscription did not begin ({lasting.refused})")
    observed = f"{'broken off' if lasting.broken else 'not broken off'} within {lasting.seconds:.0f} s"
    judge.advise(not lasting.broken, expected="open until it is ended", observed=observed, evidence=lasting)


@requirement("subscriptions.ends-on-cancel")
def test_a_cancelled_subscription_is_over(subscribing: Subscribing, judge: Judge) -> None:
    if not subscribing.again or subscribing.again.problem:
        judge.not_applicable("nothing changed after a subscription was cancelled")
    told = [one for one in subscribing.everything.told(changed("tools")) if one.at > subscribing.again.sent]
    if not told:
        judge.could_not_run("the change afterwards was told to nobody else either")
    if not subscribing.shared and not subscribing.strays:
        judge.not_applicable("what is sent on a closed stream cannot be seen")
    observed = f"{len(subscribing.strays)} messages came"
    judge.that(not subscribing.strays, expected="nothing after the end", observed=observed, evidence=subscribing.again)


def _ended(subscribing: Subscribing, judge: Judge) -> list[Subscribed]:
    """The subscriptions that the server ended: on a shared channel that which lasted to the end, too."""
    found = [one for one in subscribing.begun.values() if one.ended]
    if subscribing.shared and EVERYTHING in subscribing.begun and subscribing.everything not in found:
        found.append(subscribing.everything)
    return found or judge.not_applicable("the server ended no subscription, and cannot be stopped from outside")


@requirement("subscriptions.graceful-end-response")
def test_a_subscription_ends_with_a_response(subscribing: Subscribing, judge: Judge) -> None:
    for one in _ended(subscribing, judge):
        graceful = bool(one.withdrawn or (one.response and kind_of(one.response.value) == "result"))
        judge.advise(graceful, expected="a result before the end", observed=_signal(one), evidence=one)
        if one.withdrawn and not one.response:
            judge.note("The end is told by notifications/cancelled, which the page on cancellation asks for.")


@requirement("cancellation.server-cancels-listen-on-teardown")
def test_the_end_of_a_subscription_is_told(subscribing: Subscribing, judge: Judge) -> None:
    for one in _ended(subscribing, judge):
        told = bool(one.response or one.withdrawn)
        judge.advise(told, expected="notifications/cancelled, or a response", observed=_signal(one), evidence=one)


def _signal(one: Subscribed) -> str:
    """How the server told that a subscription is over."""
    if one.response:
        error = as_object(one.response.value.get("error"))
        return f"error {error.get('code')!r}: {str(error.get('message'))[:200]}" if error else "a result"
    return "notifications/cancelled" if one.withdrawn else "silence"


@requirement("subscriptions.result-matches-schema")
def test_the_result_of_a_subscription_fits_its_schema(subscribing: Subscribing, survey: Survey, judge: Judge) -> None:
    for one in subscribing.subscriptions.values():
        if one.response is None or kind_of(one.response.value) != "result":
            continue
        result, tag = as_object(one.response.value["result"]), tag_of(one.response.value)
        errors = message_errors(survey.revision, "SubscriptionsListenResult", result)
        judge.that(not errors, expected="a SubscriptionsListenResult", observed=errors or "fits", evidence=one)
        kind = result.get("resultType")
        judge.that(kind == "complete", expected='the resultType "complete"', observed=repr(kind), evidence=one)
        if not errors:
            expected = f"the subscription id {one.id!r}"
            judge.that(same_id(tag, one.id), expected=expected, observed=repr(tag), evidence=one)
    if not judge.observations:
        judge.not_applicable("no subscription ended with a result")


@requirement("subscriptions.not-kept-across-reconnects")
def test_a_new_connection_has_no_subscription(subscribing: Subscribing, judge: Judge) -> None:
    if subscribing.afterwards is None:
        judge.not_applicable("nothing changed after a reconnection")
    kept = [one for one in subscribing.afterwards if tag_of(one.value) is not None]
    observed = f"{len(kept)} notifications of subscriptions of the lost one"
    judge.that(not kept, expected="nothing on a new connection", observed=observed)
