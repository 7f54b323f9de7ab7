"""Proofs that we hold a key (RFC 9449 section 4.2): good ones, and ones with a single defect."""

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.oauth.challenge import Challenge, parse_challenges
from conformance.oauth.jwt import Draft, Key, encode
from conformance.wire.http import Reply, origin_of

ALGORITHM = "ES256"
_HOUR = 3600


def _private_jwk(draft: Draft) -> None:
    from jwt.algorithms import ECAlgorithm

    assert draft.signer  # noqa: S101 - narrows the type
    draft.header["jwk"] = ECAlgorithm.to_jwk(draft.signer.private, as_dict=True)


def _foreign_signature(draft: Draft) -> None:
    draft.signer = Key.generate()


DEFECTS: Mapping[str, Callable[[Draft], object]] = {
    "the htu of another address": lambda draft: draft.claims.update(htu=draft.claims["htu"] + "/elsewhere"),
    "the htm of another method": lambda draft: draft.claims.update(htm="PUT"),
    "an iat of an hour ago": lambda draft: draft.claims.update(iat=draft.claims["iat"] - _HOUR),
    "an iat six minutes ago": lambda draft: draft.claims.update(iat=draft.claims["iat"] - 360),
    "an iat six minutes ahead": lambda draft: draft.claims.update(iat=draft.claims["iat"] + 360),
    "a signature by another key": _foreign_signature,
    "no typ": lambda draft: draft.header.pop("typ"),
    "a private key in jwk": _private_jwk,
    "the ath of another token": lambda draft: draft.claims.update(ath=digest(secrets.token_urlsafe(16))),
}
"""What can be wrong with a proof, and how to make it so."""
AGES = frozenset(name for name in DEFECTS if name.startswith("an iat"))
"""Defects only of a proof without nonce, which would date it instead (RFC 9449 section 4.3)."""


def proof(
    key: Key, method: str, url: str, *, token: str = "", nonce: str = "", clock: float = 0.0, defect: str = ""
) -> str:
    """A proof for one request.

    Args:
        key: signs the proof and is shown in it.
        method: of the request.
        url: of the request; query and fragment are left out.
        token: the access token that goes along, if any.
        nonce: what the server asked to be repeated, if it did.
        clock: seconds by which the server's clock is ahead of ours.
        defect: one of DEFECTS.
    """
    claims: dict[str, Any] = {
        "jti": secrets.token_urlsafe(16),
        "htm": method,
        "htu": url.partition("#")[0].partition("?")[0],
        "iat": int(time.time() + clock),
    }
    claims |= {"ath": digest(token)} if token else {}
    claims |= {"nonce": nonce} if nonce else {}
    draft = Draft({"typ": "dpop+jwt", "alg": key.algorithm, "jwk": key.public}, claims, key)
    if defect:
        DEFECTS[defect](draft)
    return draft.signed()


def digest(token: str) -> str:
    """What `ath` says of an access token (RFC 9449 section 4.2)."""
    return encode(hashlib.sha256(token.encode()).digest())


@dataclass
class Prover:
    """Sends requests with proofs of one key; a server that demands its nonce is asked once more with it.

    `clock` as in `proof`. `demands` are the answers that demanded a nonce.
    """

    key: Key
    clock: float = 0.0
    demands: list[Reply] = field(default_factory=list[Reply])
    _nonces: dict[str, str] = field(default_factory=dict[str, str])

    def send(
        self, request: Callable[[str], Reply], method: str, url: str, *, token: str = "", defect: str = ""
    ) -> Reply:
        """The answer to a request that is given its proof. Raises NoAnswer."""
        reply = self._once(request, method, url, token, defect)
        if wants_nonce(reply):
            self.demands.append(reply)
            if reply.header("dpop-nonce") and defect not in AGES:
                return self._once(request, method, url, token, defect)
        return reply

    def proof(self, method: str, url: str, *, token: str = "", defect: str = "") -> str:
        """A proof with the nonce that the server of a URL asked for last, if the defect allows for one."""
        nonce = "" if defect in AGES else self._nonces.get(origin_of(url), "")
        return proof(self.key, method, url, token=token, nonce=nonce, clock=self.clock, defect=defect)

    def with_key(self, key: Key) -> "Prover":
        """The same prover with another key, which knows the nonces so far."""
        return replace(self, key=key, _nonces=dict(self._nonces))

    def _once(self, request: Callable[[str], Reply], method: str, url: str, token: str, defect: str) -> Reply:
        reply = request(self.proof(method, url, token=token, defect=defect))
        nonce = reply.header("dpop-nonce")
        if nonce:
            self._nonces[origin_of(url)] = nonce
        return reply


def challenges(reply: Reply) -> list[Challenge]:
    """The DPoP challenges of an answer (RFC 9449 section 7.1)."""
    return [one for one in parse_challenges(reply.header_all("www-authenticate")) if one.scheme.lower() == "dpop"]


def wants_nonce(reply: Reply) -> bool:
    """Whether the answer only asks to repeat the request with a nonce (RFC 9449 sections 8 and 9)."""
    said = [reply.json_object.get("error"), *(one.get("error") for one in challenges(reply))]
    return 400 <= reply.status < 500 and "use_dpop_nonce" in said
