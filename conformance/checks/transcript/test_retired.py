"""What revision 2026-07-28 has retired, over the whole run."""

from conformance import Judge, requirement
from conformance.arrived import Arrived
from conformance.shapes import as_object

_RESOURCE_NOT_FOUND = -32002


@requirement("jsonrpc.retired-code-32002-not-used")
def test_no_error_has_the_old_code_of_missing_resources(messages: list[Arrived], judge: Judge) -> None:
    errors = [(one, error) for one in messages if (error := as_object(as_object(one.message).get("error")))]
    if not errors:
        judge.not_applicable("no request was answered with an error")
    for one, error in errors:
        if error.get("code") == _RESOURCE_NOT_FOUND:
            observed = f"{error['code']} in answer to {one.source.purpose}"
            judge.that(False, expected="another code", observed=observed, evidence=one)
    judge.that(True, expected="another code", observed=f"{len(errors)} errors read")
