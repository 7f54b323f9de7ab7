"""JSON Web Tokens as an auditor needs them: read without trust, signed with any key or with none.

RFC 7515 (compact form), 7517 and 7638 (keys), 7518 (algorithms).
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, Literal, cast, get_args

from conformance.shapes import as_object, is_object

Algorithm = Literal["ES256", "ES384", "ES512", "RS256", "EdDSA"]
ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)
Json = Mapping[str, Any]

_THUMBPRINT_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}


@dataclass(frozen=True)
class Jwt:
    """Header and claims of a token whose signature nobody verified. The repr shows neither."""

    header: dict[str, Any] = field(repr=False)
    claims: dict[str, Any] = field(repr=False)

    @property
    def audiences(self) -> tuple[str, ...]:
        """The values of `aud`, which is a string or an array of strings (RFC 7519 section 4.1.3)."""
        named = self.claims.get("aud")
        listed = cast("list[object]", named) if isinstance(named, list) else [named]
        return tuple(one for one in listed if isinstance(one, str))


def read(token: str) -> Jwt | None:
    """The two readable parts of a signed token, None where it is opaque, encrypted or broken."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    header, claims = _object(parts[0]), _object(parts[1])
    return None if header is None or claims is None else Jwt(header, claims)


def unsigned(header: Json, claims: Json) -> str:
    """A token with an empty signature (RFC 7519 section 6)."""
    return _signing_input(header, claims) + "."


def sign_hs256(header: Json, claims: Json, secret: bytes) -> str:
    """A token signed with a shared secret; `alg` is HS256 unless the header says otherwise."""
    text = _signing_input({"alg": "HS256"} | dict(header), claims)
    return f"{text}.{encode(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Key:
    """A key pair, mostly a throwaway one of the audit; `public` is its JWK."""

    algorithm: Algorithm
    public: dict[str, str]
    private: Any = field(repr=False)

    @classmethod
    def generate(cls, algorithm: Algorithm = "ES256") -> "Key":
        """A new key pair: on the curve of the algorithm, or RSA of 2048 bits."""
        return cls._of(_material().generate(algorithm))

    @classmethod
    def of_pem(cls, pem: str) -> "Key":
        """The key pair of a private key in PEM: RSA, P-256, P-384, P-521 or Ed25519.

        Raises ValueError where the text holds no such key; the message says what is wrong with it.
        """
        return cls._of(_material().load(pem))

    @classmethod
    def _of(cls, private: object) -> "Key":
        algorithm = cast("Algorithm", _material().algorithm_of(private))
        public = _material().public_jwk(algorithm, private)
        return cls(algorithm, {name: public[name] for name in _THUMBPRINT_MEMBERS[public["kty"]]}, private)

    @property
    def thumbprint(self) -> str:
        """The SHA-256 thumbprint of the public key (RFC 7638)."""
        members = {name: self.public[name] for name in _THUMBPRINT_MEMBERS[self.public["kty"]]}
        canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
        return encode(hashlib.sha256(canonical.encode()).digest())

    @property
    def pem(self) -> str:
        """The private key, to be read by `of_pem`."""
        return _material().pem_of(self.private)

    @property
    def published(self) -> dict[str, str]:
        """The public key as a key set has it (RFC 7517 section 5), with its thumbprint as `kid`."""
        return self.public | {"kid": self.thumbprint, "use": "sig"}

    def sign(self, header: Json, claims: Json) -> str:
        """A token signed with this key; `alg` is the key's unless the header says otherwise."""
        text = _signing_input({"alg": self.algorithm} | dict(header), claims)
        return f"{text}.{encode(_material().signature(self.algorithm, self.private, text))}"


@dataclass
class Draft:
    """A token before it is signed, in the end by `signer`, or by nobody."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signer: Key | None

    def signed(self) -> str:
        """The token."""
        return self.signer.sign(self.header, self.claims) if self.signer else unsigned(self.header, self.claims)


def public_encodings(jwk: Json) -> dict[str, bytes]:
    """A published RSA or EC key as PEM and as DER, by these names; empty for other keys and broken ones."""
    return _material().public_encodings(jwk)


def _material() -> ModuleType:
    return import_module("conformance.oauth.key_material")


def _signing_input(header: Json, claims: Json) -> str:
    parts = (json.dumps(dict(part), separators=(",", ":")).encode() for part in (header, claims))
    return ".".join(map(encode, parts))


def _object(part: str) -> dict[str, Any] | None:
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return as_object(value) if is_object(value) else None
