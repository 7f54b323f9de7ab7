"""Proofs of possession as a client makes them."""

import time
from collections.abc import Callable

import jwt as pyjwt
import pytest

from conformance.oauth import dpop, jwt
from conformance.wire.http import Reply

URL = "https://mcp.example/mcp"
TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"  # and its digest below: RFC 9449 section 7.1
KEY = jwt.Key.generate()
CHALLENGE = 'Bearer realm="x", DPoP algs="ES256", error="use_dpop_nonce"'


def claims_of(proof: str) -> dict[str, object]:
    return pyjwt.decode(proof, pyjwt.PyJWK(dict(KEY.public)), ["ES256"], options={"verify_iat": False})


def test_a_proof_has_all_that_the_rfc_asks_for() -> None:
    made = dpop.proof(KEY, "GET", URL + "?a=b#c", token=TOKEN, nonce="n")

    header = pyjwt.get_unverified_header(made)
    assert header == {"typ": "dpop+jwt", "alg": "ES256", "jwk": KEY.public}
    claims = claims_of(made)
    assert claims.keys() == {"jti", "htm", "htu", "iat", "ath", "nonce"}
    assert (claims["htm"], claims["htu"], claims["nonce"]) == ("GET", URL, "n")
    assert claims["ath"] == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"


def test_proofs_are_never_the_same() -> None:
    assert claims_of(dpop.proof(KEY, "GET", URL))["jti"] != claims_of(dpop.proof(KEY, "GET", URL))["jti"]


def test_iat_is_the_time_of_the_server() -> None:
    assert abs(int(str(claims_of(dpop.proof(KEY, "GET", URL, clock=-100))["iat"])) - time.time() + 100) < 3


@pytest.mark.parametrize("defect", dpop.DEFECTS)
def test_a_defect_changes_one_thing(defect: str) -> None:
    def parts(made: str) -> dict[str, object]:
        read = jwt.read(made)
        assert read
        signed = True
        try:
            claims_of(made)
        except pyjwt.InvalidSignatureError:
            signed = False
        return {**read.header, **read.claims, "jti": "", "signed": signed}

    good, bad = (parts(dpop.proof(KEY, "POST", URL, token="t", defect=one)) for one in ("", defect))

    assert len({name for name in good | bad if good.get(name) != bad.get(name)}) == 1


def answers(*replies: Reply) -> tuple[Callable[[str], Reply], list[str]]:
    left, nonces = list(replies), list[str]()

    def request(proof: str) -> Reply:
        nonces.append(str(claims_of(proof).get("nonce")))
        return left.pop(0)

    return request, nonces


def reply(status: int, body: bytes = b"", **headers: str) -> Reply:
    return Reply(status, tuple((name.replace("_", "-"), value) for name, value in headers.items()), body, "")


@pytest.mark.parametrize(
    "demand",
    [
        reply(400, b'{"error":"use_dpop_nonce"}', DPoP_Nonce="first"),
        reply(401, b"", DPoP_Nonce="first", WWW_Authenticate=CHALLENGE),
    ],
    ids=["token endpoint", "resource"],
)
def test_a_demanded_nonce_is_sent_once_and_remembered(demand: Reply) -> None:
    prover = dpop.Prover(KEY)
    request, nonces = answers(demand, reply(200, DPoP_Nonce="second"), reply(200))

    assert prover.send(request, "POST", URL).status == 200
    assert prover.send(request, "POST", URL).status == 200
    assert nonces == ["None", "first", "second"]
    assert prover.demands == [demand]


def test_a_nonce_is_not_shared_between_servers() -> None:
    prover = dpop.Prover(KEY)
    request, nonces = answers(reply(200, DPoP_Nonce="first"), reply(200))

    prover.send(request, "POST", URL)
    prover.send(request, "POST", "https://login.example/token")
    assert nonces == ["None", "None"]


@pytest.mark.parametrize("headers", [{"DPoP_Nonce": "new"}, {}])
def test_a_server_that_never_has_enough_is_asked_twice_at_most(headers: dict[str, str]) -> None:
    demand = reply(400, b'{"error":"use_dpop_nonce"}', **headers)
    request, nonces = answers(demand, demand)

    assert dpop.Prover(KEY).send(request, "POST", URL) is demand
    assert len(nonces) == 1 + len(headers)


@pytest.mark.parametrize("defect", sorted(dpop.AGES))
def test_a_proof_of_a_wrong_age_bears_no_nonce_which_would_date_it(defect: str) -> None:
    prover = dpop.Prover(KEY)
    demand = reply(400, b'{"error":"use_dpop_nonce"}', DPoP_Nonce="first")
    request, nonces = answers(demand, reply(200), demand)

    assert prover.send(request, "POST", URL).status == 200
    assert prover.send(request, "POST", URL, defect=defect) is demand
    assert nonces == ["None", "first", "None"]


def test_other_refusals_are_no_demand() -> None:
    assert not dpop.wants_nonce(reply(401, b"", WWW_Authenticate='DPoP error="invalid_token"'))
    assert not dpop.wants_nonce(reply(200, b'{"error":"use_dpop_nonce"}'))
