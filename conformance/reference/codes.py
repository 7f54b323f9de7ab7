"""Authorization codes at the token endpoint (RFC 6749 section 4.1.3, RFC 7636 section 4.6)."""

import asyncio
import re
import time

from conformance.reference.authorization import s256_challenge
from conformance.reference.forms import CrashError, OAuthError, Parameters
from conformance.reference.issuing import Issuing
from conformance.reference.jsonrpc import JsonObject
from conformance.reference.store import Client, Code

_HESITATION = 0.1
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class Codes:
    """Exchanges codes for tokens."""

    def __init__(self, issuing: Issuing) -> None:
        self.issuing = issuing
        self.faults = issuing.faults
        self.store = issuing.store

    async def hesitate(self, form: Parameters) -> None:
        """With a fault, wait between looking at a code and using it up."""
        code = self.store.codes.get(form.get("code") or "")
        if code and not code.used and self.faults.active("codes-checked-late"):
            await asyncio.sleep(_HESITATION)
            code.used = False

    def redeem(self, client: Client, form: Parameters, key: str) -> JsonObject:
        """Tokens for a code. A failed attempt leaves it alive; a complete replay ends the grant."""
        value = form.get("code")
        if value is None:
            if self.faults.active("missing-code-500"):
                raise CrashError
            raise OAuthError("invalid_request", "code is missing")
        if "." in value and self.faults.active("unknown-code-500"):
            raise CrashError
        self._check_parameters(form)
        code = self.store.codes.get(value)
        if code is None or (code.expires_at < time.time() and not code.used):
            raise OAuthError("invalid_grant", "the code is not valid")
        if code.grant.client_id != client.id and not self.faults.active("code-of-any-client"):
            raise OAuthError("invalid_grant", "the code is not valid")
        mismatch = form.get("redirect_uri") not in (None, code.redirect_uri)
        bound = not any(map(self.faults.active, ("redirect-uri-mismatch-accepted", "redirect-uri-free-without-pkce")))
        if mismatch and bound:
            raise OAuthError("invalid_grant", "redirect_uri is not the one of the authorization request")
        if code.used and self.faults.active("invalid-replay-ends-grant"):
            code.grant.revoked = True
        self._check_verifier(code, form.get("code_verifier"))
        resources = self.issuing.resources(code.grant, form)
        if code.used and not self.faults.active("code-reusable"):
            code.grant.revoked = not self.faults.active("replay-without-consequence")
            raise OAuthError("invalid_grant", "the code was used before")
        code.used = True
        refresh_token = ""
        if "refresh_token" in client.grant_types:
            refresh_token = self.issuing.refresh_token(code.grant, "" if client.secret else key)
        return self.issuing.issue(code.grant, resources, code.grant.scope, refresh_token, key)

    def _check_parameters(self, form: Parameters) -> None:
        """Faults in how parameters are taken that a redemption may have or leave out."""
        if form.get("redirect_uri") is None and self.faults.active("missing-redirect-uri-500"):
            raise CrashError
        if form.get("redirect_uri") is not None and self.faults.active("redirect-uri-refused-at-token"):
            raise OAuthError("invalid_request", "redirect_uri belongs into the authorization request")
        if any(name.startswith("x_") for name, _ in form.pairs) and self.faults.active("unknown-parameter-refused"):
            raise OAuthError("invalid_request", "a parameter is unknown")

    def _check_verifier(self, code: Code, verifier: str | None) -> None:
        """Compare verifier and challenge (RFC 7636 section 4.6). Raises OAuthError."""
        if not code.challenge:
            if verifier is None or self.faults.active("downgrade-accepted"):
                return
            raise OAuthError("invalid_grant", "the authorization request had no challenge")
        if verifier is None:
            if self.faults.active("verifier-optional"):
                return
            raise OAuthError("invalid_request", "code_verifier is missing")
        if self.faults.active("verifier-ignored"):
            return
        if not _VERIFIER.fullmatch(verifier):
            if self.faults.active("malformed-verifier-crash"):
                raise CrashError
            raise OAuthError("invalid_grant", "code_verifier is malformed")
        if self.faults.active("challenge-as-verifier") and verifier == code.challenge:
            return
        if s256_challenge(verifier) != code.challenge or (len(verifier) == 128 and self.faults.active("s256-broken")):
            raise OAuthError("invalid_grant", "code_verifier does not match the challenge")
