"""The key pair behind access tokens and id tokens, and what passes as its signature (RFC 7515, 7517, 7518)."""

import hashlib
import hmac
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_decode

from conformance.reference.faults import Faults
from conformance.reference.jsonrpc import JsonObject

ALGORITHM = "ES256"
_ES256 = ECAlgorithm(ECAlgorithm.SHA256)


class SigningKey:
    """An ES256 key pair, new with each server; `jwk` is its public half as it is published."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._public = self._private.public_key()
        public = ECAlgorithm.to_jwk(self._public, as_dict=True)
        self.jwk: JsonObject = {**public, "kid": public["x"][:8], "use": "sig", "alg": ALGORITHM}

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
        if self.faults.active("signature-unchecked"):
            return True
        algorithm = header.get("alg")
        if algorithm in ("none", "None", "NONE", "") and self.faults.active("unsigned-token-accepted"):
            return True
        text, _, encoded = token.rpartition(".")
        signature = base64url_decode(encoded)
        if algorithm == "HS256" and self.faults.active("public-key-as-secret"):
            secret = self._public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            return hmac.digest(secret, text.encode(), hashlib.sha256) == signature
        return algorithm == ALGORITHM and _ES256.verify(text.encode(), self._key(header), signature)

    def _key(self, header: JsonObject) -> Any:  # noqa: ANN401  a public key of either library
        if "jwk" in header and self.faults.active("embedded-key-trusted"):
            return jwt.PyJWK(header["jwk"]).key
        if "jku" in header and self.faults.active("key-address-followed"):
            return jwt.PyJWKClient(header["jku"], timeout=2).get_signing_keys()[0].key
        return self._public
