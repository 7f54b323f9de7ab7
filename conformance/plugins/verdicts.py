"""Turns what happened in a check into a verdict, and shows it under its own name."""

import re
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance.audit import Audit, audit_for
from conformance.judge import Failure, Judge
from conformance.plugins.junit import properties
from conformance.plugins.selection import check_id, decides_authorization, level_of, name_of, requirement_ids, turn_of
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.survey import bounded
from conformance.verdict import CouldNotRun, Narrowed, NotApplicable, Verdict, of_violation
from conformance.wire.http import NoAnswer

MARK = pytest.StashKey[tuple[int, int, int, int]]()
CALL_MARK = pytest.StashKey[int]()
STARTED = pytest.StashKey[float]()

_SHOWN = {
    Verdict.FAIL: ("failed", "F", "FAILED"),
    Verdict.WARN: ("warned", "w", ("WARNED", {"yellow": True})),
    Verdict.NOT_APPLICABLE: ("n/a", "-", ("N/A", {"cyan": True})),
    Verdict.COULD_NOT_RUN: ("could not run", "?", ("COULD NOT RUN", {"red": True})),
    Verdict.ERROR: ("error", "E", "ERROR"),
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with setting_up(item):
        yield


@contextmanager
def setting_up(item: pytest.Item) -> Generator[None]:
    """The setup of a check, in which it may be found not applicable."""
    audit = audit_for(item)
    item.stash[STARTED] = time.perf_counter()
    if audit:
        item.stash[MARK] = _counts(audit)
    try:
        yield
    except NotApplicable:
        _look(audit, item)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with calling(item):
        yield


@contextmanager
def calling(item: pytest.Item) -> Generator[None]:
    """The call of a check, judged at its end."""
    audit = audit_for(item)
    if audit:
        item.stash[CALL_MARK] = len(audit.recorder.exchanges)
    judge = _judge_of(item)
    try:
        yield
    except NotApplicable:
        _look(audit, item)
        raise
    except (CouldNotRun, NoAnswer):
        if judge and judge.violated:
            _close(judge, audit, item)
        raise
    if judge:
        _close(judge, audit, item)
    elif audit and requirement_ids(item):
        raise RuntimeError("the check does not use the judge, so nothing was held against anything")


def _close(judge: Judge, audit: Audit | None, item: pytest.Item) -> None:
    """Judge what the check saw, unless the server was out of order. Raises Failure, CouldNotRun."""
    try:
        judge.close()
    except (Failure, NotApplicable):
        _look(audit, item)
        _need_admission(judge, audit, item)
        raise


def _need_admission(judge: Judge, audit: Audit | None, item: pytest.Item) -> None:
    """Raise CouldNotRun where a check of the protocol failed over an answer to the token."""
    security = any(one.startswith("security.") for one in requirement_ids(item))
    if audit and not security and not decides_authorization(item, audit):
        mark = item.stash[MARK][0]
        for place, one in enumerate(audit.recorder.exchanges):
            refused = one.channel == "mcp" and one.status == 401
            if refused and (place >= mark or one.id in judge.exchanges):
                raise CouldNotRun(f"{one.purpose or one.method} was refused for its token (HTTP 401)")


def _look(audit: Audit | None, item: pytest.Item) -> None:
    """Raise CouldNotRun where the server is out of order, so that what a check found says nothing of it."""
    if audit and audit.survey and audit.survey.reached:
        audit.liveness.look(Probe(audit.survey, audit.http), audit.recorder.exchanges, item.stash[MARK][0])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    audit = audit_for(item)
    ids = requirement_ids(item)
    raised = call.excinfo
    if audit and ids and raised and isinstance(raised.value, Failure | CouldNotRun | NoAnswer):
        call.excinfo = _unformatted(raised)
    report = yield
    call.excinfo = raised
    if not audit or not ids:
        return report
    if report.when == "teardown":
        audit.recorder.check_ended(turn_of(item))
        return report
    failure = call.excinfo.value if call.excinfo else None
    if report.when == "setup" and failure is None:
        return report
    level = level_of(item, audit) or "MAY"
    verdict, reason = _verdict(failure, level)
    if verdict is Verdict.ERROR:
        reason = audit.recorder.redactor.text(reason)
    record = _record(item, audit, verdict, reason, level, narrowed=isinstance(failure, Narrowed))
    report.conformance = record  # type: ignore[attr-defined]
    item.user_properties += properties(
        {**record, "check": record["id"], "level": level}, audit.catalogue, audit.revision
    )
    report.user_properties = list(item.user_properties)
    _present(
        report,
        verdict,
        reason,
        item,
        audit,
        strict=audit.settings.fail_on == "should" and level.startswith("SHOULD"),
    )
    return report


def _judge_of(item: pytest.Item) -> Judge | None:
    """The judge of a check, if there is an audit and the check asked for one."""
    judge = getattr(item, "funcargs", {}).get("judge") if audit_for(item) else None
    return judge if isinstance(judge, Judge) else None


def _unformatted(raised: pytest.ExceptionInfo[BaseException]) -> pytest.ExceptionInfo[BaseException]:
    """A stand-in that pytest does not format: our own words replace the traceback, which is costly to make."""
    last = raised.tb
    while last.tb_next:
        last = last.tb_next
    quiet = pytest.fail.Exception("", pytrace=False).with_traceback(last)
    return pytest.ExceptionInfo.from_exception(quiet)  # type: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _verdict(failure: BaseException | None, level: str) -> tuple[Verdict, str]:
    if failure is None:
        return Verdict.PASS, ""
    if isinstance(failure, Failure):
        verdict = of_violation(level) if any(one.severity == "violation" for one in failure.broken) else Verdict.WARN
        return verdict, failure.broken[0].observed
    if isinstance(failure, NotApplicable):
        return Verdict.NOT_APPLICABLE, failure.reason
    if isinstance(failure, CouldNotRun | NoAnswer):
        return Verdict.COULD_NOT_RUN, str(failure)
    if isinstance(failure, pytest.skip.Exception):
        return Verdict.COULD_NOT_RUN, f"skipped: {failure.msg}"
    return Verdict.ERROR, f"defect of the suite: {type(failure).__name__}: {failure}"


def _counts(audit: Audit) -> tuple[int, int, int, int]:
    """Exchanges, requests, approvals and learned secrets so far in this process."""
    recorder = audit.recorder
    return len(recorder.exchanges), recorder.sent, recorder.approvals, recorder.redactor.learned


def _record(
    item: pytest.Item, audit: Audit, verdict: Verdict, reason: str, level: str, *, narrowed: bool
) -> dict[str, Any]:
    judge = _judge_of(item)
    first, sent, approvals, learned = item.stash.get(MARK, _counts(audit))
    new = audit.recorder.since(item.stash.get(CALL_MARK, first))
    bodies = {one.id: one.as_json() for one in audit.recorder.since(first)}
    shown = [*(judge.exchanges if judge else []), *(one.id for one in new)]
    return {
        "id": audit.recorder.redactor.text(check_id(item)),
        "title": title_of(item),
        "requirements": list(requirement_ids(item)),
        "level": level,
        "parameters": _parameters(item, audit),
        "verdict": str(verdict),
        "reason": audit.recorder.redactor.text(reason),
        "narrowed": narrowed,
        "observations": [one.as_json() for one in judge.observations] if judge else [],
        "notes": list(judge.notes) if judge else [],
        "exchanges": list(dict.fromkeys(shown)),
        "seconds": round(time.perf_counter() - item.stash[STARTED], 4) if STARTED in item.stash else 0.0,
        "exchange_bodies": bodies,
        "requests_sent": audit.recorder.sent - sent,
        "approvals": audit.recorder.approvals - approvals,
        "learned": learned,
        "of": audit.settings.revision,
    }


def title_of(item: pytest.Item) -> str:
    """The sentence a check is: its function name with spaces, as in "a code is worthless without its verifier"."""
    function = getattr(item, "originalname", None) or item.name
    return re.sub(r"^test_", "", function).replace("_", " ")


def _parameters(item: pytest.Item, audit: Audit) -> dict[str, str]:
    parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    given = {name: value for name, value in parameters.items() if name != "audit"}
    named = {name: name_of(as_object(value)) or value for name, value in given.items()}
    given = {name: str(value) for name, value in named.items() if value is not None}
    return {name: audit.recorder.redactor.text(bounded(value)) for name, value in given.items()}


def _present(
    report: pytest.TestReport, verdict: Verdict, reason: str, item: pytest.Item, audit: Audit, *, strict: bool
) -> None:
    judge = _judge_of(item)
    if verdict is Verdict.WARN and not strict:
        report.outcome, report.longrepr = "passed", None
    elif verdict in (Verdict.FAIL, Verdict.WARN) and judge:
        report.longrepr = _explained(item, audit, judge)
    elif verdict is Verdict.COULD_NOT_RUN and report.conformance["narrowed"]:  # type: ignore[attr-defined]
        report.outcome, report.longrepr = "skipped", (str(item.path), 0, f"could not run: {reason}")
    elif verdict is Verdict.COULD_NOT_RUN:
        report.outcome, report.longrepr = "failed", f"could not run: {reason}"


def _explained(item: pytest.Item, audit: Audit, judge: Judge) -> str:
    lines: list[str] = []
    for one in requirement_ids(item):
        requirement = audit.catalogue[one]
        lines.append(f"{one} ({audit.level(requirement)}): {requirement.says}")
    for seen in judge.observations:
        if not seen.ok:
            lines += [f"  expected: {seen.expected}", f"  observed: {seen.observed}"]
    for one in requirement_ids(item):
        requirement = audit.catalogue[one]
        lines += [
            f"  why: {requirement.why}",
            f"  fix: {requirement.fix}",
            f"  see: {requirement.source(audit.revision).url}",
        ]
    return "\n".join(one_visible(line) for line in lines)


def one_visible(line: str) -> str:
    """A line for the terminal in which nothing of the server can move the cursor."""
    from conformance.report.text import one_line

    return one_line(line, 1000)


def pytest_report_teststatus(report: pytest.TestReport) -> Any:  # noqa: ANN401
    record = getattr(report, "conformance", None)
    if record is None or report.when == "teardown":
        return None
    verdict = Verdict(record["verdict"])
    if verdict is Verdict.WARN and report.failed:
        return _SHOWN[Verdict.FAIL]
    return _SHOWN.get(verdict)
