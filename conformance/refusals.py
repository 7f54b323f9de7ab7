"""Judging that the MCP server turns tokens down."""

from collections.abc import Mapping

from conformance.judge import Judge
from conformance.probe import Probe
from conformance.wire.http import Reply


def must_refuse(judge: Judge, probe: Probe, replies: Mapping[str, Reply]) -> None:
    """Judge that each request was turned down; `replies` are the answers by what was sent.

    An answer that neither lets in nor turns down proves nothing, unless another one let the request in.
    """
    for what, reply in replies.items():
        refused = not probe.admits(reply)
        judge.that(refused, expected=f"{what} is refused", observed=reply.summary, evidence=reply)
    for what, reply in replies.items():
        if not probe.refuses(reply) and not probe.admits(reply):
            judge.could_not_run(f"{what} is neither served nor refused ({reply.summary})")
