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
from typing import Any, Literal, cast, get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt import PyJWK, PyJWTError, get_algorithm_by_name

from conformance.shapes import as_object, is_object

Algorithm = Literal["ES256", "ES384", "ES512", "RS256", "EdDSA"]
ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)
Json = Mapping[str, Any]

_THUMBPRINT_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}
_PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth")
_CURVES: dict[str, Algorithm] = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


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
        if algorithm == "RS256":
            return cls._of(rsa.generate_private_key(65537, 2048))
        if algorithm == "EdDSA":
            return cls._of(ed25519.Ed25519PrivateKey.generate())
        curves = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
        return cls._of(ec.generate_private_key(curves[algorithm]()))

    @classmethod
    def of_pem(cls, pem: str) -> "Key":
        """The key pair of a private key in PEM: RSA, P-256, P-384, P-521 or Ed25519.

        Raises ValueError where the text holds no such key; the message says what is wrong with it.
        """
        try:
            private = load_pem_private_key(pem.encode(), None)
        except TypeError:
            raise ValueError("it is encrypted with a password; give a copy that is not") from None
        except (ValueError, UnsupportedAlgorithm):
            raise ValueError("it holds no private key in PEM") from None
        return cls._of(private)

    @classmethod
    def _of(cls, private: object) -> "Key":
        if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in _CURVES:
            algorithm = _CURVES[private.curve.name]
        elif isinstance(private, ed25519.Ed25519PrivateKey):
            algorithm = "EdDSA"
        elif isinstance(private, rsa.RSAPrivateKey):
            algorithm = "RS256"
        else:
            raise ValueError("its key is none of RSA, P-256, P-384, P-521 and Ed25519")
        public = get_algorithm_by_name(algorithm).to_jwk(private.public_key(), as_dict=True)
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
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def published(self) -> dict[str, str]:
        """The public key as a key set has it (RFC 7517 section 5), with its thumbprint as `kid`."""
        return self.public | {"kid": self.thumbprint, "use": "sig"}

    def sign(self, header: Json, claims: Json) -> str:
        """A token signed with this key; `alg` is the key's unless the header says otherwise."""
        text = _signing_input({"alg": self.algorithm} | dict(header), claims)
        signature = get_algorithm_by_name(self.algorithm).sign(text.encode(), self.private)
        return f"{text}.{encode(signature)}"


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
    if jwk.get("kty") not in ("RSA", "EC"):
        return {}
    try:
        public = PyJWK({name: value for name, value in jwk.items() if name not in _PRIVATE_MEMBERS}).key
        forms = {"PEM": Encoding.PEM, "DER": Encoding.DER}
        return {name: public.public_bytes(form, PublicFormat.SubjectPublicKeyInfo) for name, form in forms.items()}
    except (PyJWTError, ValueError, TypeError, AttributeError):
        return {}


def _signing_input(header: Json, claims: Json) -> str:
    parts = (json.dumps(dict(part), separators=(",", ":")).encode() for part in (header, claims))
    return ".".join(map(encode, parts))


def _object(part: str) -> dict[str, Any] | None:
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return as_object(value) if is_object(value) else None
