"""What checks of several kinds of messages have in common."""

from conformance import Judge
from conformance.interaction.asking import Asked, need_question
from conformance.interaction.flooding import MOST_PER_SECOND, Flood

ANOTHER_USER = "needs an access token of another user: --second-token TOKEN"


def malformed_answer_unused(
    judge: Judge, good: Asked | None, bad: Asked | None, tool: str, method: str, *, what: str, wrong: str
) -> None:
    """Judge that a call fails, or asks again, when its question gets a malformed answer; `what` is the answer.

    A call with a good answer is the control. `wrong` says what is the matter with the other one. Raises NotApplicable,
    CouldNotRun.
    """
    control, call = need_question(good, tool, method), need_question(bad, tool, method)
    if not control.succeeded:
        judge.could_not_run(f"{tool} does not work with a good {what} either ({control.summary})")
    again = len(call.about(method)) > 1
    judge.that(call.failed or again, expected=f"an error, as {wrong}", observed=call.summary, evidence=call)


def no_flood(judge: Judge, flood: Flood, messages: str, nothing: str) -> None:
    """Judge how many messages came in a second; `nothing` says what it means that none came."""
    if not flood.arrived:
        judge.could_not_run(nothing)
    observed = f"{flood.arrived} {messages} within {flood.seconds:.1f} s"
    expected = f"at most {MOST_PER_SECOND} a second"
    judge.advise(flood.rate <= MOST_PER_SECOND, expected=expected, observed=observed, evidence=flood)
