"""Form-encoded parameters, read without losing repetitions, and OAuth answers.

RFC 6749 section 3: a parameter without value counts as left out, and none may be repeated.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """A refusal with a registered error code."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def response(self, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """The refusal as JSON (RFC 6749 section 5.2)."""
        document = {"error": self.error, "error_description": self.description}
        return JSONResponse(document, self.status, NO_STORE | dict(headers or {}))


class CrashError(Exception):
    """A fault wants the request to end with status 500."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """Decoded parameters in their order; bytes that are not UTF-8 survive as surrogates.

    `empty` names those that came without a value and are left out of the others.
    """

    pairs: tuple[tuple[str, str], ...]
    empty: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> "Parameters":
        """The parameters of a query or a form body."""
        pairs = parse_qsl(text, errors="surrogateescape", keep_blank_values=True)
        return cls(tuple(one for one in pairs if one[1]), frozenset(name for name, value in pairs if not value))

    def all(self, name: str) -> list[str]:
        """Every value of `name`."""
        return [value for key, value in self.pairs if key == name]

    def get(self, name: str) -> str | None:
        """The first value of `name`, None if it was left out."""
        return next(iter(self.all(name)), None)

    def unknown(self, known: Collection[str]) -> list[str]:
        """The names that are not known."""
        return sorted({key for key, _ in self.pairs} - set(known))

    def repeated(self) -> list[str]:
        """The names that occur more than once; `resource` may (RFC 8707 section 2)."""
        names = [key for key, _ in self.pairs if key != "resource"]
        return sorted({name for name in names if names.count(name) > 1})


async def read_form(request: Request, *, repetitions: bool = False) -> Parameters:
    """The form in the body.

    Raises OAuthError(invalid_request) for other content types and, unless `repetitions` are fine, for those.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "send application/x-www-form-urlencoded")
    try:
        parameters = Parameters.of((await request.body()).decode("latin-1"))
    except ValueError:
        raise OAuthError("invalid_request", "the form cannot be read") from None
    if parameters.repeated() and not repetitions:
        raise OAuthError("invalid_request", "a parameter is repeated")
    return parameters
