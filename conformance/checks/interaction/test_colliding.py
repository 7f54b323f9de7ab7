"""Two clients whose requests bear the same ids at the same time: ids are unique for one client, not among all."""

from conformance import Judge, requirement
from conformance.interaction.colliding import Colliding


@requirement("progress.only-active-tokens")
def test_no_progress_of_another_client_with_the_same_id_arrives(colliding: Colliding, judge: Judge) -> None:
    own = [report for part, _ in colliding.sides for report in part.reports(part.token)]
    foreign = [(part, report) for part, other in colliding.sides for report in part.reports(other.token)]
    if not own and not foreign:
        judge.not_applicable("the tools reported no progress")
    for part, _ in foreign[:1]:
        observed = f"{len(foreign)} reports with the token of the other client"
        judge.that(False, expected="progress of its own calls alone", observed=observed, evidence=part)
    judge.that(not foreign, expected="progress of its own calls alone", observed=f"{len(own)} reports to whom they are")


@requirement("transport.post-stream-messages-related")
def test_nothing_that_is_logged_for_another_client_arrives(colliding: Colliding, judge: Judge) -> None:
    if not any(one.logged for one in colliding.alone.values()):
        judge.not_applicable("the tools logged nothing")
    strange = [(part, found) for part, other in colliding.sides if (found := colliding.strange_logs(part, other))]
    for part, found in strange:
        observed = f"{len(found)} log messages that the tool of the other client writes came with {part.tool}"
        judge.that(False, expected="messages about its own calls alone", observed=observed, evidence=part)
    observed = f"{len(colliding.sides)} calls with the id of a call of another client"
    judge.that(not strange, expected="messages about its own calls alone", observed=observed)


@requirement("jsonrpc.one-response-per-request")
def test_each_of_two_clients_with_the_same_id_gets_its_own_answer(colliding: Colliding, judge: Judge) -> None:
    telling = [(part, other) for part, other in colliding.sides if colliding.tells_apart(part, other)]
    if not telling:
        judge.not_applicable("the answers of the tools cannot be told apart")
    for part, other in telling:
        if colliding.is_swapped(part, other):
            observed = f"what the call of {other.tool} by another client was to get"
            judge.that(False, expected=f"the answer to the call of {part.tool}", observed=observed, evidence=part)
    unanswered = next((part for part, _ in telling if not part.outcome), None)
    if unanswered:
        told = unanswered.answer.summary if unanswered.answer else "no answer"
        judge.could_not_run(f"{unanswered.tool} did not work beside a call of another client ({told})")
    judge.that(True, expected="its own answer for each client", observed=f"{len(telling)} answers")
