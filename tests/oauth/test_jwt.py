"""Tokens that are read without trust, and forged ones."""

import json
from typing import Any, get_args

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from conformance.oauth import jwt

CLAIMS = {"sub": "ann", "aud": "https://mcp.example/mcp"}


ALGORITHMS = get_args(jwt.Algorithm)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_holds_for_the_published_key(algorithm: jwt.Algorithm) -> None:
    key = jwt.Key.generate(algorithm)

    token = key.sign({"typ": "at+jwt"}, CLAIMS)

    published = pyjwt.PyJWK(dict(key.public))
    assert pyjwt.decode(token, published, [algorithm], audience=CLAIMS["aud"]) == CLAIMS
    assert "d" not in key.public
    assert "private" not in repr(key)


def test_a_thumbprint_is_that_of_the_rfc() -> None:
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajr"
        "n1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    key = jwt.Key("RS256", {"kty": "RSA", "n": modulus, "e": "AQAB", "kid": "2011-04-29"}, None)

    assert key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_a_shared_secret_signs() -> None:
    token = jwt.sign_hs256({}, CLAIMS, b"s" * 32)

    assert pyjwt.decode(token, b"s" * 32, ["HS256"], audience=CLAIMS["aud"]) == CLAIMS


def test_an_unsigned_token_has_an_empty_third_part() -> None:
    token = jwt.unsigned({"alg": "none"}, CLAIMS)

    assert token.endswith(".")
    read = jwt.read(token)
    assert read
    assert (read.header, read.claims) == ({"alg": "none"}, CLAIMS)
    assert read.audiences == (CLAIMS["aud"],)


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "e30.W10.x", "e30.e30", "e30.e30.x.y.z", "ü.ü.ü", "\ud800.e30.x"])
def test_what_is_no_signed_token_is_not_read(text: str) -> None:
    assert jwt.read(text) is None


def test_a_public_key_has_two_encodings() -> None:
    forms = jwt.public_encodings(jwt.Key.generate().public)

    assert forms["PEM"].startswith(b"-----BEGIN PUBLIC KEY-----")
    assert forms["DER"][0] == 0x30
    for broken in ({}, {"kty": "EC"}, {"kty": "EC", "crv": "P-256", "x": 5, "y": []}, {"kty": "oct", "k": "AAAA"}):
        assert jwt.public_encodings(json.loads(json.dumps(broken))) == {}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_is_read_from_pem(algorithm: jwt.Algorithm) -> None:
    key = jwt.Key.generate(algorithm)

    again = jwt.Key.of_pem(pem(key.private))
    assert (again.algorithm, again.public) == (algorithm, key.public)


def pem(private: Any, password: bytes = b"") -> str:
    protection = BestAvailableEncryption(password) if password else NoEncryption()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection).decode()


OTHERS = {
    "": "no private key",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----": "no private key",
    pem(jwt.Key.generate().private, b"password"): "encrypted",
    pem(ec.generate_private_key(ec.SECP256K1())): "none of",
    pem(x25519.X25519PrivateKey.generate()): "none of",
}


@pytest.mark.parametrize(("text", "reason"), OTHERS.items(), ids=["empty", "certificate", "encrypted", "curve", "use"])
def test_other_keys_are_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        jwt.Key.of_pem(text)
