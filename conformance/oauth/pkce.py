"""Proof Key for Code Exchange (RFC 7636)."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


def s256_challenge(verifier: str) -> str:
    """BASE64URL(SHA256(verifier)) without padding (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class Pkce:
    """A verifier and the challenge that goes with it."""

    verifier: str = field(repr=False)
    challenge: str
    method: str = "S256"

    @classmethod
    def s256(cls, length: int = 43) -> "Pkce":
        """A fresh random verifier of 43 to 128 characters with its S256 challenge."""
        verifier = "-._~"[: max(0, length - 43)] + "".join(secrets.choice(UNRESERVED) for _ in range(length))
        return cls.of(verifier[:length])

    @classmethod
    def of(cls, verifier: str) -> "Pkce":
        """Any verifier, well-formed or not, with its S256 challenge."""
        return cls(verifier, s256_challenge(verifier))
