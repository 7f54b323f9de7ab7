"""Cancellation of requests (specification page basic/utilities/cancellation)."""

from conformance import Judge, requirement
from conformance.ceremony.resuming import Resuming
from conformance.interaction.cancelling import COMPLETED, MALFORMED, UNKNOWN, Cancelling, Told
from conformance.interaction.progress import IN_FLIGHT, Stopped
from conformance.interaction.racing import Race
from conformance.interaction.withdrawing import Withdrawing
from conformance.wire import jsonrpc


@requirement("cancellation.processing-stops")
def test_a_cancelled_call_stops_its_work(stopped: Stopped, judge: Judge) -> None:
    _no_more_work(stopped, judge)


def _no_more_work(stopped: Stopped, judge: Judge) -> None:
    if not stopped.reports:
        judge.not_applicable("the tool shows nothing of its work")
    if stopped.closed and stopped.steps is None:
        judge.not_applicable("what goes on after the stream was closed cannot be seen")
    if not stopped.conclusive:
        judge.could_not_run("the call would have ended before it could be seen to go on")
    if not stopped.closed:
        observed = f"{len(stopped.later)} reports of progress were sent later"
        judge.that(not stopped.later, expected="no sign of work", observed=observed, evidence=stopped)
    if stopped.steps is not None:
        soon, later = stopped.steps
        observed = f"{soon} steps soon after the cancellation, {later} later"
        judge.that(soon == later, expected="no further step", observed=observed, evidence=stopped)


@requirement("cancellation.stream-close-is-cancel")
def test_a_call_whose_stream_is_closed_is_cancelled(stopped: Stopped, judge: Judge) -> None:
    if not stopped.closed:
        judge.not_applicable("no stream was closed")
    _no_more_work(stopped, judge)


@requirement("cancellation.work-stops-promptly")
def test_a_cancelled_call_stops_its_work_at_once(stopped: Stopped, judge: Judge) -> None:
    _no_more_work(stopped, judge)


@requirement("cancellation.no-response-after-cancel")
def test_a_cancelled_call_is_not_answered(stopped: Stopped, judge: Judge) -> None:
    if stopped.too_late:
        judge.could_not_run("the call had ended before the cancellation was there")
    response = stopped.response
    kind, late = (jsonrpc.kind_of(response.value), response.at - stopped.at) if response else ("none", 0.0)
    observed = f"a response ({kind}) after {late:.2f} s" if response else "none came"
    judge.that(response is None, expected="no response", observed=observed, evidence=stopped)


@requirement("cancellation.no-messages-after-cancel")
def test_nothing_is_sent_about_a_cancelled_call(stopped: Stopped, judge: Judge) -> None:
    if not stopped.conclusive or stopped.too_late:
        judge.could_not_run("the call had ended, or would have, before it was cancelled")
    response = stopped.response
    answered = response is not None and response.at > stopped.at + IN_FLIGHT
    observed = f"{len(stopped.later)} reports of progress, {'a' if answered else 'no'} response"
    expected = "nothing on any other stream" if stopped.closed else "nothing about it"
    judge.that(not stopped.later and not answered, expected=expected, observed=observed, evidence=stopped)


def _ignored(cancelling: Cancelling, name: str, judge: Judge) -> Told:
    if cancelling.by_closing:
        judge.not_applicable("requests are cancelled by closing their streams, not by messages")
    told = cancelling.told.get(name)
    if told is None:
        judge.could_not_run("it was not tried, as other cancellations were not ignored")
    expected = f"no effect of a cancellation that names {name}"
    judge.that(not told.effect, expected=expected, observed=told.effect or "none", evidence=told)
    return told


@requirement("cancellation.unknown-id-ignored")
def test_the_cancellation_of_an_unknown_request_is_ignored(cancelling: Cancelling, judge: Judge) -> None:
    _ignored(cancelling, UNKNOWN, judge)


@requirement("cancellation.completed-id-ignored")
def test_the_cancellation_of_an_answered_request_is_ignored(cancelling: Cancelling, judge: Judge) -> None:
    _ignored(cancelling, COMPLETED, judge)


@requirement("cancellation.malformed-ignored")
def test_a_cancellation_that_names_no_request_is_ignored(cancelling: Cancelling, judge: Judge) -> None:
    for name in MALFORMED:
        status = _ignored(cancelling, name, judge).status
        judge.that(status < 500, expected="no error of the server", observed=f"HTTP status {status}")


@requirement("cancellation.server-ignores-late-response")
def test_an_answer_to_what_was_withdrawn_is_ignored(withdrawn: Withdrawing, judge: Judge) -> None:
    if not withdrawn.withdrawn:
        judge.not_applicable("the server did not withdraw its request when the call was cancelled that made it ask")
    if withdrawn.answer is None:
        judge.could_not_run("the other call, which would show it, came to nothing")
    observed = withdrawn.answer.summary
    expected = "the other call goes on with its own answer"
    judge.that(withdrawn.undisturbed, expected=expected, observed=observed, evidence=withdrawn.answer)


@requirement("cancellation.disconnect-is-not-cancel")
def test_a_lost_connection_cancels_nothing(resuming: Resuming, judge: Judge) -> None:
    for call in resuming.calls:
        judge.see(call.reply)
    continued = any(call.continued for call in resuming.calls)
    if not continued and not any(call.broken_off for call in resuming.calls):
        judge.not_applicable("streams cannot be resumed, which would show what becomes of a call without connection")
    observed = "it came" if continued else "the resumed stream ended without it"
    judge.that(continued, expected="the response on a resumed stream", observed=observed)


@requirement("cancellation.races-handled")
def test_a_cancellation_that_comes_too_late_does_no_harm(races: list[Race], judge: Judge) -> None:
    for one in races:
        served = one.ping is not None and one.ping.result is not None and not one.broken
        observed = one.broken or (one.ping.summary if one.ping else "no answer")
        judge.that(served, expected="the next request is answered", observed=observed, evidence=one)
        judge.that(not one.strays, expected="at most one response each", observed=f"{one.strays} more", evidence=one)
        judge.advise(
            not one.errors, expected="the right response, or none", observed=f"{one.errors} errors", evidence=one
        )
