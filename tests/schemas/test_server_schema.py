"""Judging by schemas of the target: right on benign ones, bounded and offline on hostile ones."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from jsonschema.validators import validator_for

from conformance import server_schema
from conformance.schema import ServerSchema, ServerSchemaError

DEFAULT = "https://json-schema.org/draft/2020-12/schema"
PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 5},
        "age": {"type": ["integer", "null"], "minimum": 0, "exclusiveMaximum": 150},
        "kind": {"enum": ["a", "b", 3]},
        "tags": {"type": "array", "items": {"$ref": "#/$defs/Tag"}, "uniqueItems": True, "maxItems": 2},
        "size": {"anyOf": [{"type": "number", "multipleOf": 0.5}, {"const": "large"}]},
    },
    "required": ["name"],
    "additionalProperties": False,
    "$defs": {"Tag": {"type": "string", "pattern": "^[a-z]+$"}},
}
VALUES: list[object] = [
    {"name": "x"},
    {},
    [],
    None,
    {"name": ""},
    {"name": "toolong"},
    {"name": "x", "age": None},
    {"name": "x", "age": 3.0},
    {"name": "x", "age": 3.5},
    {"name": "x", "age": True},
    {"name": "x", "age": 150},
    {"name": "x", "kind": "b"},
    {"name": "x", "kind": "3"},
    {"name": "x", "tags": ["a", "b"]},
    {"name": "x", "tags": ["a", "a"]},
    {"name": "x", "tags": ["A"]},
    {"name": "x", "tags": ["a", "b", "c"]},
    {"name": "x", "size": 1.5},
    {"name": "x", "size": 1.2},
    {"name": "x", "size": "large"},
    {"name": "x", "other": 1},
]
TREE: dict[str, Any] = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/Node"}}}}
    },
}
PAIR: dict[str, Any] = {"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}], "items": False}
FORMATS: dict[str, Any] = {"type": "string", "format": "email"}
DEPENDENT: dict[str, Any] = {"type": "object", "dependentRequired": {"a": ["b"]}, "unevaluatedProperties": False}
CONDITION: dict[str, Any] = {
    "if": {"properties": {"mode": {"const": "x"}}, "required": ["mode"]},
    "then": {"required": ["value"]},
    "else": {"not": {"required": ["value"]}},
}
BENIGN: list[tuple[object, list[object]]] = [
    (PERSON, VALUES),
    (TREE, [{}, {"children": [{"children": []}]}, {"children": [{"children": 3}]}]),
    (PAIR, [["a", 1], ["a"], [1, "a"], ["a", 1, 2], "a"]),
    (FORMATS, ["not an address", 3]),
    (DEPENDENT, [{}, {"a": 1}, {"a": 1, "b": 2}]),
    (CONDITION, [{"mode": "x"}, {"mode": "x", "value": 1}, {"mode": "y"}, {"mode": "y", "value": 1}]),
    (True, [None, {}, 3]),
    (False, [None, {}, 3]),
    ({}, [None, {}, 3]),
    ({"type": "object", "x-vendor": {"anything": 1}}, [{}, 1]),
]
INVALID: list[object] = [
    {"type": "strin"},
    {"type": 3},
    {"properties": {"a": {"type": "text"}}},
    {"properties": {"a": None}},
    {"properties": []},
    {"required": "a"},
    {"required": ["a", "a"]},
    {"minLength": -1},
    {"items": [{"type": "string"}]},
    {"enum": "a"},
    {"anyOf": []},
    {"$defs": {"unused": {"maxItems": "3"}}},
]


def doubling(levels: int) -> dict[str, Any]:
    """A schema that judges its value 2 to the power of `levels` times."""
    steps: dict[str, Any] = {f"step{i}": {"allOf": [{"$ref": f"#/$defs/step{i + 1}"}] * 2} for i in range(levels)}
    return {"$ref": "#/$defs/step0", "$defs": {**steps, f"step{levels}": {"type": "string"}}}


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(depth):
        schema = {"not": schema}
    return schema


def problem(schema: object) -> str:
    with pytest.raises(ServerSchemaError) as caught:
        ServerSchema(schema)
    message = str(caught.value)
    assert caught.value.invalid is message.startswith(("not a valid", "a schema is", "$schema is"))
    assert message.isprintable()
    assert len(message) <= 250
    return message


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_schema, "TIME_LIMIT", 1.0)


@pytest.mark.parametrize(("schema", "values"), BENIGN)
def test_that_both_engines_agree_on_benign_schemas(schema: Any, values: list[object]) -> None:
    ours = ServerSchema(schema)
    theirs: Any = validator_for(schema, default=validator_for({"$schema": DEFAULT}))(schema)

    assert [not ours.errors(value) for value in values] == [theirs.is_valid(value) for value in values]


@pytest.mark.parametrize("schema", INVALID)
def test_that_a_schema_invalid_in_its_dialect_is_refused(schema: object) -> None:
    assert problem(schema).startswith("not a valid schema: $")


@pytest.mark.parametrize("schema", [None, 3, "object", []])
def test_that_what_cannot_be_a_schema_is_refused(schema: object) -> None:
    assert problem(schema).startswith("a schema is an object or true or false, not ")


def test_that_errors_say_where_and_what() -> None:
    schema = ServerSchema(PERSON)

    assert schema.errors({"name": "x"}) == []
    assert schema.errors({"name": "x", "tags": ["a", "B"]}) == ['$.tags[1]: "B" does not match "^[a-z]+$"']
    assert schema.errors({}) == ['$: "name" is a required property']
    assert problem({"properties": {"a": {"type": "text"}}}).startswith(
        'not a valid schema: $.properties.a.type: "text" is'
    )


def test_that_errors_are_few_short_and_printable() -> None:
    errors = ServerSchema({"items": {"enum": ["a"]}}).errors(["\u202e\x1b" * 500] * 100)

    assert len(errors) == 10
    assert all(len(line) <= 200 and line.isprintable() for line in errors)


DIALECTS: list[tuple[str | None, dict[str, Any], dict[str, Any]]] = [
    (None, {"prefixItems": [{}]}, {"items": [{}]}),
    ("https://json-schema.org/draft/2020-12/schema", {"prefixItems": [{}]}, {"items": [{}]}),
    ("https://json-schema.org/draft/2020-12/schema#", {"prefixItems": [{}]}, {"items": [{}]}),
    ("https://json-schema.org/draft/2019-09/schema", {"items": [{}]}, {"dependentRequired": []}),
    ("http://json-schema.org/draft-07/schema#", {"items": [{}]}, {"if": 3}),
    ("http://json-schema.org/draft-07/schema", {"items": [{}]}, {"if": 3}),
    ("https://json-schema.org/draft-07/schema#", {"items": [{}]}, {"if": 3}),
    ("http://json-schema.org/draft-06/schema#", {"const": 1, "if": 3}, {"exclusiveMinimum": True}),
    ("http://json-schema.org/draft-04/schema#", {"minimum": 1, "exclusiveMinimum": True}, {"required": []}),
]


@pytest.mark.parametrize(("dialect", "accepted", "refused"), DIALECTS)
def test_that_a_schema_is_judged_in_its_dialect(
    dialect: str | None, accepted: dict[str, Any], refused: dict[str, Any]
) -> None:
    named = {"$schema": dialect} if dialect else {}

    ServerSchema({**named, **accepted})
    assert problem({**named, **refused}).startswith("not a valid schema: $")


@pytest.mark.parametrize(
    ("dialect", "value", "valid"),
    [
        ("https://json-schema.org/draft/2020-12/schema", [3], True),
        ("https://json-schema.org/draft/2019-09/schema", [3], False),
        ("http://json-schema.org/draft-07/schema#", [3], False),
    ],
)
def test_that_a_dialect_decides_what_its_keywords_mean(dialect: str, value: object, valid: bool) -> None:
    items: object = {"type": "number"} if valid else [{"type": "string"}]
    schema = {"$schema": dialect, "additionalItems": False, "type": "array", "items": items}

    assert (ServerSchema(schema).errors(value) == []) is valid


@pytest.mark.parametrize(
    ("dialect", "words"),
    [
        ("https://example.com/my-dialect", '"https://example.com/my-dialect"'),
        ("http://json-schema.org/draft-03/schema#", '"http://json-schema.org/draft-03/schema#"'),
        ("\n\u202e", '"\\u000a\\u202e"'),
        (7, "not 7"),
        (["a"], "not an array of 1 item"),
    ],
)
def test_that_an_unknown_dialect_is_named(dialect: object, words: str) -> None:
    message = problem({"$schema": dialect, "type": "object"})

    assert "$schema" in message
    assert words in message


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """A base URL on the loopback and everybody who has connected to it."""
    visitors: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def watch() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                visitors.append(address)
                connection.close()

        thread = Thread(target=watch, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", visitors
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


REACHING_OUT: list[object] = [
    {"$ref": "BASE/schema.json"},
    {"properties": {"a": {"$ref": "BASE/schema.json#/$defs/A"}}},
    {"$id": "BASE/root.json", "$ref": "other.json"},
    {"$dynamicRef": "BASE/schema.json#meta"},
    {"$schema": "BASE/dialect"},
    {"$defs": {"A": {"$id": "a", "$schema": "BASE/dialect", "$ref": "BASE/b"}}},
    {"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "BASE/schema.json"},
]


@pytest.mark.parametrize("schema", REACHING_OUT)
def test_that_nothing_is_ever_fetched(schema: object, listener: tuple[str, list[object]]) -> None:
    base, visitors = listener
    message = problem(json.loads(json.dumps(schema).replace("BASE", base)))

    assert base in message
    time.sleep(0.05)
    assert visitors == []


@pytest.mark.parametrize("uri", ["file:///etc/passwd", "urn:example:a", "ftp://127.0.0.1/a", "https://a.invalid/b"])
def test_that_a_reference_out_of_the_schema_is_refused(uri: str) -> None:
    assert problem({"$ref": uri}) == f'the schema refers to "{uri}", which is not fetched'


def test_that_references_within_the_schema_and_to_dialects_are_fine() -> None:
    ServerSchema({"$ref": DEFAULT})
    ServerSchema({"$id": "https://a.invalid/root", "$ref": "part", "$defs": {"p": {"$id": "part", "type": "string"}}})
    assert problem({"$ref": "#/$defs/none"}).startswith("not a valid schema: $")


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^(a|b|ab)*c$", "(.*)*(.*)*x"])
def test_that_a_regex_bomb_is_linear(pattern: str) -> None:
    schema = ServerSchema({"type": "string", "pattern": pattern})
    before = time.monotonic()

    assert len(schema.errors("a" * 50_000 + "!")) == 1
    assert time.monotonic() - before < 2


def test_that_a_bomb_with_look_around_is_given_up() -> None:
    schema = ServerSchema({"pattern": "^(?=(a|a|b)*\\1c)(a|a|b)+$"})

    with pytest.raises(ServerSchemaError, match=r"could not be judged: .*backtracking"):
        schema.errors("a" * 30_000)


def test_that_ecmascript_classes_are_understood_and_broken_patterns_are_not() -> None:
    assert ServerSchema({"pattern": "^\\p{L}+$"}).errors("für") == []
    assert problem({"pattern": "("}) == 'not a valid schema: $.pattern: "(" is not a "regex"'


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"anyOf": [{"$ref": "#/anyOf/1"}, {"$ref": "#/anyOf/0"}]},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        {"$dynamicAnchor": "me", "$dynamicRef": "#me"},
        {"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveAnchor": True, "$recursiveRef": "#"},
    ],
)
def test_that_a_schema_that_never_ends_ends(schema: object) -> None:
    ServerSchema(schema).errors({"a": [1]})


@pytest.mark.usefixtures("impatient")
def test_that_exponential_work_is_stopped() -> None:
    schema = ServerSchema(doubling(60))
    before = time.monotonic()

    for value in ("x", 3):
        with pytest.raises(ServerSchemaError, match="took more than 1 s"):
            schema.errors(value)
    assert time.monotonic() - before < 8
    assert ServerSchema(PERSON).errors({"name": "x"}) == []


@pytest.mark.usefixtures("impatient")
def test_that_unevaluated_members_cannot_stall_the_run() -> None:
    schema: dict[str, Any] = {"properties": {"a": True}}
    for _ in range(40):
        schema = {"allOf": [schema], "unevaluatedProperties": False}

    with pytest.raises(ServerSchemaError, match="took more than"):
        ServerSchema(schema).errors({"a": 1})


def test_that_millions_of_errors_do_not_fill_the_memory() -> None:
    schema = ServerSchema({"items": {"allOf": [{"type": "string"}] * 20_000}})

    with pytest.raises(ServerSchemaError, match="too much memory"):
        schema.errors([1] * 10_000)


def test_that_a_schema_of_10_megabytes_is_refused() -> None:
    assert problem({"description": "x" * 10_000_000}).startswith("the schema is larger than 1,000,000 bytes: 10,")
    assert problem({"enum": list(range(2_000_000))}).startswith("the schema is larger than")


def test_that_a_schema_within_the_limits_is_used() -> None:
    properties = {f"p{i}": {"type": "string", "description": "x" * 40} for i in range(10_000)}

    assert ServerSchema({"properties": properties}).errors({"p9999": 3}) == ['$.p9999: 3 is not of type "string"']
    ServerSchema(nested(server_schema.DEPTH_LIMIT - 1))


@pytest.mark.parametrize("depth", [server_schema.DEPTH_LIMIT, 5_000, 100_000])
def test_that_a_deep_schema_is_refused(depth: int) -> None:
    assert problem(nested(depth)) == "the schema is nested more than 128 levels deep"


def test_that_deep_values_are_judged_or_refused() -> None:
    schema = ServerSchema({"type": "array", "items": {"$ref": "#"}})
    value: list[Any] = []
    for _ in range(server_schema.INSTANCE_DEPTH_LIMIT - 2):
        value = [value]

    assert schema.errors(value) == []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ServerSchemaError, match="the value is nested more than 500 levels deep"):
        schema.errors(value)


@pytest.mark.parametrize(
    "value", [float("inf"), float("nan"), "\ud800", 10**5000], ids=["infinite", "nan", "surrogate", "huge"]
)
def test_that_a_value_that_is_not_json_is_refused(value: object) -> None:
    with pytest.raises(ServerSchemaError):
        ServerSchema({"type": "number"}).errors(value)
    assert problem({"const": value})


def test_that_the_worker_is_started_again_after_its_end() -> None:
    schema = ServerSchema(PERSON)
    worker = server_schema._WORKER
    assert schema.errors({"name": "a"}) == []
    assert isinstance(worker._process, subprocess.Popen)
    first = worker._process.pid

    worker._process.kill()
    worker._process.wait()
    assert schema.errors({"name": "b"}) == []
    assert worker._process.pid != first

    worker.close()
    assert worker._process is None
    assert schema.errors({"name": "c"}) == []


def test_that_a_judgement_is_fast() -> None:
    schema = ServerSchema(PERSON)
    before = time.monotonic()
    for number in range(200):
        schema.errors({"name": str(number)})

    assert time.monotonic() - before < 2
