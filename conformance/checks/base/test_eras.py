"""Versions, and servers with and without handshake (specification page basic/versioning)."""

import re
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.affinity import Affinity
from conformance.ceremony.eras import Eras, granted, initialized
from conformance.ceremony.interleaving import Interleaving
from conformance.ceremony.introductions import IMPOSSIBLE, Introductions, UnknownVersion
from conformance.ceremony.unknown_methods import undeclared_features, unknown_methods
from conformance.exercise import Exercise
from conformance.probe import Probe
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.wire import jsonrpc
from conformance.wire.connection import HANDSHAKE_REVISIONS, STATELESS_REVISION, Answer
from conformance.wire.http import SENDER_REFUSED
from conformance.wire.jsonrpc import UNSUPPORTED_VERSION

LABEL = r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
EXTENSION = re.compile(rf"{LABEL}(?:\.{LABEL})*/(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?")


@pytest.fixture(scope="session")
def unknown_version(audit: Audit, survey: Survey) -> UnknownVersion:
    """Requests of a version that does not exist."""
    return audit.once("unknown version", lambda: UnknownVersion.perform(Probe(survey, audit.http)))


@requirement("lifecycle.unsupported-version-error")
def test_an_unknown_version_is_refused_with_its_own_code(unknown_version: UnknownVersion, judge: Judge) -> None:
    for what, answer in unknown_version.all.items():
        good, expected = answer.error_code == UNSUPPORTED_VERSION, f"error -32022 for {what}"
        judge.that(good, expected=expected, observed=answer.summary, evidence=answer)


def refused(unknown_version: UnknownVersion, judge: Judge) -> list[Answer]:
    """The refusals with the code that is meant for an unknown version; could not run where there is none."""
    found = [one for one in unknown_version.all.values() if one.error_code == UNSUPPORTED_VERSION]
    if not found:
        judge.could_not_run("an unknown version is not refused with error -32022")
    return found


@requirement("transport.unsupported-version-http-400")
def test_the_refusal_of_an_unknown_version_has_status_400(unknown_version: UnknownVersion, judge: Judge) -> None:
    for answer in refused(unknown_version, judge):
        judge.that(answer.http.status == 400, expected="HTTP 400", observed=answer.summary, evidence=answer)


@requirement("lifecycle.unsupported-version-data-matches-schema")
def test_the_refusal_of_an_unknown_version_lists_known_ones(unknown_version: UnknownVersion, judge: Judge) -> None:
    for answer in refused(unknown_version, judge):
        data = as_object((answer.error or {}).get("data"))
        supported, requested = data.get("supported"), data.get("requested")
        listed = as_list(supported)
        good = bool(listed) and all(isinstance(one, str) for one in listed)
        judge.that(good, expected="supported, a list of versions", observed=repr(supported), evidence=answer)
        good, expected = requested == IMPOSSIBLE, f"requested: {IMPOSSIBLE}"
        judge.that(good, expected=expected, observed=repr(requested), evidence=answer)


def over_http(survey: Survey) -> bool:
    """Whether the target is audited over a transport that revision 2024-11-05 does not have."""
    return survey.transport == "streamable-http"


@requirement("lifecycle.listed-versions-are-usable")
def test_each_listed_version_is_spoken(
    unknown_version: UnknownVersion, audit: Audit, survey: Survey, judge: Judge
) -> None:
    refused(unknown_version, judge)
    listed: list[Any] = as_list(unknown_version.data.get("supported"))
    named = as_list(survey.initialize_result.get("supportedVersions"))
    known = [one for one in HANDSHAKE_REVISIONS if one in listed and not (one < "2025-03-26" and over_http(survey))]
    probe = Probe(survey, audit.http)
    answers = audit.once("initialize listed", lambda: {version: initialized(probe, version) for version in known})
    for version, answer in answers.items():
        if answer.http.status in SENDER_REFUSED:
            continue
        good, observed = granted(answer) == version, granted(answer) or answer.summary
        judge.that(good, expected=f"initialize grants {version}", observed=observed, evidence=answer)
    if STATELESS_REVISION in listed:
        judge.that(True, expected=f"{STATELESS_REVISION} is served", observed="server/discover is answered in it")
    if not judge.observations:
        judge.could_not_run("the server lists no version that is known here")
    if set(map(str, listed)) != set(map(str, named)):
        judge.note(f"server/discover lists {named}, the refusal of an unknown version {listed}")


@requirement("lifecycle.legacy-initialize-error-names-versions")
def test_the_refusal_of_initialize_names_the_versions(survey: Survey, judge: Judge) -> None:
    answer = survey.handshakes.get(HANDSHAKE_REVISIONS[-1])
    if answer is None or answer.error is None:
        judge.could_not_run("initialize was not answered with a JSON-RPC error")
    said = f"{answer.error.get('message')} {answer.error.get('data')}"
    good = STATELESS_REVISION in said
    judge.that(good, expected=f"an error that names {STATELESS_REVISION}", observed=said, evidence=answer)


@requirement("lifecycle.initialize-never-yields-modern-version")
def test_initialize_does_not_grant_a_version_without_handshake(audit: Audit, survey: Survey, judge: Judge) -> None:
    answer = audit.once("initialize stateless", lambda: initialized(Probe(survey, audit.http), STATELESS_REVISION))
    if answer.response is None:
        judge.could_not_run(f"initialize was not answered ({answer.summary})")
    good, observed = granted(answer) < STATELESS_REVISION, granted(answer) or answer.summary
    expected = f"an older version than {STATELESS_REVISION}, or an error"
    judge.that(good, expected=expected, observed=observed, evidence=answer)


@requirement("lifecycle.dual-era-selected-by-opening")
def test_the_first_request_selects_the_era(audit: Audit, survey: Survey, judge: Judge) -> None:
    eras = audit.once("eras", lambda: Eras.perform(Probe(survey, audit.http)))
    good, expected = "resultType" in (eras.alone.result or {}), "server/discover is served without handshake"
    judge.that(good, expected=expected, observed=eras.alone.summary, evidence=eras.alone)
    good = granted(eras.opening) in HANDSHAKE_REVISIONS
    expected, observed = "initialize grants a version with handshake", granted(eras.opening) or eras.opening.summary
    judge.that(good, expected=expected, observed=observed, evidence=eras.opening)
    good, expected = eras.request.result is not None, "a ping without _meta is served after the handshake"
    judge.that(good, expected=expected, observed=eras.request.summary, evidence=eras.request)
    if eras.alone.http.header("mcp-session-id"):
        judge.note("the answer to a request without session names one")


@requirement("lifecycle.extension-ids-well-formed")
def test_the_names_of_extensions_have_a_prefix(survey: Survey, judge: Judge) -> None:
    for name in as_object(survey.capabilities.get("extensions")):
        good = bool(EXTENSION.fullmatch(name))
        judge.that(good, expected="a prefix of labels, a slash and a name", observed=name, evidence=survey.opening)
    if not judge.observations:
        judge.not_applicable("the server declares no extension")


@requirement("lifecycle.interleaved-conversations-handled")
def test_requests_of_several_conversations_are_told_apart(audit: Audit, survey: Survey, judge: Judge) -> None:
    found = audit.once("interleaving", lambda: Interleaving.perform(Probe(survey, audit.http)))
    alone = audit.once("introductions", lambda: Introductions.perform(Probe(survey, audit.http)))
    for what, answer in found.good.items():
        good = answer.result is not None
        judge.that(good, expected=f"{what} is served", observed=answer.summary, evidence=answer)
    told_apart = all(one.error is not None for one in alone.without_capabilities.values())
    for what, answer in found.poor.items() if told_apart else ():
        good = answer.result is None
        judge.that(good, expected=f"{what} is refused", observed=answer.summary, evidence=answer)


@requirement("lifecycle.no-connection-affinity")
def test_what_one_connection_gave_is_good_on_another(
    audit: Audit, survey: Survey, exercise: Exercise, judge: Judge
) -> None:
    found = audit.once("affinity", lambda: Affinity.perform(Probe(survey, audit.http), exercise))
    good, expected = found.elsewhere.result is not None, f"{found.what} is served on another connection"
    judge.that(good, expected=expected, observed=found.elsewhere.summary, evidence=found.elsewhere)


@requirement("transport.unknown-method-http-404")
def test_an_unknown_method_has_status_404(audit: Audit, judge: Judge) -> None:
    answers = [*unknown_methods(audit).values(), *undeclared_features(audit).values()]
    found = [one for one in answers if one.error_code == jsonrpc.METHOD_NOT_FOUND]
    if not found:
        judge.could_not_run("no method was answered with error -32601")
    for answer in found:
        judge.that(answer.http.status == 404, expected="HTTP 404", observed=answer.summary, evidence=answer)
