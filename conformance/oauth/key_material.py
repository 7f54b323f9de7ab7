"""What takes cryptography: making, reading, writing and using keys (RFC 7517, 7518).

Importing this takes a good tenth of a second, which pytest runs without an audit should not pay:
`conformance.oauth.jwt` does it when a key is first needed.
"""

from collections.abc import Mapping
from typing import Any

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

_CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
_PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth")


def generate(algorithm: str) -> object:
    """A new private key: on the curve of the algorithm, or RSA of 2048 bits."""
    if algorithm == "RS256":
        return rsa.generate_private_key(65537, 2048)
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(_CURVES[algorithm]())


def load(pem: str) -> object:
    """The private key in PEM. Raises ValueError where the text holds none; the message says what is wrong with it."""
    try:
        return load_pem_private_key(pem.encode(), None)
    except TypeError:
        raise ValueError("it is encrypted with a password; give a copy that is not") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("it holds no private key in PEM") from None


def algorithm_of(private: object) -> str:
    """The algorithm that a private key signs with. Raises ValueError for a key that we have no use for."""
    if isinstance(private, ec.EllipticCurvePrivateKey):
        for algorithm, curve in _CURVES.items():
            if isinstance(private.curve, curve):
                return algorithm
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "EdDSA"
    if isinstance(private, rsa.RSAPrivateKey):
        return "RS256"
    raise ValueError("its key is none of RSA, P-256, P-384, P-521 and Ed25519")


def public_jwk(algorithm: str, private: Any) -> dict[str, Any]:  # noqa: ANN401
    """The public key of a private one."""
    return get_algorithm_by_name(algorithm).to_jwk(private.public_key(), as_dict=True)


def pem_of(private: Any) -> str:  # noqa: ANN401
    """A private key, to be read by `load`."""
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def signature(algorithm: str, private: Any, text: str) -> bytes:  # noqa: ANN401
    """The signature of a text by a private key."""
    return get_algorithm_by_name(algorithm).sign(text.encode(), private)


def public_encodings(jwk: Mapping[str, Any]) -> dict[str, bytes]:
    """A published RSA or EC key as PEM and as DER, by these names; empty for other keys and broken ones."""
    if jwk.get("kty") not in ("RSA", "EC"):
        return {}
    try:
        public = PyJWK({name: value for name, value in jwk.items() if name not in _PRIVATE_MEMBERS}).key
        forms = {"PEM": Encoding.PEM, "DER": Encoding.DER}
        return {name: public.public_bytes(form, PublicFormat.SubjectPublicKeyInfo) for name, form in forms.items()}
    except (PyJWTError, ValueError, TypeError, AttributeError):
        return {}
