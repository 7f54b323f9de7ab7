"""Tokens that nobody issued."""

import hmac
import time
from typing import Any

import jwt as pyjwt
import pytest

from conformance.oauth import jwt
from conformance.oauth.discovery import AuthorizationServer, Discovery
from conformance.oauth.forging import ForeignKeys, Template, altered

KEY = jwt.Key.generate()
CLAIMS: dict[str, Any] = {
    "iss": "https://as.example",
    "aud": "https://mcp.example/mcp",
    "sub": "ann",
    "exp": int(time.time()) + 3600,
}
TOKEN = KEY.sign({"typ": "at+jwt", "kid": "k1"}, CLAIMS)
ADDRESS = "https://keys.example/jwks.json"


@pytest.mark.parametrize(("token", "parts"), [(TOKEN, 3), ("opaque-token", 1), ("a.bbbb", 1), ("x", 0), ("", 0)])
def test_each_part_of_a_token_is_altered_in_its_middle(token: str, parts: int) -> None:
    changed = altered(token)

    assert len(changed) == parts
    for other in changed.values():
        assert len(other) == len(token)
        assert sum(a != b for a, b in zip(token, other, strict=True)) == 1
        assert other[-1:] == token[-1:]


def test_an_altered_signature_is_another_signature() -> None:
    published = pyjwt.PyJWK(dict(KEY.public))
    with pytest.raises(pyjwt.InvalidSignatureError):
        pyjwt.decode(altered(TOKEN)["a changed signature"], published, ["ES256"], audience=CLAIMS["aud"])


def test_a_template_copies_a_readable_token() -> None:
    template = Template.of_token(TOKEN)

    assert template
    assert (template.claims, template.kid) == (CLAIMS, "k1")
    assert Template.of_token("opaque") is None


def test_a_template_guesses_from_metadata() -> None:
    template = Template.of_metadata(
        Discovery(servers=(AuthorizationServer("https://as.example"),)), "https://mcp.example/mcp", "k1"
    )

    assert template.claims["iss"] == "https://as.example"
    assert template.claims["aud"] == "https://mcp.example/mcp"
    assert template.claims["exp"] > time.time()
    assert template.header == {"typ": "at+jwt", "kid": "k1"}


def test_unsigned_tokens_spell_none_in_every_way() -> None:
    template = Template.of_token(TOKEN)

    assert template
    tokens = [jwt.read(token) for token in template.unsigned().values()]
    assert [token.header["alg"] for token in tokens if token] == ["none", "None", "NONE", ""]
    assert all(token.endswith(".") for token in template.unsigned().values())


def test_foreign_tokens_bring_their_keys_in_several_ways() -> None:
    keys, template = ForeignKeys.generate(), Template.of_token(TOKEN)
    assert template

    forged = template.of_foreign_keys(keys, ADDRESS)

    headers = {name: pyjwt.get_unverified_header(token) for name, token in forged.items()}
    assert headers["our ES256 key"]["kid"] == headers["our RS256 key"]["kid"] == "k1"
    assert headers["an embedded key"]["jwk"] == keys.elliptic.public
    assert headers["the address of our keys"]["jku"] == ADDRESS
    published = pyjwt.PyJWKSet.from_dict(keys.document)
    for name in ("the address of our keys", "us as issuer"):
        key = published[headers[name]["kid"]]
        assert pyjwt.decode(forged[name], key, ["ES256"], audience=CLAIMS["aud"])["sub"] == "ann"


def test_a_public_key_serves_as_secret() -> None:
    template, secret = Template.of_token(TOKEN), jwt.public_encodings(KEY.public)["DER"]

    assert template
    forged = template.signed_with({"DER": secret})["DER"]
    text, _, signature = forged.rpartition(".")
    assert jwt.encode(hmac.digest(secret, text.encode(), "sha256")) == signature
