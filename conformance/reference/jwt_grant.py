"""The grant jwt-bearer (RFC 7523 section 2.1), which this server does not offer, and what faults make of it."""

import urllib.request
from contextlib import suppress

import jwt

from conformance.reference.faults import Faults

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def trusts(token: str, faults: Faults) -> bool:
    """Whether a fault makes the server believe a token of any issuer, or ask that issuer about it."""
    if faults.active("jwt-grant-asks-any-issuer"):
        with suppress(jwt.PyJWTError, OSError, ValueError):
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
            with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration", timeout=2):  # noqa: S310
                pass
    return faults.active("jwt-grant-trusts-anybody")
