"""The handshake (specification page basic/lifecycle)."""

from collections.abc import Mapping
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.catalogue import REVISIONS
from conformance.ceremony.unknown_methods import undeclared_features
from conformance.probe import Probe
from conformance.schema import message_errors
from conformance.shapes import as_list
from conformance.survey import Survey
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire import jsonrpc
from conformance.wire.connection import HANDSHAKE_REVISIONS, STATELESS_REVISION, Answer
from conformance.wire.http import NoAnswer, Unreachable

IMPOSSIBLE = ("1900-01-01", "2999-01-01")
"""Versions that do not exist."""
UNHEARD_OF: dict[str, Any] = {"conformanceAudit": {"deep": [1, {"deeper": None}]}, "experimental": {"conformance": {}}}
"""Client capabilities that do not exist."""


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
        revision = granted if isinstance(granted, str) and granted in survey.handshakes else asked
        errors = message_errors(revision, "InitializeResult", answer.result)
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
    """Whether a server that checks the version header takes requests under a revision it did not grant.

    Clients of revisions before 2025-06-18 send no such header, so one that names them says nothing.
    """
    if survey.transport != "streamable-http" or not survey.revision or revision < "2025-06-18":
        return False
    with probe.fresh() as connection:
        connection.open(survey.revision)
        connection.revision = "2999-01-01"
        if connection.request("ping").result is not None:
            return False
        connection.revision = revision
        return connection.request("ping").result is not None


@pytest.fixture(scope="session")
def counter_offers(audit: Audit) -> Mapping[str, Answer | None]:
    """The answers to `initialize` asking for versions that do not exist; None where the server fell silent or ended."""
    survey = audit.need_survey()
    if not survey.revision:
        raise CouldNotRun(survey.failure.sentence if survey.failure else "no handshake succeeded")
    probe = Probe(survey, audit.http)
    return audit.once("counter offers", lambda: _offers(probe, survey.revision))


def _offers(probe: Probe, known: str) -> Mapping[str, Answer | None]:
    answers = {asked: _initialize(probe, asked) for asked in IMPOSSIBLE}
    if any(answer and answer.error is not None for answer in answers.values()):
        control = _initialize(probe, known)
        if control is None or control.result is None:
            told = control.summary if control else "no answer"
            raise CouldNotRun(f"a known version is refused as well once a session was opened ({told})")
    return answers


def _initialize(probe: Probe, asked: str) -> Answer | None:
    try:
        with probe.fresh() as connection:
            return connection.initialize(asked)
    except Unreachable:
        raise
    except NoAnswer:
        return None


@requirement("lifecycle.unsupported-version-counter-offer")
def test_an_unknown_version_is_answered_with_a_known_one(
    counter_offers: Mapping[str, Answer | None], judge: Judge
) -> None:
    for asked, answer in counter_offers.items():
        if answer is not None and answer.error is not None:
            expected = f"a result that offers another version than {asked}"
            judge.advise(False, expected=expected, observed=answer.summary, evidence=answer)
            continue
        offered = offered_by(answer)
        observed = offered or (answer.summary if answer else "no answer")
        judge.that(
            offered in REVISIONS, expected=f"a real revision instead of {asked}", observed=observed, evidence=answer
        )


@requirement("lifecycle.counter-offer-is-latest")
def test_the_version_offered_instead_is_the_newest(
    counter_offers: Mapping[str, Answer | None], survey: Survey, judge: Judge
) -> None:
    newest = max((one for one in survey.revisions if one in HANDSHAKE_REVISIONS), default="")
    offers = {asked: answer for asked, answer in counter_offers.items() if offered_by(answer) in REVISIONS}
    if not offers or not newest:
        judge.could_not_run("no version was offered instead of one that does not exist")
    for asked, answer in offers.items():
        offered = offered_by(answer)
        expected = f"{newest} instead of {asked}, as it is granted when asked for"
        judge.that(offered >= newest, expected=expected, observed=offered, evidence=answer)


def offered_by(answer: Answer | None) -> str:
    """The version in the answer to `initialize`; empty where there is none."""
    offered = (answer.result or {}).get("protocolVersion") if answer else None
    return offered if isinstance(offered, str) else ""


@requirement("lifecycle.negotiation-failures-handled")
def test_the_server_survives_a_handshake_it_cannot_understand(
    counter_offers: Mapping[str, Answer | None], survey: Survey, probe: Probe, judge: Judge
) -> None:
    for asked, answer in counter_offers.items():
        orderly = answer is not None and (answer.response is not None or 400 <= answer.http.status < 500)
        observed = answer.summary if answer else "no answer"
        judge.that(orderly, expected=f"an answer to initialize asking for {asked}", observed=observed, evidence=answer)
    with probe.fresh() as connection:
        answer = connection.initialize(survey.revision, UNHEARD_OF)
    orderly = answer.response is not None or 400 <= answer.http.status < 500
    expected = "an answer to initialize with capabilities that do not exist"
    judge.that(orderly, expected=expected, observed=answer.summary, evidence=answer)
    if answer.result is None:
        with probe.session() as connection:
            answer = connection.request("ping")
        served = answer.response is not None
        judge.that(served, expected="a new connection is served", observed=answer.summary, evidence=answer)


@requirement("lifecycle.base-protocol-supported")
def test_a_client_without_capabilities_is_served(survey: Survey, audit: Audit, judge: Judge) -> None:
    answer = opening_of(survey, judge)
    if answer.result is None and audit.settings.revision == STATELESS_REVISION:
        judge.could_not_run(f"server/discover is not answered with a result ({answer.summary})")
    judge.that(answer.result is not None, expected="a handshake", observed=answer.summary, evidence=answer)
    for method, listing in survey.listings.items():
        page = listing.pages[0]
        if page.http.status not in (401, 403):
            judge.that(
                page.response is not None, expected=f"a response to {method}", observed=page.summary, evidence=page
            )


@pytest.fixture(scope="session")
def undeclared(audit: Audit) -> dict[str, Answer]:
    """The answers to requests of the features that the server does not declare, by their capability."""
    answers = undeclared_features(audit)
    if not answers:
        raise NotApplicable("the server declares every feature")
    return answers


@requirement("lifecycle.implemented-features-advertised")
def test_what_the_server_offers_it_declares(undeclared: dict[str, Answer], judge: Judge) -> None:
    for capability, answer in undeclared.items():
        content = [name for name, value in (answer.result or {}).items() if as_list(value)]
        observed = f"{answer.summary} where {capability} is not declared"
        judge.that(not content, expected=f"no {capability}", observed=observed, evidence=answer)


@requirement("jsonrpc.unadvertised-feature-method-not-found")
def test_the_methods_of_an_undeclared_feature_are_not_found(undeclared: dict[str, Answer], judge: Judge) -> None:
    refused = {one: answer for one, answer in undeclared.items() if answer.error is not None}
    if not refused:
        judge.not_applicable("what the server does not declare it serves all the same")
    for capability, answer in refused.items():
        good = answer.error_code == jsonrpc.METHOD_NOT_FOUND
        expected = f"error -32601 where {capability} is not declared"
        judge.that(good, expected=expected, observed=answer.summary, evidence=answer)
