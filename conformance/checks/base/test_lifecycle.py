"""The handshake (specification page basic/lifecycle)."""

from conformance import Judge, requirement
from conformance.catalogue import REVISIONS
from conformance.probe import Probe
from conformance.schema import message_errors
from conformance.survey import Survey
from conformance.wire.connection import Answer


def opening_of(survey: Survey, judge: Judge) -> Answer:
    """The answer to the survey's `initialize`."""
    if survey.opening is None:
        judge.could_not_run(survey.failure.sentence if survey.failure else "there was no handshake")
    return survey.opening


@requirement("lifecycle.initialize-answered")
def test_initialize_is_answered_with_version_capabilities_and_info(survey: Survey, judge: Judge) -> None:
    answer = opening_of(survey, judge)
    judge.that(answer.result is not None, expected="a result", observed=answer.summary, evidence=answer)
    for name in ("protocolVersion", "capabilities", "serverInfo"):
        present = name in (answer.result or {})
        judge.that(present, expected=f"{name} in the result", observed=answer.summary, evidence=answer)


@requirement("lifecycle.initialize-result-matches-schema")
def test_the_initialize_result_fits_its_schema(survey: Survey, judge: Judge) -> None:
    for asked, answer in survey.handshakes.items():
        if answer.result is None:
            continue
        granted = answer.result.get("protocolVersion")
        revision = granted if isinstance(granted, str) and granted in survey.handshakes else survey.revision
        errors = message_errors(str(revision), "InitializeResult", answer.result)
        judge.that(
            not errors,
            expected=f"an InitializeResult when asked for {asked}",
            observed=errors or "fits",
            evidence=answer,
        )
    if not judge.observations:
        judge.could_not_run("initialize was never answered with a result")


@requirement("lifecycle.same-version-when-supported")
def test_a_supported_version_is_granted_when_asked_for(survey: Survey, probe: Probe, judge: Judge) -> None:
    if not survey.handshakes:
        judge.could_not_run(survey.failure.sentence if survey.failure else "there was no handshake")
    offered = {str((one.result or {}).get("protocolVersion")) for one in survey.handshakes.values()}
    for asked, answer in survey.handshakes.items():
        granted = (answer.result or {}).get("protocolVersion")
        served = granted == asked or not _accepts_header(survey, probe, asked)
        expected = (
            f"{asked} when asked for it, as it is served" if not served else f"{asked}, or another if it is not served"
        )
        judge.that(served, expected=expected, observed=f"{granted} granted", evidence=answer)
    judge.note(f"versions seen in answers: {', '.join(sorted(offered))}")


def _accepts_header(survey: Survey, probe: Probe, revision: str) -> bool:
    """Whether a server that checks the version header takes requests under a revision it did not grant."""
    if survey.transport != "streamable-http" or not survey.revision:
        return False
    with probe.fresh() as connection:
        connection.open(survey.revision)
        connection.revision = "2999-01-01"
        if connection.request("ping").result is not None:
            return False
        connection.revision = revision
        return connection.request("ping").result is not None


@requirement("lifecycle.unsupported-version-counter-offer")
def test_an_unknown_version_is_answered_with_a_known_one(survey: Survey, probe: Probe, judge: Judge) -> None:
    if not survey.revision:
        judge.could_not_run(survey.failure.sentence if survey.failure else "no handshake succeeded")
    for asked in ("1900-01-01", "2999-01-01"):
        with probe.fresh() as connection:
            answer = connection.initialize(asked)
        offered = (answer.result or {}).get("protocolVersion")
        if answer.error is not None:
            judge.advise(
                False,
                expected=f"a result that offers another version than {asked}",
                observed=answer.summary,
                evidence=answer,
            )
            continue
        known = isinstance(offered, str) and offered in REVISIONS
        observed = offered if answer.result is not None else answer.summary
        judge.that(known, expected=f"a real revision instead of {asked}", observed=observed, evidence=answer)
