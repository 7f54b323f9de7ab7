"""Proofs that the sender of a request holds a key (RFC 9449)."""

import base64
import hashlib
import json
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import jwt
from jwt.types import Options

from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import JsonObject, as_object

ALGORITHMS = ("ES256",)
PROOF_LIFETIME = 300


class InvalidProofError(Exception):
    """The proof does not show what it should; the message says why."""


def thumbprint(jwk: JsonObject) -> str:
    """The fingerprint of a public elliptic curve key (RFC 7638 section 3)."""
    members = json.dumps({name: jwk.get(name) for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    return digest(members)


def digest(text: str) -> str:
    """BASE64URL(SHA256(text)) without padding, as in the members `ath` and `jkt`."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


@dataclass(slots=True)
class Proofs:
    """Checks proofs, and remembers them for as long as they live so that each is good once."""

    faults: Faults
    _seen: dict[str, float] = field(default_factory=dict[str, float])

    def key(self, fields: list[str], method: str, url: str, token: str = "") -> str:
        """The thumbprint of the key that sent a request with these DPoP header fields.

        `token` is the access token that came along, where one did. Raises InvalidProofError.
        """
        if len(fields) != 1:
            raise InvalidProofError("send one proof" if fields else "the proof is missing")
        jwk, claims = _opened(fields[0], trusting=self.faults.active("dpop-signature-ignored"))
        if claims.get("htm") != method:
            raise InvalidProofError("htm is not the method of this request")
        if not _same_url(claims.get("htu"), url) and not self.faults.active("dpop-htu-ignored"):
            raise InvalidProofError("htu is not the address of this request")
        self._check_age(claims.get("iat"))
        if token and claims.get("ath") != digest(token) and not self.faults.active("dpop-ath-ignored"):
            raise InvalidProofError("ath is not the digest of the access token")
        self._remember(claims.get("jti"))
        return thumbprint(jwk)

    def _check_age(self, issued_at: object) -> None:
        if not isinstance(issued_at, int | float) or isinstance(issued_at, bool):
            raise InvalidProofError("iat must be a number")
        if abs(time.time() - issued_at) > PROOF_LIFETIME and not self.faults.active("dpop-iat-ignored"):
            raise InvalidProofError("iat is more than five minutes away")

    def _remember(self, id: object) -> None:
        if not isinstance(id, str) or not id:
            raise InvalidProofError("jti must be a string")
        now = time.time()
        self._seen = {one: until for one, until in self._seen.items() if until > now}
        if id in self._seen and not self.faults.active("dpop-proof-replayable"):
            raise InvalidProofError("the proof was used before")
        self._seen[id] = now + 2 * PROOF_LIFETIME


def _opened(proof: str, trusting: bool) -> tuple[JsonObject, JsonObject]:
    """The public key and the claims of a proof (RFC 9449 section 4.3), its signature unread where `trusting`.

    Raises InvalidProofError.
    """
    try:
        header = jwt.get_unverified_header(proof)
        jwk = as_object(header.get("jwk"))
        if header.get("typ") != "dpop+jwt":
            raise InvalidProofError("typ must be dpop+jwt")
        if header.get("alg") not in ALGORITHMS:
            raise InvalidProofError("alg must be one of " + ", ".join(ALGORITHMS))
        if jwk is None or "d" in jwk:
            raise InvalidProofError("jwk must be a public key")
        key = jwt.PyJWK(jwk, "ES256")
        options: Options = {"verify_signature": not trusting, "verify_iat": False, "verify_exp": False}
        return jwk, jwt.decode(proof, key, algorithms=list(ALGORITHMS), options=options)
    except jwt.PyJWTError as error:
        raise InvalidProofError(f"the proof cannot be read: {error}") from None


def _same_url(claimed: object, url: str) -> bool:
    """Whether two addresses are the same but for their queries, scheme and host compared without regard to case."""
    try:
        one, other = urlsplit(claimed if isinstance(claimed, str) else ""), urlsplit(url)
    except ValueError:
        return False
    return (one.scheme, one.netloc.lower(), one.path) == (other.scheme, other.netloc.lower(), other.path)
