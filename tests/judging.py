"""What a judge makes of what a check saw."""

from collections.abc import Callable

from conformance.judge import Failure, Judge
from conformance.redaction import Redactor
from conformance.verdict import CouldNotRun


def verdict(check: Callable[[Judge], object]) -> str:
    """The outcome of a check: "pass", "advice", "violation" or "could-not-run"."""
    judge = Judge(Redactor())
    try:
        check(judge)
        judge.close()
    except CouldNotRun:
        return "could-not-run"
    except Failure as failure:
        return max((one.severity for one in failure.broken), key=("advice", "violation").index)
    return "pass"
