"""Which values look guessable."""

import secrets
import uuid

import pytest

from conformance.guessing import weakness
from conformance.oauth.jwt import sign_hs256, unsigned


@pytest.mark.parametrize(
    "values",
    [
        [],
        [secrets.token_urlsafe(16)],
        [secrets.token_urlsafe(32) for _ in range(5)],
        [secrets.token_hex(16) for _ in range(5)],
        [str(uuid.uuid4()) for _ in range(5)],
        ["user-1:grant:" + secrets.token_urlsafe(24) for _ in range(5)],
        [sign_hs256({}, {"n": n}, b"s") for n in range(5)],
    ],
)
def test_random_values_look_random(values: list[str]) -> None:
    assert weakness(values) is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (["a" * 30, "a" * 30], "twice"),
        ([secrets.token_urlsafe(8)], "bits at most"),
        ([secrets.token_hex(12)], "bits at most"),
        (["17639184731234567"], "bits at most"),
        (["x" * 40 + str(n) for n in range(10, 15)], "differ in 1"),
        ([unsigned({"alg": "none"}, {"n": 1}), unsigned({"alg": "none"}, {"n": 2})], "differ in"),
    ],
)
def test_guessable_values_are_recognized(values: list[str], reason: str) -> None:
    found = weakness(values)
    assert found
    assert reason in found
