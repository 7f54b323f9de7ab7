"""Refusals of the token endpoint and of dead tokens; shared by the checks on tokens."""

from conformance import Judge
from conformance.ceremony.ending import Ending
from conformance.judge import Severity
from conformance.oauth.redemption import Refusal
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.token_requests import UNREAD, TokenRequests


def refused(judge: Judge, sent: str, reply: TokenReply, *errors: str) -> None:
    """Judge that a request was refused with one of these errors, and that nothing was issued."""
    expected = f"error {' or '.join(errors)} for {sent}"
    proper = reply.refused and reply.oauth_error in errors
    judge.that(proper, expected=expected, observed=reply.summary, evidence=reply)


def turned_down(judge: Judge, sent: str, reply: TokenReply, *errors: str, severity: Severity = "violation") -> None:
    """Judge that nothing was issued; another answer than one of these errors is a deviation that only warns."""
    expected = f"no token for {sent}"
    judge.that(not reply.issued_token, expected=expected, observed=reply.summary, severity=severity, evidence=reply)
    if not reply.issued_token:
        expected = f"error {' or '.join(errors)} for {sent}"
        proper = reply.refused and reply.oauth_error in errors
        judge.advise(proper, expected=expected, observed=reply.summary, evidence=reply)


def unauthenticated(judge: Judge, sent: str, reply: TokenReply, right: TokenReply, *errors: str) -> None:
    """Judge that a client was not taken for authenticated; `right` is the answer to its right credentials.

    A token, an error about the code or a server error breaks the rule; another error than one of these only warns.
    """
    if reply.refused and reply.oauth_error is None and right.oauth_error is None:
        judge.could_not_run(f"right credentials and {sent} are refused without an error code ({reply.summary})")
    turned_away = reply.refused and reply.oauth_error not in ("invalid_grant", right.oauth_error)
    expected = f"error {' or '.join(errors)} for {sent}"
    judge.that(turned_away, expected=expected, observed=reply.summary, evidence=reply)
    if turned_away:
        judge.advise(reply.oauth_error in errors, expected=expected, observed=reply.summary)


def need_client(judge: Judge, requests: TokenRequests) -> None:
    """End the check where the client itself is turned away, so that its requests are not looked at."""
    reply = requests.control()
    judge.see(reply)
    if reply.oauth_error in ("invalid_client", "unauthorized_client"):
        judge.could_not_run(f"the token endpoint does not take our client ({reply.summary})")


def control(judge: Judge, requests: TokenRequests, client: Client | None = None) -> TokenReply:
    """The answer to a code that was never issued, from a client whose requests are looked at.

    It should be `invalid_grant`; another answer will do as long as it cannot be taken for one about the client or the
    form of the request.
    """
    reply = requests.control(client)
    judge.see(reply)
    if reply.oauth_error in UNREAD:
        whose = "a client" if client is None else "a client with its secret"
        judge.could_not_run(
            f"{whose} that sends a code nobody issued is answered with {reply.summary}, not with invalid_grant, so"
            " other refusals prove nothing"
        )
    return reply


def dead(judge: Judge, ending: Ending) -> None:
    """Judge that the MCP server refuses a token that has ended."""
    if not ending.after.ok and not ending.refused:
        judge.could_not_run(f"the MCP server neither serves nor refuses the token ({ending.after.summary})")
    judge.that(ending.refused, expected="the MCP server answers 401", observed=ending.summary, evidence=ending)


def redemption_refused(
    judge: Judge, sent: str, refusal: Refusal, *tolerated: str, severity: Severity = "violation"
) -> None:
    """Judge that a defective redemption was refused for its defect."""
    attempt = refusal.attempt
    judge.see(refusal.control)
    if not attempt.issued_token and not refusal.proven:
        judge.could_not_run(f"the control failed too ({refusal.control.summary}), so the refusal proves nothing")
    turned_down(judge, sent, attempt, "invalid_grant", "invalid_request", *tolerated, severity=severity)
