"""What is read from the forms and pages of a server, and what a model that uses tools answers."""

from typing import Any

import pytest

from conformance.arrived import Arrived
from conformance.evidence import Exchange, Part
from conformance.interaction.elicitations import Elicitation, elicitations_in
from conformance.interaction.sampling import Model

EMPTY = Part((), "", 0)
SOURCE = Exchange("mcp", "tools/call", "POST", "http://127.0.0.1/mcp", EMPTY, 200, EMPTY, "", 1.0)


def form(**fields: Any) -> Elicitation:
    return Elicitation({"message": "m", "requestedSchema": {"properties": fields}}, Arrived({}, SOURCE))


@pytest.mark.parametrize(
    "name",
    "password apiKey API_KEY accessToken token newPassword confirm-password creditCardNumber card_cvc clientSecret".split(),
)
def test_a_secret_is_told_by_the_last_words_of_its_name(name: str) -> None:
    assert form(**{name: {"type": "string"}}).secrets() == [name]
    assert form(value={"type": "string", "title": name}).secrets() == ["value"]


@pytest.mark.parametrize(
    "name", "token_count maxTokens secretary password_hint keyboard username email card pin".split()
)
def test_other_names_are_no_secrets(name: str) -> None:
    assert form(**{name: {"type": "string"}}).secrets() == []


@pytest.mark.parametrize("field", [{"type": "boolean"}, {"type": "string", "enum": ["a"]}, {}, {"type": []}])
def test_only_what_is_typed_is_a_secret(field: dict[str, Any]) -> None:
    assert form(password=field).secrets() == []


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://example.com/a?b=c", True),
        ("https://example.com/a?token=[token#12ab34]", True),
        ("https://[userinfo]@example.com/", True),
        ("myapp://open", True),
        ("/a", False),
        ("https:///a", False),
        ("https://example.com/a b", False),
        ("https://[x", False),
        (7, False),
        (None, False),
    ],
)
def test_an_address_is_an_absolute_url(url: object, good: bool) -> None:
    assert Elicitation({"mode": "url", "url": url}, Arrived({}, SOURCE)).has_url is good


def test_addresses_are_found_wherever_a_form_shows_text() -> None:
    shown = form(
        a={"type": "string", "description": "see http://a.example/1"}, b={"default": "https://b.example"}, c=[]
    )

    assert shown.links() == ["http://a.example/1", "https://b.example"]


def test_elicitations_are_found_in_requests_and_in_errors() -> None:
    page = {"mode": "url", "url": "https://example.com"}
    request = {"jsonrpc": "2.0", "id": 1, "method": "elicitation/create", "params": {"message": "m"}}
    refusal = {
        "jsonrpc": "2.0",
        "id": 1,
        "error": {"code": -32042, "message": "m", "data": {"elicitations": [page, 5]}},
    }
    broken = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32042, "data": []}}
    found = elicitations_in([Arrived(one, SOURCE) for one in (request, refusal, broken, [], None)])

    assert [(one.page, one.required) for one in found] == [(False, False), (True, True), (False, True)]


def test_a_model_uses_two_tools_at_once_as_long_as_it_may() -> None:
    model, given = Model(2), {"tools": [{"name": "t", "inputSchema": {"type": "object"}}]}
    first, second, third = (model.sample(given) for _ in range(3))

    assert [use["name"] for use in first["content"]] == ["t", "t"]
    assert len({use["id"] for use in (*first["content"], *second["content"])}) == 4
    assert third["content"]["type"] == "text"
    assert Model(2).sample(given | {"toolChoice": {"mode": "none"}})["content"]["type"] == "text"
    assert Model(2).sample({})["content"]["type"] == "text"
