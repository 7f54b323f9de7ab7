"""What the token endpoint answers (RFC 6749 section 5)."""

from dataclasses import dataclass

from conformance.wire.http import Reply


@dataclass(frozen=True)
class TokenReply:
    """An answer of the token endpoint (RFC 6749 section 5). Its repr shows no secret."""

    reply: Reply

    @property
    def exchange(self) -> str:
        """The recorded exchange."""
        return self.reply.exchange

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.reply.status

    @property
    def oauth_error(self) -> str | None:
        """The error code of an error response."""
        value = self.reply.json_object.get("error")
        return value if isinstance(value, str) else None

    @property
    def access_token(self) -> str | None:
        """The access token, None where none was issued."""
        return self._text("access_token")

    @property
    def refresh_token(self) -> str | None:
        """The refresh token, None where none was issued."""
        return self._text("refresh_token")

    @property
    def granted(self) -> frozenset[str] | None:
        """The scopes the answer states, None where it states none: all that were asked for."""
        scope = self._text("scope")
        return frozenset(scope.split()) if scope else None

    @property
    def issued_token(self) -> bool:
        """Whether any token came back, whatever the status."""
        return bool(self.access_token or self.refresh_token)

    @property
    def refused(self) -> bool:
        """Whether the request was turned down without a token and without a server error."""
        return not self.issued_token and 400 <= self.status < 500

    @property
    def summary(self) -> str:
        """One line without secrets."""
        issued = [name for name in ("access_token", "refresh_token") if self._text(name)]
        return f"HTTP {self.status} with {' and '.join(issued)}" if issued else self.reply.summary

    def _text(self, name: str) -> str | None:
        value = self.reply.json_object.get(name)
        return value if isinstance(value, str) and value else None
