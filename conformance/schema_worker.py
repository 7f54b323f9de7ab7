"""The process in which `server_schema` judges values by schemas of the target. Imports nothing of the suite.

One request a line on standard input: `{"validator": "Draft7Validator", "schema": ..., "instances": null}`
to look at the schema only, or with an array of the one value to judge. One answer a line on standard output:
`{"errors": [...]}` of the value; `{"unusable": error}` about the schema; `{"refused": "uri"}` if the schema
refers outside itself; `{"unjudged": "..."}` about the value. An error is `{"path": [...], "message": "...",
"mask": "..."}`, where the mask stands for the value at the path in the message.
"""

import contextlib
import json
import signal
import sys
from itertools import islice
from typing import Any, NoReturn

import jsonschema_rs

ERROR_LIMIT = 10
MESSAGE_LIMIT = 400
MEMORY_LIMIT = 2**30
"""Bytes of address space; an error of the engine takes 4 kB, and a hostile schema can make millions."""
LIFE_LIMIT = 10
"""Seconds after which a request ends this process even if nobody is left to do it."""
BACKTRACK_LIMIT = 100_000
"""Steps of a regular expression that cannot be matched in linear time (look-around, back-references)."""
MASK = "\N{REPLACEMENT CHARACTER}"

_UNDECIDED = (
    jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded,
    jsonschema_rs.ValidationErrorKind.RegexEngineFailure,
)
_Answer = dict[str, Any]


def main() -> None:
    """Answer requests until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        _limit_memory()
    for request in sys.stdin.buffer:
        if sys.platform != "win32":
            signal.alarm(LIFE_LIMIT)
        answer = _answer(json.loads(request))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        if sys.platform != "win32":
            signal.alarm(0)


def _answer(request: _Answer) -> _Answer:
    refused: list[str] = []

    def refuse(uri: str) -> NoReturn:
        refused.append(uri)
        raise ValueError(uri)

    try:
        validator = getattr(jsonschema_rs, request["validator"])(
            request["schema"],
            validate_formats=False,
            retriever=refuse,
            mask=MASK,
            pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT),
        )
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        if refused:
            return {"refused": refused[0]}
        return {"unusable": _error(error)}
    try:
        instances: list[object] = request["instances"] or []
        return {"errors": [error for instance in instances for error in _errors(validator, instance)]}
    except ValueError as error:
        return {"unjudged": _message(error)}


def _errors(validator: jsonschema_rs.Validator, instance: object) -> list[_Answer]:
    if validator.is_valid(instance):
        return []
    errors = list(islice(validator.iter_errors(instance), ERROR_LIMIT))
    for error in errors:
        if isinstance(error.kind, _UNDECIDED):
            raise ValueError(error.message)
    return [_error(error) for error in errors]


def _error(error: Exception) -> _Answer:
    return {"path": getattr(error, "instance_path", []), "message": _message(error), "mask": MASK}


def _message(error: Exception) -> str:
    return str(getattr(error, "message", error))[:MESSAGE_LIMIT]


def _limit_memory() -> None:
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


if __name__ == "__main__":
    main()
