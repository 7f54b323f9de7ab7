"""Reading WWW-Authenticate (RFC 9110 section 11.6.1)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a grammar
_PARAMETER = re.compile(rf'({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))')
_SCHEME = re.compile(rf"({_TOKEN})(?=\s|,|$)(?!\s*=)")
_TOKEN68 = re.compile(r"\s+([A-Za-z0-9._~+/-]+=*)\s*(?=,|$)")


@dataclass(frozen=True)
class Challenge:
    """One challenge: its scheme as written and its parameters in order, names in lower case."""

    scheme: str
    parameters: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """The first value of a parameter."""
        return next((value for key, value in self.parameters if key == name), None)


def parse_challenges(fields: Iterable[str]) -> list[Challenge]:
    """All challenges of the given WWW-Authenticate values; what fits no grammar is passed over."""
    return [challenge for text in fields for challenge in _challenges(text)]


def bearer(fields: Iterable[str]) -> Challenge | None:
    """The first Bearer challenge, the scheme compared without regard to case.

    Without any it is the first one of DPoP: a server that wants tokens bound to a key alone names no other scheme
    (RFC 9449, section 7.1).
    """
    found = parse_challenges(fields)
    return next((one for scheme in ("bearer", "dpop") for one in found if one.scheme.lower() == scheme), None)


def _challenges(text: str) -> list[Challenge]:
    found: list[Challenge] = []
    scheme, parameters = "", list[tuple[str, str]]()
    position = 0
    while position < len(text):
        if text[position] in ", \t":
            position += 1
        elif match := _PARAMETER.match(text, position):
            value = match[3] if match[2] is None else re.sub(r"\\(.)", r"\1", match[2])
            parameters.append((match[1].lower(), value))
            position = match.end()
        elif match := _SCHEME.match(text, position):
            if scheme:
                found.append(Challenge(scheme, tuple(parameters)))
            scheme, parameters = match[1], []
            position = match.end()
            if token68 := _TOKEN68.match(text, position):
                position = token68.end()
        else:
            position += 1
    if scheme:
        found.append(Challenge(scheme, tuple(parameters)))
    return found
