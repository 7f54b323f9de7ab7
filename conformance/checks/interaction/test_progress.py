"""Progress of a call that is left alone (specification page basic/utilities/progress)."""

from itertools import pairwise

from conformance import Judge, requirement
from conformance.checks.interaction.common import no_flood
from conformance.interaction.colliding import Colliding
from conformance.interaction.flooding import Flood
from conformance.interaction.progress import Left, token_of
from conformance.interaction.withdrawing import Withdrawing
from conformance.wire import jsonrpc


@requirement("progress.increases")
def test_each_report_of_progress_is_further_than_the_last(left: Left, judge: Judge) -> None:
    on_channels = [left.values_on(channel) for channel in sorted({one.channel for one in left.reports})]
    if max(map(len, on_channels), default=0) < 2:
        judge.not_applicable(f"the tool reported its progress {len(left.reports)} times")
    for values in on_channels:
        grows = all(earlier < later for earlier, later in pairwise(values))
        judge.that(grows, expected="values that grow", observed=values, evidence=left)


@requirement("progress.stops-after-completion")
def test_no_progress_is_reported_after_the_response(left: Left, judge: Judge) -> None:
    if not left.reports:
        judge.not_applicable("the tool reported no progress")
    observed = f"{len(left.late)} of {len(left.reports)} reports came afterwards"
    judge.that(not left.late, expected="no progress after the response", observed=observed, evidence=left)


@requirement("progress.rate-limited")
def test_a_busy_tool_does_not_flood_the_client_with_progress(progress_flood: Flood, judge: Judge) -> None:
    no_flood(judge, progress_flood, "reports", "the tool reported no progress")


@requirement("progress.own-token-unique")
def test_two_requests_of_the_server_bear_two_tokens(withdrawn: Withdrawing, judge: Judge) -> None:
    if withdrawn.second is None:
        judge.not_applicable("the server did not ask for two things at a time")
    first, second = (token_of(one.value) for one in (withdrawn.first, withdrawn.second))
    if first is None or second is None:
        judge.not_applicable("the server put no progress tokens on two requests of its own")
    different = not jsonrpc.same_id(first, second)
    judge.that(different, expected="two tokens", observed=f"{first!r} and {second!r}", evidence=withdrawn)


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
