"""What the reference server makes of proofs of possession."""

import base64
import json
import time

import httpx
import jwt as pyjwt
import pytest

from conformance.oauth import dpop
from conformance.oauth.jwt import Key, sign_hs256, unsigned
from conformance.reference.dpop import InvalidProofError, Proofs, thumbprint
from conformance.reference.faults import Faults

from .client import Client, initialize_message

URL = "http://127.0.0.1:8000/mcp"
TOKEN = "an-access-token"
KEY = Key.generate()


def made(defect: str = "") -> str:
    return dpop.proof(KEY, "POST", URL, token=TOKEN, defect=defect)


def key_of(*proofs: str, fault: str | None = None, url: str = URL) -> str:
    return Proofs(Faults(fault)).key(list(proofs), "POST", url, TOKEN)


def test_a_good_proof_names_its_key() -> None:
    assert key_of(made()) == KEY.thumbprint == thumbprint(dict(KEY.public))


def test_the_query_does_not_count() -> None:
    assert key_of(dpop.proof(KEY, "POST", URL + "?a=b#c", token=TOKEN), url=URL + "?x") == KEY.thumbprint


@pytest.mark.parametrize("defect", dpop.DEFECTS)
def test_a_proof_with_one_defect_is_refused(defect: str) -> None:
    with pytest.raises(InvalidProofError):
        key_of(made(defect))


def test_one_proof_is_wanted() -> None:
    for proofs in ((), (made(), made())):
        with pytest.raises(InvalidProofError):
            key_of(*proofs)


def test_a_proof_is_good_once() -> None:
    proofs, text = Proofs(Faults()), made()
    proofs.key([text], "POST", URL, TOKEN)
    with pytest.raises(InvalidProofError, match="before"):
        proofs.key([text], "POST", URL, TOKEN)


def test_a_proof_for_a_token_wants_ath() -> None:
    with pytest.raises(InvalidProofError, match="ath"):
        key_of(dpop.proof(KEY, "POST", URL))


HEADER = {"typ": "dpop+jwt", "jwk": KEY.public}
CLAIMS = {"jti": "x", "htm": "POST", "htu": URL, "iat": int(time.time()), "ath": dpop.digest(TOKEN)}
SECRET = {"kty": "oct", "k": base64.urlsafe_b64encode(b"s" * 32).decode()}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b.c",
        "ü.ü.ü",
        unsigned(HEADER | {"alg": "none"}, CLAIMS),
        sign_hs256(HEADER | {"jwk": SECRET}, CLAIMS, b"s" * 32),
        KEY.sign(HEADER | {"jwk": None}, CLAIMS),
        KEY.sign(HEADER | {"jwk": SECRET}, CLAIMS),
        KEY.sign(HEADER | {"jwk": KEY.public | {"x": 5}}, CLAIMS),
        KEY.sign(HEADER | {"typ": "JWT"}, CLAIMS),
        *(KEY.sign(HEADER, {k: v for k, v in CLAIMS.items() if k != gone}) for gone in CLAIMS),
        *(KEY.sign(HEADER, CLAIMS | {name: [5]}) for name in CLAIMS),
        KEY.sign(HEADER, CLAIMS | {"htu": "http://["}),
    ],
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(InvalidProofError):
        key_of(text)


def test_the_parts_of_these_proofs_are_otherwise_good() -> None:
    assert json.dumps(HEADER)
    assert key_of(KEY.sign(HEADER, CLAIMS)) == KEY.thumbprint


@pytest.fixture
def bound(client: Client) -> Client:
    """A client whose token is bound to KEY."""
    client.new_client()
    code = client.code()
    client.tokens = client.redeem(code, headers={"DPoP": token_proof(client)}).raise_for_status().json()
    return client


def token_proof(client: Client, defect: str = "", key: Key = KEY) -> str:
    return dpop.proof(key, "POST", client.server.origin + "/token", defect=defect)


def knock(client: Client, scheme: str = "DPoP", defect: str = "", key: Key = KEY, bare: bool = False) -> httpx.Response:
    token = client.tokens["access_token"]
    proof = dpop.proof(key, "POST", client.server.url, token=token, defect=defect)
    headers = {"Authorization": f"{scheme} {token}"} | ({} if bare else {"DPoP": proof})
    return client.post_message(initialize_message(), **headers)


def test_tokens_are_bound_to_the_key(bound: Client) -> None:
    assert bound.tokens["token_type"] == "DPoP"
    claims = pyjwt.decode(bound.tokens["access_token"], options={"verify_signature": False})
    assert claims["cnf"] == {"jkt": KEY.thumbprint}


@pytest.mark.parametrize("scheme", ["DPoP", "dpop"])
def test_a_bound_token_works_with_a_proof(bound: Client, scheme: str) -> None:
    assert knock(bound, scheme).status_code == 200


def test_a_bound_token_is_no_bearer_token(bound: Client) -> None:
    assert knock(bound, "Bearer").status_code == knock(bound, "Bearer", bare=True).status_code == 401
    assert knock(bound, bare=True).status_code == knock(bound, key=Key.generate()).status_code == 401
    refusal = knock(bound, defect="no typ")
    challenge = refusal.headers["WWW-Authenticate"]
    assert challenge.endswith('DPoP algs="ES256", error="invalid_dpop_proof"')
    assert challenge.startswith("Bearer ")


def test_a_bearer_token_is_no_bound_token(client: Client) -> None:
    client.log_in()
    assert knock(client).status_code == 401


@pytest.mark.parametrize("defect", [one for one in dpop.DEFECTS if "ath" not in one])
def test_a_bad_proof_yields_no_token_and_spares_the_code(client: Client, defect: str) -> None:
    client.new_client()
    code = client.code()

    refusal = client.redeem(code, headers={"DPoP": token_proof(client, defect)})
    assert (refusal.status_code, refusal.json()["error"]) == (400, "invalid_dpop_proof")
    two = [("DPoP", token_proof(client)), ("DPoP", token_proof(client))]
    assert client.redeem(code, headers=two).json()["error"] == "invalid_dpop_proof"
    assert client.redeem(code, headers={"DPoP": token_proof(client)}).status_code == 200


def test_a_client_may_insist_on_bound_tokens(client: Client) -> None:
    client.new_client(dpop_bound_access_tokens=True)
    code = client.code()
    assert client.redeem(code).json()["error"] == "invalid_dpop_proof"
    assert client.redeem(code, headers={"DPoP": token_proof(client)}).status_code == 200
    assert client.register(dpop_bound_access_tokens="yes").status_code == 400


def test_the_refresh_token_of_a_public_client_is_bound(bound: Client) -> None:
    token = bound.tokens["refresh_token"]
    for headers in ({}, {"DPoP": token_proof(bound, key=Key.generate())}):
        assert bound.refresh(token, headers=headers).json()["error"] == "invalid_grant"
    again = bound.refresh(token, headers={"DPoP": token_proof(bound)}).json()
    assert again["token_type"] == "DPoP"
    assert bound.refresh(again["refresh_token"]).status_code == 400


def test_the_metadata_offers_it(client: Client) -> None:
    server = client.get("/.well-known/oauth-authorization-server").json()
    resource = client.get("/.well-known/oauth-protected-resource/mcp").json()
    assert server["dpop_signing_alg_values_supported"] == resource["dpop_signing_alg_values_supported"] == ["ES256"]
    assert resource["dpop_bound_access_tokens_required"] is False
    assert 'DPoP algs="ES256"' in client.post("/mcp").headers["WWW-Authenticate"]
