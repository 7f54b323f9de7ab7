"""Kinds of results, and who sent them, in every message of the run (revision 2026-07-28, basic/index)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.arrived import Arrived
from conformance.schema import message_errors
from conformance.shapes import as_list, as_object, is_object
from conformance.survey import Survey
from conformance.tasking.durable import EXTENSION
from conformance.verdict import CouldNotRun
from conformance.wire import jsonrpc
from conformance.wire.connection import STATELESS_REVISION
from conformance.wire.meta import SERVER_KEY

CORE = ("complete", "input_required")
TRACE_PARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
TRACE_STATE = re.compile(r"[a-z0-9][a-z0-9_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,256}")
BAGGAGE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*=\s*[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*(?:\s*;.*)?")
_DEEPEST = 12


@pytest.fixture(scope="session")
def results(survey: Survey, messages: list[Arrived]) -> list[Arrived]:
    """The results of the run that are objects."""
    if not survey.revision:
        raise CouldNotRun("the server does not speak the revision, or nobody could find out")
    found = [one for one in messages if jsonrpc.kind_of(one.message) == "result"]
    return [one for one in found if is_object(one.message["result"])]


def kind_of(one: Arrived) -> Any:  # noqa: ANN401 - whatever the server sent
    """What a result says of its kind."""
    return as_object(one.message["result"]).get("resultType")


@requirement("jsonrpc.result-has-result-type")
def test_every_result_says_of_which_kind_it_is(results: list[Arrived], judge: Judge) -> None:
    if not results:
        judge.could_not_run("the server sent no result")
    broken = [one for one in results if not isinstance(kind_of(one), str)]
    for one in broken[:5]:
        observed = f"{kind_of(one)!r} (answer to {one.source.purpose})"
        judge.that(False, expected="resultType, a string", observed=observed, evidence=one)
    judge.that(not broken, expected="resultType, a string", observed=f"{len(results)} results read")


@requirement("jsonrpc.result-type-is-known")
def test_every_result_is_of_a_known_kind(results: list[Arrived], judge: Judge) -> None:
    _only_core(results, judge)


@requirement("lifecycle.extension-falls-back")
def test_no_result_is_of_a_kind_that_an_extension_defines(results: list[Arrived], judge: Judge) -> None:
    _only_core(results, judge)


def _only_core(results: list[Arrived], judge: Judge) -> None:
    named = [one for one in results if isinstance(kind_of(one), str)]
    if not named:
        judge.could_not_run("no result says of which kind it is")
    broken = [one for one in named if kind_of(one) not in CORE and not _negotiated(one)]
    for one in broken[:5]:
        observed = f"{kind_of(one)} (answer to {one.source.purpose})"
        judge.that(False, expected=" or ".join(CORE), observed=observed, evidence=one)
    judge.that(not broken, expected=" or ".join(CORE), observed=f"{len(named)} results read")


def _negotiated(one: Arrived) -> bool:
    """Whether a result is a task for a client that declares the extension for tasks."""
    return kind_of(one) == "task" and EXTENSION in as_object(one.offered.get("extensions"))


@requirement("meta.server-info-on-results")
def test_every_result_names_the_server(results: list[Arrived], judge: Judge) -> None:
    found = [one for one in results if one.request is not None and one.request["method"] != "server/discover"]
    if not found:
        judge.could_not_run("the server sent no result but that of server/discover")
    broken = [one for one in found if SERVER_KEY not in as_object(one.message["result"].get("_meta"))]
    for one in broken[:5]:
        observed = f"missing (answer to {one.source.purpose})"
        judge.that(False, expected=f"{SERVER_KEY} in _meta", observed=observed, evidence=one)
    judge.that(not broken, expected=f"{SERVER_KEY} in _meta", observed=f"{len(found)} results read")


@requirement("meta.server-info-matches-schema")
def test_what_names_the_server_fits_its_schema(results: list[Arrived], judge: Judge) -> None:
    metas = [(one, as_object(one.message["result"].get("_meta"))) for one in results]
    found = [(one, meta[SERVER_KEY]) for one, meta in metas if SERVER_KEY in meta]
    if not found:
        judge.not_applicable("no result names the server")
    seen: list[Any] = []
    for one, about in found:
        if about not in seen and len(seen) < 5:
            seen.append(about)
            errors = message_errors(STATELESS_REVISION, "Implementation", about)
            judge.that(not errors, expected="an Implementation", observed=errors or "fits", evidence=one)


@requirement("meta.trace-context-format")
def test_a_trace_context_is_written_as_the_w3c_says(messages: list[Arrived], judge: Judge) -> None:
    found = [(one, meta) for one in messages for meta in _metas(one.message)]
    for one, meta in found:
        for name in TRACE.keys() & meta.keys():
            value = meta[name]
            good = isinstance(value, str) and all(TRACE[name].fullmatch(part) for part in _parts(name, value))
            judge.that(good, expected=f"{name} as the W3C writes it", observed=repr(value), evidence=one)
    if not judge.observations:
        judge.not_applicable("the server sent no trace context")


TRACE = {"traceparent": TRACE_PARENT, "tracestate": TRACE_STATE, "baggage": BAGGAGE}
"""The keys that may stand in `_meta` without prefix, and what they hold; two of them hold lists."""


def _parts(name: str, value: str) -> list[str]:
    if name == "traceparent":
        return [value]
    parts = [part.strip() for part in value.split(",")]
    return [part for part in parts if part]


def _metas(value: object, depth: int = _DEEPEST) -> Iterator[dict[str, Any]]:
    """Every `_meta` of a message or its results and params."""
    if not depth:
        return
    for one in as_list(value):
        yield from _metas(one, depth - 1)
    for name, member in as_object(value).items():
        if name == "_meta":
            yield as_object(member)
        elif name != "structuredContent":
            yield from _metas(member, depth - 1)
