"""Access tokens nobody issued: altered ones, and self-made ones with plausible claims."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.oauth import jwt
from conformance.oauth.discovery import Discovery

ALG_NONE = {"alg none": "none", "alg None": "None", "alg NONE": "NONE", "an empty alg": ""}
"""How a token can say that it has no signature."""


def altered(token: str) -> dict[str, str]:
    """The token with one character changed in the middle of each dot-separated part, by the part that was changed.

    The last character of a part is left alone, since its low bits may not count (RFC 4648 section 3.5).
    """
    parts = token.split(".")
    names = ("header", "payload", "signature") if len(parts) == 3 else [f"part {n}" for n in range(1, len(parts) + 1)]
    changed: dict[str, str] = {}
    for index, part in enumerate(parts):
        if len(part) > 2:
            middle = len(part) // 2
            part = part[:middle] + ("B" if part[middle] == "A" else "A") + part[middle + 1 :]
            changed[f"a changed {names[index]}"] = ".".join([*parts[:index], part, *parts[index + 1 :]])
    return changed


@dataclass(frozen=True)
class Template:
    """Header and claims to forge a token from; `kid` names a published key, empty where none is known."""

    header: Mapping[str, Any] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)
    kid: str = ""

    @classmethod
    def of_token(cls, token: str) -> "Template | None":
        """That of a real token; None where nobody can read it."""
        real = jwt.read(token)
        return cls(real.header, real.claims, str(real.header.get("kid", ""))) if real else None

    @classmethod
    def of_metadata(cls, discovery: Discovery | None, endpoint: str, kid: str = "") -> "Template":
        """What metadata lets one guess (RFC 9068 section 2.2)."""
        document = discovery.resource_document if discovery else None
        named = document.content.get("resource") if document else None
        asked = discovery.challenge.get("scope") if discovery and discovery.challenge else None
        now = int(time.time())
        claims = {
            "iss": discovery.issuer if discovery else "",
            "aud": named if isinstance(named, str) else endpoint,
            "sub": "1",
            "client_id": "1",
            "scope": asked or "",
            "iat": now,
            "exp": now + 3600,
            "jti": "1",
        }
        return cls({"typ": "at+jwt"} | ({"kid": kid} if kid else {}), claims, kid)

    def unsigned(self) -> dict[str, str]:
        """Tokens without signature (RFC 8725 section 3.1)."""
        return {name: jwt.unsigned({**self.header, "alg": alg}, self.claims) for name, alg in ALG_NONE.items()}

    def signed_with(self, secrets: Mapping[str, bytes]) -> dict[str, str]:
        """Tokens signed with HS256, by what was the secret."""
        header = {**self.header, "alg": "HS256"}
        return {name: jwt.sign_hs256(header, self.claims, secret) for name, secret in secrets.items()}

    def of_foreign_keys(self, keys: "ForeignKeys", key_url: str) -> dict[str, str]:
        """Tokens signed with keys of ours, which `key_url` may serve (RFC 8725 section 3.10)."""
        elliptic, rsa = keys.elliptic, keys.rsa
        plain = {name: value for name, value in self.header.items() if name not in ("alg", "kid")}
        named = plain | ({"kid": self.kid} if self.kid else {})
        own = plain | {"kid": elliptic.thumbprint}
        return {
            "our ES256 key": elliptic.sign(named, self.claims),
            "our RS256 key": rsa.sign(named, self.claims),
            "an embedded key": elliptic.sign(plain | {"jwk": elliptic.public}, self.claims),
            "the address of our keys": elliptic.sign(own | {"jku": key_url}, self.claims),
            "us as issuer": elliptic.sign(own, {**self.claims, "iss": key_url.rpartition("/")[0]}),
        }


@dataclass(frozen=True)
class ForeignKeys:
    """Two key pairs no authorization server ever published."""

    elliptic: jwt.Key
    rsa: jwt.Key

    @classmethod
    def generate(cls) -> "ForeignKeys":
        """New ones."""
        return cls(jwt.Key.generate("ES256"), jwt.Key.generate("RS256"))

    @property
    def document(self) -> dict[str, Any]:
        """The set in which they would be published (RFC 7517 section 5)."""
        return {"keys": [self.elliptic.published, self.rsa.published]}
