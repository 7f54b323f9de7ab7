"""The key pair behind access tokens and id tokens, and what passes as its signature (RFC 7515, 7517, 7518)."""

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_decode

from conformance.reference.jsonrpc import JsonObject
from conformance.reference.store import random_value

ALGORITHM = "ES256"
_ES256 = ECAlgorithm(ECAlgorithm.SHA256)


class SigningKey:
    """An ES256 key pair, new with each server; `jwk` is its public half as it is published."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._public = self._private.public_key()
        id = random_value()
        self.jwk: JsonObject = {**ECAlgorithm.to_jwk(self._public, as_dict=True), "kid": id, "use": "sig"}
        self.jwk["alg"] = ALGORITHM

    @property
    def private_jwk(self) -> JsonObject:
        """Both halves, which nobody else may have."""
        return self.jwk | ECAlgorithm.to_jwk(self._private, as_dict=True)

    def sign(self, claims: JsonObject, type: str) -> str:
        """The claims as a signed token; `type` is the `typ` of its header."""
        return jwt.encode(claims, self._private, ALGORITHM, {"typ": type, "kid": self.jwk["kid"]})

    def open(self, token: str) -> tuple[str, JsonObject] | None:
        """The type and the claims of a token this key signed, None for any other; expired or not."""
        try:
            header = jwt.get_unverified_header(token)
            if not self._signed(token, header):
                return None
            return str(header.get("typ")), jwt.decode(token, options={"verify_signature": False})
        except jwt.PyJWTError:
            return None

    def _signed(self, token: str, header: JsonObject) -> bool:
        text, _, encoded = token.rpartition(".")
        return header.get("alg") == ALGORITHM and _ES256.verify(text.encode(), self._public, base64url_decode(encoded))
