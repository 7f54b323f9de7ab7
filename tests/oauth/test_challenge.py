"""WWW-Authenticate as servers write it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.oauth.challenge import Challenge, bearer, parse_challenges


def challenge(scheme: str, **parameters: str) -> Challenge:
    return Challenge(scheme, tuple(parameters.items()))


PARSED: dict[str, list[Challenge]] = {
    "": [],
    "Bearer": [challenge("Bearer")],
    "bearer": [challenge("bearer")],
    'Bearer realm="a b"': [challenge("Bearer", realm="a b")],
    "Bearer error=invalid_token": [challenge("Bearer", error="invalid_token")],
    'Bearer realm="a", error="b"': [challenge("Bearer", realm="a", error="b")],
    'Bearer realm="a",error="b"': [challenge("Bearer", realm="a", error="b")],
    'Bearer  realm = "a" ,  error="b"': [challenge("Bearer", realm="a", error="b")],
    'Bearer REALM="a"': [challenge("Bearer", realm="a")],
    'Bearer realm="a\\"b\\\\c"': [challenge("Bearer", realm='a"b\\c')],
    'Bearer realm="a, Basic b=c"': [challenge("Bearer", realm="a, Basic b=c")],
    'Basic realm="x", Bearer realm="y"': [challenge("Basic", realm="x"), challenge("Bearer", realm="y")],
    "Negotiate, Bearer": [challenge("Negotiate"), challenge("Bearer")],
    'Negotiate dG9rZW4=, Bearer realm="y"': [challenge("Negotiate"), challenge("Bearer", realm="y")],
    'DPoP algs="ES256", Bearer resource_metadata="http://h/x?a=b&c=d"': [
        challenge("DPoP", algs="ES256"),
        challenge("Bearer", resource_metadata="http://h/x?a=b&c=d"),
    ],
    ', , Bearer realm="a",': [challenge("Bearer", realm="a")],
    'realm="a"': [],
}


@pytest.mark.parametrize("text", PARSED)
def test_challenges_are_read(text: str) -> None:
    assert parse_challenges([text]) == PARSED[text]


def test_a_challenge_of_dpop_counts_where_there_is_no_bearer_challenge() -> None:
    bound, unbound = 'DPoP algs="ES256"', 'Bearer realm="b"'

    assert bearer(['Basic realm="a"', bound]) == parse_challenges([bound])[0]
    assert bearer([bound, unbound]) == parse_challenges([unbound])[0]


def test_the_first_bearer_challenge_of_all_fields_counts() -> None:
    found = bearer(['Basic realm="a"', 'BEARER realm="b"', 'Bearer realm="c"'])

    assert found
    assert found.get("realm") == "b"
    assert found.get("error") is None
    assert bearer(["Basic"]) is None
    assert bearer([]) is None


def test_repeated_parameters_are_kept() -> None:
    found = bearer(['Bearer scope="a", scope="b"'])

    assert found
    assert found.parameters == (("scope", "a"), ("scope", "b"))
    assert found.get("scope") == "a"


@settings(derandomize=True, deadline=None, max_examples=50)
@given(text=st.text(max_size=60))
def test_nothing_crashes(text: str) -> None:
    parse_challenges([text, f"Bearer {text}", f'Bearer a="{text}'])


@settings(derandomize=True, deadline=None, max_examples=50)
@given(value=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30))
def test_any_quoted_value_comes_back(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    found = bearer([f'Bearer a="{quoted}", b=c'])

    assert found
    assert (found.get("a"), found.get("b")) == (value, "c")


@pytest.mark.parametrize("piece", ['"', "a=", "a ", "\\", ' "\\', "=", "a,", "Bearer "])
def test_hostile_fields_are_read_in_time(piece: str) -> None:
    started = time.process_time()
    parse_challenges([f"Bearer {piece * 20_000}", f'Bearer a="{piece * 20_000}'])

    assert time.process_time() - started < 2
