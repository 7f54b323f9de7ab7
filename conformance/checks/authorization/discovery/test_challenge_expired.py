"""An access token ends when its time is over."""

from conformance import Judge, requirement
from conformance.ceremony.expiring import Expiring
from conformance.probe import Probe
from conformance.refusals import must_refuse


@requirement("challenge.expired-token-401")
def test_an_expired_token_is_refused(expiring: Expiring, probe: Probe, judge: Judge) -> None:
    judge.see(expiring.tokens)
    judge.see(expiring.before)
    if not probe.admits(expiring.before):
        judge.could_not_run(f"the token did not work before its end either ({expiring.before.summary})")
    must_refuse(judge, probe, {f"a token {expiring.late:.0f} s after its end": expiring.after})
