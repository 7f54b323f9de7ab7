"""Judges values by a schema that came from the target: hostile input, bounded in size, depth and time.

The judging runs in `schema_worker.py`, a process of its own that is ended when it takes too long: a few
nested `allOf` or `unevaluatedProperties` are enough to keep any validator busy for years, and a validator
in this process could be neither interrupted nor limited in memory.
"""

import atexit
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any, cast

from conformance import describe

SIZE_LIMIT = 1_000_000
"""Bytes of a schema as JSON text; schemas of whole APIs stay below a tenth of it."""
DEPTH_LIMIT = 128
"""Levels of objects and arrays in a schema: about 60 nested objects, and half of what the engine can load."""
INSTANCE_DEPTH_LIMIT = 500
"""Levels of objects and arrays in a value to be judged; Python's own JSON parser ends at about 1,000."""
TIME_LIMIT = 5.0
"""Seconds for one judgement; the usual one takes less than a millisecond."""

_DIALECTS = {
    "json-schema.org/draft/2020-12/schema": "Draft202012Validator",
    "json-schema.org/draft/2019-09/schema": "Draft201909Validator",
    "json-schema.org/draft-07/schema": "Draft7Validator",
    "json-schema.org/draft-06/schema": "Draft6Validator",
    "json-schema.org/draft-04/schema": "Draft4Validator",
}
_DEFAULT_DIALECT = "json-schema.org/draft/2020-12/schema"


class ServerSchemaError(Exception):
    """The target's schema cannot be used: one readable line that says why.

    Attributes:
        invalid: the schema breaks the rules of its dialect; otherwise it may be valid, but we do not judge
            by it (unknown dialect, reference outside itself, too large, too deep, too slow).
    """

    def __init__(self, message: str, *, invalid: bool = False) -> None:
        super().__init__(message)
        self.invalid = invalid


class ServerSchema:
    """A schema of the target, valid in its dialect and safe to judge by.

    The dialect is that of `$schema`, else 2020-12. Formats are not asserted and nothing is ever fetched.

    Args:
        schema: the parsed JSON value.

    Raises:
        ServerSchemaError: the schema is not valid in its dialect, names a dialect we do not know, refers
            outside itself, or is too large, too deep or too slow.
    """

    def __init__(self, schema: object) -> None:
        if not isinstance(schema, dict | bool):
            found = describe.value(schema)
            raise ServerSchemaError(f"a schema is an object or true or false, not {found}", invalid=True)
        self._schema = cast("object", schema)
        self._dialect = _dialect(self._schema)
        self._text = _json_text(self._schema, "the schema", DEPTH_LIMIT)
        if len(self._text) > SIZE_LIMIT:
            raise ServerSchemaError(
                f"the schema is larger than {SIZE_LIMIT:,} bytes: {len(self._text):,} bytes of JSON"
            )
        self._ask("null")

    def errors(self, instance: object) -> list[str]:
        """What is wrong with a value according to the schema.

        Returns:
            At most 10 lines of at most 200 characters, each with a JSONPath; none when the value is valid.

        Raises:
            ServerSchemaError: the value could not be judged, because the schema takes too long for it or
                the value is nested too deeply.
        """
        text = _json_text(instance, "the value", INSTANCE_DEPTH_LIMIT)
        return [_error_line(error, instance) for error in self._ask(f"[{text}]")]

    def _ask(self, instances: str) -> list[dict[str, Any]]:
        request = f'{{"validator": "{self._dialect}", "schema": {self._text}, "instances": {instances}}}\n'
        answer = _WORKER.ask(request.encode("ascii"))
        if answer is None:
            raise ServerSchemaError(f"judging by the schema took more than {TIME_LIMIT:g} s or too much memory")
        if "refused" in answer:
            uri = describe.value(answer["refused"])
            raise ServerSchemaError(f"the schema refers to {uri}, which is not fetched")
        if "unusable" in answer:
            error = _error_line(answer["unusable"], self._schema)
            raise ServerSchemaError(f"not a valid schema: {error}", invalid=True)
        if "unjudged" in answer:
            raise ServerSchemaError(describe.line(f"the value could not be judged: {answer['unjudged']}"))
        return answer["errors"]


class _Worker:
    """The process that judges, started when first needed and again after it had to be ended."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: dict[bytes, dict[str, Any] | None] = {}

    def ask(self, request: bytes) -> dict[str, Any] | None:
        """The answer to one request, or None if the process was ended before it had one; no request is judged twice."""
        digest = sha256(request).digest()
        if digest not in self._answers:
            self._answers[digest] = self._judge(request)
        return self._answers[digest]

    def _judge(self, request: bytes) -> dict[str, Any] | None:
        with self._lock:
            process = self._running()
            requests, answers = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
            timer = Timer(TIME_LIMIT, process.kill)
            timer.daemon = True
            timer.start()
            answer = b""
            try:
                requests.write(request)
                requests.flush()
                answer = answers.readline()
            except BrokenPipeError:
                pass
            finally:
                timer.cancel()
                if not answer.endswith(b"\n"):
                    self._end()
            return json.loads(answer) if answer.endswith(b"\n") else None

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            command = [sys.executable, "-P", str(Path(__file__).with_name("schema_worker.py"))]
            pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing)  # noqa: S603
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


_WORKER = _Worker()
atexit.register(_WORKER.close)


def _dialect(schema: object) -> str:
    named = cast("dict[str, object]", schema).get("$schema") if isinstance(schema, dict) else None
    if named is None:
        return _DIALECTS[_DEFAULT_DIALECT]
    if not isinstance(named, str):
        raise ServerSchemaError(f"$schema is a URI, not {describe.value(named)}", invalid=True)
    dialect = _DIALECTS.get(named.removesuffix("#").removeprefix("https://").removeprefix("http://"))
    if dialect is None:
        raise ServerSchemaError(describe.line(f"$schema names a dialect we do not know: {describe.value(named)}"))
    return dialect


def _json_text(document: object, name: str, depth_limit: int) -> str:
    """The document as ASCII JSON on one line, if it is JSON and not nested too deeply."""
    level = [document]
    depth = 0
    while level := [child for one in level for child in _children(one)]:
        depth += 1
        if depth > depth_limit:
            raise ServerSchemaError(f"{name} is nested more than {depth_limit} levels deep")
    try:
        return json.dumps(document, allow_nan=False)
    except ValueError as error:
        raise ServerSchemaError(describe.line(f"{name} cannot be written as JSON: {error}")) from None


def _children(document: object) -> list[object]:
    if isinstance(document, dict):
        return list(cast("dict[str, object]", document).values())
    return cast("list[object]", document) if isinstance(document, list) else []


def _error_line(error: dict[str, Any], instance: object) -> str:
    for step in error["path"]:
        instance = cast("Any", instance)[step]
    message = error["message"].replace(error["mask"], describe.value(instance))
    return describe.line(f"{describe.location(error['path'])}: {message}")
