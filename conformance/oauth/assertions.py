"""JSON Web Tokens with which a client authenticates (RFC 7523 section 2.2): good ones, and ones with one defect."""

import secrets
import time
from collections.abc import Callable, Mapping

from conformance.oauth.jwt import Draft, Key

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME = 120


def _foreign_signature(draft: Draft) -> None:
    draft.signer = Key.generate(draft.signer.algorithm) if draft.signer else None


def _no_signature(draft: Draft) -> None:
    draft.header["alg"], draft.signer = "none", None


DEFECTS: Mapping[str, Callable[[Draft], object]] = {
    "an exp of an hour ago": lambda draft: draft.claims.update(
        iat=draft.claims["iat"] - 3720, exp=draft.claims["exp"] - 3720
    ),
    "a signature by another key": _foreign_signature,
    "no signature": _no_signature,
    "the aud of another server": lambda draft: draft.claims.update(aud="https://login.example.com/"),
    "an iss that is not its sub": lambda draft: draft.claims.update(iss="another-client"),
}
"""What can be wrong with an assertion, and how to make it so."""


def assertion(key: Key, client_id: str, audience: str, *, defect: str = "") -> str:
    """An assertion for two minutes and for one use; `defect` is one of DEFECTS."""
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "iat": now, "exp": now + _LIFETIME}
    draft = Draft({"alg": key.algorithm, "typ": "JWT"}, claims | {"jti": secrets.token_urlsafe(16)}, key)
    if defect:
        DEFECTS[defect](draft)
    return draft.signed()


def parameters(text: str) -> dict[str, str]:
    """The parameters that carry an assertion in a token request."""
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text}
