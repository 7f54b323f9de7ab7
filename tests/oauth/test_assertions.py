"""Assertions with which clients authenticate."""

import jwt as pyjwt
import pytest
from jwt.types import Options

from conformance.oauth import assertions
from conformance.oauth.jwt import Key, read

AUDIENCE = "https://login.example"


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "RS256"])
def test_an_assertion_is_what_a_server_accepts(algorithm: str) -> None:
    key = Key.generate(algorithm)  # type: ignore[arg-type]
    text = assertions.assertion(key, "me", AUDIENCE)

    required = ["iss", "sub", "aud", "exp", "jti"]
    options: Options = {"require": required}
    claims = pyjwt.decode(
        text, pyjwt.PyJWK(dict(key.public), algorithm), audience=AUDIENCE, issuer="me", subject="me", options=options
    )
    assert claims["exp"] - claims["iat"] <= 300


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "RS256"])
@pytest.mark.parametrize("defect", assertions.DEFECTS)
def test_an_assertion_with_a_defect_is_refused(defect: str, algorithm: str) -> None:
    key = Key.generate(algorithm)  # type: ignore[arg-type]
    text = assertions.assertion(key, "me", AUDIENCE, defect=defect)

    assert read(text)
    with pytest.raises(pyjwt.PyJWTError):
        pyjwt.decode(text, pyjwt.PyJWK(dict(key.public), algorithm), audience=AUDIENCE, issuer="me", subject="me")
