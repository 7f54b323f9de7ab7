"""Codes of every error of the run (revision 2026-07-28, basic/index, section on error codes)."""

from typing import Any

import pytest

from conformance import Judge, requirement
from conformance.arrived import Arrived
from conformance.mirrored import mirrors
from conformance.shapes import as_list, as_object
from conformance.survey import Survey
from conformance.verdict import CouldNotRun
from conformance.wire import jsonrpc
from conformance.wire.jsonrpc import HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION
from conformance.wire.meta import CAPABILITIES_KEY, VERSION_KEY
from conformance.wire.mirrored import annotations

DEFINED = (HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION)
RETIRED = (-32002, -32042)
"""Codes of older revisions, which have requirements of their own."""
STANDARD = (-32700, -32600, -32601, -32602, -32603)
LEGACY, RESERVED = range(-32019, -31999), range(-32099, -32019)


@pytest.fixture(scope="session")
def errors(survey: Survey, messages: list[Arrived]) -> list[Arrived]:
    """The errors to requests of the run whose code is an integer."""
    if not survey.revision:
        raise CouldNotRun("the server does not speak the revision, or nobody could find out")
    codes = [(one, code_of(one)) for one in messages if one.request is not None]
    return [one for one, code in codes if isinstance(code, int) and not isinstance(code, bool)]


def code_of(one: Arrived) -> Any:  # noqa: ANN401 - whatever the server sent
    """The code of an error; None where a message is none."""
    if jsonrpc.kind_of(one.message) != "error":
        return None
    return as_object(one.message["error"]).get("code")


def none_within(judge: Judge, errors: list[Arrived], codes: range, expected: str) -> None:
    """Judge that no error has one of these codes, but for those that are defined or judged elsewhere."""
    if not errors:
        judge.not_applicable("the server sent no error")
    broken = {code_of(one): one for one in errors if code_of(one) in codes and code_of(one) not in ALLOWED}
    for code, one in list(broken.items())[:5]:
        observed = f"{code} (answer to {one.source.purpose})"
        judge.that(False, expected=expected, observed=observed, evidence=one)
    judge.that(not broken, expected=expected, observed=f"{len(errors)} errors read")


ALLOWED = frozenset((*DEFINED, *RETIRED, *STANDARD))


@requirement("jsonrpc.reserved-error-range-not-extended")
def test_no_code_is_added_to_those_of_the_protocol(errors: list[Arrived], judge: Judge) -> None:
    none_within(judge, errors, RESERVED, "no code from -32099 to -32020 but -32020, -32021 and -32022")


@requirement("jsonrpc.legacy-error-range-not-used")
def test_no_code_is_one_of_the_old_range(errors: list[Arrived], judge: Judge) -> None:
    none_within(judge, errors, LEGACY, "no code from -32019 to -32000")


@requirement("jsonrpc.own-error-codes-outside-reserved-range")
def test_codes_of_the_server_are_none_of_json_rpc(errors: list[Arrived], judge: Judge) -> None:
    none_within(judge, errors, range(-32768, -32099), "codes of its own below -32768 or above -32000")


@requirement("jsonrpc.defined-codes-keep-their-meaning")
def test_the_codes_of_the_protocol_mean_what_they_should(errors: list[Arrived], survey: Survey, judge: Judge) -> None:
    found = [one for one in errors if code_of(one) in DEFINED]
    if not found:
        judge.not_applicable("the server sent no error with code -32020, -32021 or -32022")
    annotated = frozenset(str(tool.get("name")) for tool in survey.tools if annotations(tool))
    for one in found:
        problem = misused(one, survey, annotated)
        if problem:
            judge.that(False, expected="a code that fits", observed=problem, evidence=one)
    judge.that(True, expected="codes that fit", observed=f"{len(found)} errors read")


def misused(one: Arrived, survey: Survey, annotated: frozenset[str]) -> str:
    """How the code of an error does not fit its request; empty where it does, or may."""
    meta = as_object(as_object((one.request or {}).get("params")).get("_meta"))
    code, data = code_of(one), as_object(one.message["error"].get("data"))
    if code == HEADER_MISMATCH and survey.transport == "stdio":
        return f"{code} where there are no header fields"
    if code == HEADER_MISMATCH and one.request is not None and mirrors(one.source, one.request, annotated):
        return f"{code} for {one.source.purpose}, whose header fields say what the body says"
    if code == MISSING_CAPABILITY:
        wanted = as_object(data.get("requiredCapabilities"))
        declared = as_object(meta.get(CAPABILITIES_KEY))
        if wanted and wanted.keys() <= declared.keys() and not any(map(as_object, wanted.values())):
            return f"{code} for {', '.join(sorted(wanted))}, which was declared"
    if code == UNSUPPORTED_VERSION:
        version = meta.get(VERSION_KEY)
        same = survey.transport == "stdio" or mirrors(one.source, one.request or {}, annotated)
        if same and isinstance(version, str) and version in as_list(data.get("supported")):
            return f"{code} for {version}, which it lists as supported"
    return ""
