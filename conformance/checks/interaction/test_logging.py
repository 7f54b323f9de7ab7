"""Log messages and their level (specification page server/utilities/logging)."""

import json

from conformance import Judge, requirement
from conformance.checks.interaction.common import no_flood
from conformance.interaction.flooding import Flood
from conformance.interaction.logging import BELOW_ERROR, EMAIL, NAME, PASSWORD, TOOLS, UNKNOWN_LEVEL, Levels, Logged
from conformance.wire.jsonrpc import INVALID_PARAMS


@requirement("logging.set-level-answered")
def test_each_log_level_can_be_set(log_levels: Levels, judge: Judge) -> None:
    for level, answer in log_levels.answers.items():
        expected = f"an empty result for the level {level}"
        judge.that(answer.result is not None, expected=expected, observed=answer.summary, evidence=answer)
        empty = not (answer.result or {}).keys() - {"_meta"}
        judge.advise(empty, expected=expected, observed=answer.summary, evidence=answer)


@requirement("logging.invalid-level-code")
def test_an_unknown_log_level_is_an_invalid_params_error(log_levels: Levels, judge: Judge) -> None:
    answer = log_levels.unknown
    if answer is None:
        judge.could_not_run("no list could be asked for")
    refused = answer.error_code == INVALID_PARAMS
    expected = f"error -32602 for the level {UNKNOWN_LEVEL}"
    judge.that(refused, expected=expected, observed=answer.summary, evidence=answer)


@requirement("logging.minimum-level-respected")
def test_nothing_is_logged_below_the_level_asked_for(logged: Levels, judge: Judge) -> None:
    if not logged.calls["debug"].levels & BELOW_ERROR:
        judge.could_not_run(f"{logged.tool} logged nothing below error at the level debug either")
    call = logged.calls["error"]
    below = sorted(call.levels & BELOW_ERROR)
    judge.that(not below, expected="nothing below the level error", observed=below or "nothing", evidence=call)


@requirement("logging.all-messages-from-level-up-sent")
def test_everything_is_logged_from_the_level_asked_for_up(logged: Levels, judge: Judge) -> None:
    call = logged.calls["debug"]
    missing = sorted(TOOLS[logged.tool] - call.levels)
    expected = f"messages of the levels {', '.join(sorted(TOOLS[logged.tool]))} at the level debug"
    judge.that(not missing, expected=expected, observed=f"missing: {missing}" if missing else "all came", evidence=call)


@requirement("logging.only-on-request")
def test_a_tool_that_logs_is_silent_without_a_level(logged: Levels, judge: Judge) -> None:
    call = logged.calls[""]
    if not logged.calls["debug"].messages:
        judge.could_not_run(f"{logged.tool} logged nothing at the level debug either")
    judge.never(call.messages, "log messages came for a call without a level", evidence=call)


@requirement("logging.before-final-response")
def test_everything_is_logged_before_the_response(logged: Levels, judge: Judge) -> None:
    call = logged.calls["debug"]
    if not call.messages:
        judge.could_not_run(f"{logged.tool} logged nothing at the level debug")
    judge.never(call.late, "log messages came after the response", evidence=call)


@requirement("logging.only-on-own-response-stream")
def test_what_is_logged_comes_with_its_own_answer_alone(logged: Levels, judge: Judge) -> None:
    call = logged.calls["debug"]
    if not call.messages and not logged.overheard:
        judge.could_not_run(f"{logged.tool} logged nothing at the level debug")
    if not logged.listening:
        judge.not_applicable("there was no other stream on which a message could have come")
    judge.never(logged.overheard, "log messages came on another stream", evidence=call)


@requirement("logging.no-credentials")
def test_no_password_is_logged(told_secrets: Logged, judge: Judge) -> None:
    judge.never(_tells(told_secrets, PASSWORD), "the password given to a tool was logged", evidence=told_secrets)


@requirement("logging.no-personal-data")
def test_no_personal_data_are_logged(told_secrets: Logged, judge: Judge) -> None:
    for what, value in (("name", NAME), ("e-mail address", EMAIL)):
        told = _tells(told_secrets, value)
        judge.never(told, f"the {what} given to a tool was logged", evidence=told_secrets)


def _tells(call: Logged, value: str) -> bool:
    return any(value in json.dumps(one.value, ensure_ascii=False) for one in call.messages)


@requirement("logging.messages-rate-limited")
def test_a_chatty_tool_does_not_flood_the_client(log_flood: Flood, judge: Judge) -> None:
    no_flood(judge, log_flood, "log messages", "the tool logged nothing")
