"""`server/discover` (specification page server/discover)."""

import pytest

from conformance import Judge, requirement
from conformance.audit import Audit
from conformance.ceremony.discovering import Discovering
from conformance.probe import Probe
from conformance.schema import message_errors
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.verdict import CouldNotRun
from conformance.wire.connection import STATELESS_REVISION, Answer
from conformance.wire.meta import SERVER_KEY


@pytest.fixture(scope="session")
def discovering(audit: Audit, survey: Survey) -> Discovering:
    """The answer to `server/discover`, and to what came after it where that was refused."""
    first = survey.opening
    if first is None:
        raise CouldNotRun(survey.failure.sentence if survey.failure else "server/discover was not answered")
    found = audit.once("discovering", lambda: Discovering.perform(Probe(survey, audit.http), first))
    if not found.spoken:
        raise CouldNotRun(f"the server does not speak {STATELESS_REVISION} ({first.summary})")
    return found


@pytest.fixture
def discovered(survey: Survey) -> Answer:
    """The answer to `server/discover`, which is a result."""
    if survey.opening is None or survey.opening.result is None:
        raise CouldNotRun("server/discover was not answered with a result")
    return survey.opening


@requirement("discover.implemented")
def test_server_discover_is_answered(discovering: Discovering, judge: Judge) -> None:
    answer = discovering.again or discovering.first
    judge.that(answer.result is not None, expected="a result", observed=answer.summary, evidence=answer)


@requirement("discover.works-as-first-request")
def test_server_discover_needs_nothing_before_it(discovering: Discovering, judge: Judge) -> None:
    answer = discovering.first
    if discovering.again is not None and discovering.again.result is None:
        judge.could_not_run(f"it is not answered after another request either ({answer.summary})")
    judge.that(answer.result is not None, expected="a result", observed=answer.summary, evidence=answer)


@requirement("discover.result-matches-schema")
def test_the_discover_result_fits_its_schema(discovered: Answer, judge: Judge) -> None:
    errors = message_errors(STATELESS_REVISION, "DiscoverResult", discovered.result)
    judge.that(not errors, expected="a DiscoverResult", observed=errors or "fits", evidence=discovered)


@requirement("discover.lists-the-answered-version")
def test_the_supported_versions_hold_the_one_that_was_asked_for(discovered: Answer, judge: Judge) -> None:
    versions = as_list((discovered.result or {}).get("supportedVersions"))
    good, expected = STATELESS_REVISION in versions, f"{STATELESS_REVISION} in supportedVersions"
    judge.that(good, expected=expected, observed=str(versions), evidence=discovered)


@requirement("discover.identifies-server")
def test_the_discover_result_names_the_server(discovered: Answer, judge: Judge) -> None:
    named = SERVER_KEY in as_object((discovered.result or {}).get("_meta"))
    observed = "there" if named else "missing"
    judge.that(named, expected=f"{SERVER_KEY} in _meta", observed=observed, evidence=discovered)
