"""What a code is asked about proofs of possession, on servers that treat codes and proofs in different ways."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from conformance.ceremony.binding import DEFECTS, NO_PROOF, TWO_PROOFS, Binding
from conformance.oauth.discovery import Discovery
from conformance.oauth.dpop import Prover
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.jwt import Key, read
from conformance.oauth.registration import Client
from conformance.oauth.token_reply import TokenReply
from conformance.reference.dpop import InvalidProofError, Proofs
from conformance.reference.faults import Faults
from conformance.wire.http import Reply

TOKEN_ENDPOINT = "https://login.example/token"
KEY = Key.generate()


@dataclass
class Server:
    """A token endpoint. `verdict` says what becomes of a redemption whose proof was found good or bad.

    `burns`: a refused redemption ends the code.
    """

    verdict: Callable[[bool], str]
    burns: bool = False
    keeps_member: bool = True
    given: bool = False
    codes: list[bool] = field(default_factory=list[bool])

    @property
    def discovery(self) -> Discovery:
        class Known(Discovery):
            def endpoint(self, name: str) -> str | None:
                return "https://login.example/register"

        return Known()

    redirect_uri = "http://127.0.0.1/cb"

    def register(self, purpose: str, **changes: Any) -> Reply:
        kept = changes if self.keeps_member else {}
        return Reply(201, (), json.dumps({"client_id": "me", **kept}).encode(), "")

    def endpoint(self, name: str) -> str:
        return TOKEN_ENDPOINT

    def authorize(self, pkce: object, client: Client, *, of: str) -> int:
        assert of == "dpop"
        self.codes.append(True)
        return len(self.codes) - 1

    def redeem(self, code: int, *, purpose: str, headers: Mapping[str, list[str]] | None = None) -> TokenReply:
        answer = self.verdict(self._good((headers or {}).get("DPoP", [])))
        if not self.codes[code]:
            answer = "invalid_grant"
        self.codes[code] = self.codes[code] and answer.startswith("invalid") and not self.burns
        if answer.startswith("invalid"):
            return TokenReply(Reply(400, (), json.dumps({"error": answer}).encode(), ""))
        return TokenReply(Reply(200, (), json.dumps({"access_token": "t", "token_type": answer}).encode(), ""))

    def _good(self, proofs: list[str]) -> bool:
        try:
            return bool(Proofs(Faults()).key(proofs, "POST", TOKEN_ENDPOINT)) and bool(read(proofs[0]))
        except InvalidProofError:
            return False


def perform(server: Server) -> Binding:
    return Binding.perform(cast("OAuthFlow", server), Prover(KEY))


EVERYTHING = {NO_PROOF, *DEFECTS}


@pytest.mark.parametrize("error", ["invalid_dpop_proof", "invalid_request"])
def test_one_code_is_enough_where_codes_survive(error: str) -> None:
    server = Server(lambda good: "DPoP" if good else error)
    made = perform(server)

    assert len(server.codes) == 1
    assert made.bound
    assert made.proven == made.attempts.keys() == EVERYTHING
    assert {reply.oauth_error for reply in made.attempts.values()} == {error}


def test_two_codes_are_enough_where_the_proof_is_read_first() -> None:
    codes_read_last = Server(lambda good: "DPoP" if good else "invalid_dpop_proof", burns=True)
    codes_read_last.redeem = _proof_first(codes_read_last)  # type: ignore[method-assign]
    made = perform(codes_read_last)

    assert len(codes_read_last.codes) == 2
    assert made.bound
    assert made.proven == EVERYTHING


def _proof_first(server: Server) -> Callable[..., TokenReply]:
    plain = server.redeem

    def redeem(code: int, *, purpose: str, headers: Mapping[str, list[str]] | None = None) -> TokenReply:
        alive, server.codes[code] = server.codes[code], True
        reply = plain(code, purpose=purpose, headers=headers)
        if not alive and reply.issued_token:
            server.codes[code] = False
            return TokenReply(Reply(400, (), b'{"error":"invalid_grant"}', ""))
        return reply

    return redeem


def test_a_server_that_ends_codes_is_asked_for_three_and_what_is_vacuous_is_not_proven() -> None:
    server = Server(lambda good: "DPoP" if good else "invalid_request", burns=True)
    made = perform(server)

    assert len(server.codes) == 3
    assert made.bound
    assert made.proven == {NO_PROOF}
    assert made.attempts.keys() == EVERYTHING


def test_a_server_without_the_member_is_not_asked_without_proof() -> None:
    made = perform(Server(lambda good: "DPoP" if good else "invalid_dpop_proof", keeps_member=False))

    assert made.attempts.keys() == set(DEFECTS)


@pytest.mark.parametrize("kind", ["Bearer", "DPoP"])
def test_a_server_that_reads_no_proof_costs_three_codes(kind: str) -> None:
    server = Server(lambda _: kind)
    made = perform(server)

    assert len(server.codes) == 3
    assert made.bound == (kind == "DPoP")
    assert [name for name, reply in made.attempts.items() if reply.issued_token] == [NO_PROOF, DEFECTS[0]]


def test_a_server_that_refuses_every_proof_gives_no_token() -> None:
    server = Server(lambda _: "invalid_dpop_proof")
    made = perform(server)

    assert len(server.codes) == 2
    assert not made.bound
    assert made.accepted.oauth_error == "invalid_dpop_proof"


def test_two_proofs_are_sent_in_two_fields() -> None:
    sent: list[int] = []
    server = Server(lambda good: "DPoP" if good else "invalid_dpop_proof")
    plain = server.redeem

    def redeem(code: int, *, purpose: str, headers: Mapping[str, list[str]] | None = None) -> TokenReply:
        if TWO_PROOFS in purpose:
            sent.append(len((headers or {})["DPoP"]))
        return plain(code, purpose=purpose, headers=headers)

    server.redeem = redeem  # type: ignore[method-assign]
    perform(server)
    assert sent == [2]
