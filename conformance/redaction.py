"""Keeps secrets out of everything that is written: replaced by fingerprints while traffic is recorded.

A fingerprint such as `[access_token#77d0ab]` is keyed by a value that exists only during the run, so it
shows that the same secret was used again and cannot be turned back into it.
"""

import base64
import hashlib
import hmac
import html
import json
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

_SHORTEST_SECRET = 6
_SURELY_NO_WORD = 16
_LEARNED_AT_MOST = 500
_REMEMBERED = 300
_FEW = 200
_SECRET_NAMES = frozenset(
    "accesstoken refreshtoken idtoken clientsecret registrationaccesstoken codeverifier token assertion"
    " clientassertion subjecttoken actortoken password passwd pwd secret apikey authorization csrf csrftoken"
    " csrfmiddlewaretoken xsrf xsrftoken authenticitytoken sessiontoken sessionid mcpsessionid softwarestatement"
    " requestverificationtoken loginchallenge consentchallenge privatekey devicecode usercode"
    " loginverifier consentverifier sessioncode samlrequest samlresponse relaystate viewstate".split()
)
_TELLING = re.compile("cred|key|pass|pwd|secret|token", re.IGNORECASE)
_SECRET_PARAMETERS = _SECRET_NAMES | {"code"}
_SESSION = "mcp-session-id"
_SHOWN_HEADERS = frozenset(
    "accept accept-encoding allow cache-control connection content-encoding content-length"
    " content-security-policy content-type date host keep-alive last-event-id link location"
    " mcp-protocol-version mcp-method mcp-name origin pragma referrer-policy retry-after server"
    " strict-transport-security transfer-encoding user-agent vary www-authenticate x-accel-buffering"
    " x-content-type-options x-frame-options".split()
)
_JSON_MEMBER = re.compile(r'"([^"\\]{1,64})"(\s*:\s*)"((?:[^"\\]|\\.)+)"')
_FINGERPRINT = re.compile(r"\[[^\[\]]{1,80}#[0-9a-f]{6}\]")
_PARAMETER = re.compile(rf"(?<![\w.%-])([A-Za-z][\w.-]{{0,63}})=({_FINGERPRINT.pattern}|[^&\s\"'<>#;,\\]+)")
_INPUT = re.compile(r"<input\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_INPUT_KIND = re.compile(r"type\s*=\s*[\"']?(?:hidden|password)", re.IGNORECASE)
_INPUT_VALUE = re.compile(r"(\bvalue\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)
_FIELD = re.compile(r"([^&=]+)=([^&]*)")
_USERINFO = re.compile(r"(?<=://)[^/@\s\"'<>]+(?=@)")


@lru_cache(10_000)
def _normalized(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _likely(value: str) -> bool:
    """Whether a value could be a secret rather than an ordinary word."""
    return len(value) >= _SURELY_NO_WORD or any(char.isdigit() for char in value)


def may_be_secret(name: str, value: str) -> bool:
    """Whether a value that was given a name may be a secret: its name says so, or it is neither a number nor a word."""
    return bool(_TELLING.search(name)) or (_likely(value) and any(map(str.isalpha, value)))


def _spellings(value: str) -> set[str]:
    """The forms in which a secret can reappear: escaped, percent-encoded, base64 at any alignment."""
    forms = {value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1], html.escape(value)}
    forms |= {json.dumps(value, ensure_ascii=False)[1:-1], json.dumps(value)[1:-1].replace("/", "\\/")}
    forms.add(re.sub("%..", lambda found: found[0].lower(), quote(value, safe="")))
    raw = value.encode("utf-8", "surrogatepass")
    for shift in range(3):
        usable = len(raw) - (len(raw) + shift) % 3
        text = base64.b64encode(b"\0" * shift + raw[:usable]).decode()
        core = text[(0, 2, 3)[shift] :].rstrip("=")
        if len(core) >= _SHORTEST_SECRET + 2:
            forms |= {core, core.replace("+", "-").replace("/", "_")}
    return forms


class Redactor:
    """Knows the secrets of one run and removes them from text.

    Args:
        key: the run's fingerprint key; a new random one when left out. Never written anywhere.

    `learned` counts the secrets that may stand in what was redacted before they were learned.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self.key = key or secrets.token_bytes(32)
        self._known: dict[str, str] = {}
        self._replacements: dict[str, list[tuple[str, str]]] = {}
        self._hidden: set[str] = set()
        self._met = 0
        self.learned = 0
        self._clean: dict[str, str] = {}

    def fingerprint(self, value: str, label: str) -> str:
        """The replacement for one secret, the same for the same value during a run."""
        digest = hmac.new(self.key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return f"[{label}#{digest[:6]}]"

    def learn(self, value: object, label: str, *, new: bool = False) -> None:
        """Remember a secret so that it is replaced wherever it reappears; a `new` one cannot have come before."""
        if not isinstance(value, str) or len(value) < _SHORTEST_SECRET or value in self._known:
            return
        replacement = self.fingerprint(value, label)
        self._known[value] = replacement
        for form in _spellings(value):
            self._replacements.setdefault(form[:_SHORTEST_SECRET], []).append((form, replacement))
        self.learned += not new
        self._clean = {}

    def hide(self, name: str) -> None:
        """Replace the value of this parameter wherever it is sent, however short."""
        self._hidden.add(_normalized(name))
        self._clean = {}

    def _meet(self, value: str, label: str, *, new: bool = False) -> None:
        """Remember a secret seen in traffic, unless it could be an ordinary word or too many were met already.

        A character that is repeated is no secret but padding of ours, which stands elsewhere as well.
        """
        if _likely(value) and len(set(value)) > 1 and self._met < _LEARNED_AT_MOST and value not in self._known:
            self._met += 1
            self.learn(value, label, new=new)

    def known(self) -> list[tuple[str, str]]:
        """The secrets learned so far with their labels, for a worker process of the same run."""
        return [(value, replacement[1:].partition("#")[0]) for value, replacement in self._known.items()]

    def text(self, text: str) -> str:
        """The text without secrets: known values, values of secret members and parameters.

        Short texts, of which most recur, are remembered until another secret is learned.
        """
        remembered = self._clean
        if text not in remembered:
            clean = self._cleaned(text)
            if len(text) > _REMEMBERED:
                return clean
            remembered[text] = clean
        return remembered[text]

    def _cleaned(self, text: str) -> str:
        if '"' in text:
            text = _JSON_MEMBER.sub(self._json_member, text)
        if "=" in text:
            text = _PARAMETER.sub(self._parameter, text)
        if "@" in text:
            text = _USERINFO.sub("[userinfo]", text)
        if "<" in text:
            text = _INPUT.sub(self._input, text)
        return self._known_values(text)

    def form(self, text: str) -> str:
        """A submitted login or consent form: hidden fields bind it to a browser, so only plain words are shown."""

        def shown(field: re.Match[str]) -> str:
            harmless = _FINGERPRINT.fullmatch(field[2]) or not _likely(field[2])
            return field[0] if harmless else f"{field[1]}=[form field]"

        return _FIELD.sub(shown, self.text(text))

    def values(self, value: object) -> object:
        """A JSON value with every string in it, names included, put through `text`."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(name)): self._member(str(name), one) for name, one in value.items()}  # type: ignore[misc]
        if isinstance(value, list | tuple):
            return [self.values(one) for one in value]  # type: ignore[misc]
        return value

    def meet_session(self, headers: Iterable[tuple[str, str]]) -> None:
        """Remember the session id among header lines: nothing that was redacted before has it."""
        for name, value in headers:
            if name.lower() == _SESSION:
                self._meet(value, "session", new=True)

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Header lines in wire order with the values of all but well-known harmless names hidden."""
        return tuple((self.text(name), self._header(name.lower(), value)) for name, value in headers)

    def _header(self, name: str, value: str) -> str:
        if name == "authorization":
            scheme, _, credentials = value.partition(" ")
            if not credentials:
                return self.fingerprint(value, "authorization")
            return f"{scheme} {self._known.get(credentials) or self.fingerprint(credentials, 'credentials')}"
        if name == _SESSION:
            return self._known.get(value) or self.fingerprint(value, "session")
        if name in ("dpop", "dpop-nonce"):
            self._meet(value, name)
            return self._known.get(value) or self.fingerprint(value, name)
        if name in ("cookie", "set-cookie"):
            return self._cookie(value)
        if name in _SHOWN_HEADERS or name.startswith("access-control-"):
            return self.text(value)
        return "[value not shown]"

    def _cookie(self, value: str) -> str:
        parts: list[str] = []
        for index, part in enumerate(value.split(";")):
            name, equals, content = part.strip().partition("=")
            attribute = index and _normalized(name) in ("path", "domain", "expires", "maxage", "samesite")
            if equals and not attribute:
                known = _FINGERPRINT.findall(self._known_values(content))
                self._meet(content, "cookie")
                content = "".join(known) or self.fingerprint(content, "cookie")
            parts.append(f"{name}{equals}{content}")
        return "; ".join(parts)

    def _member(self, name: str, value: object) -> object:
        if isinstance(value, str) and _normalized(name) in _SECRET_NAMES:
            return self._replacement(value, name)
        return self.values(value)

    def _replacement(self, value: str, label: str) -> str:
        if _FINGERPRINT.fullmatch(value) or not value.strip("."):
            return value
        self._meet(value, label)
        return self._known.get(value) or self.fingerprint(value, label)

    def _json_member(self, match: re.Match[str]) -> str:
        name, colon, raw = match.groups()
        if _normalized(name) not in _SECRET_NAMES:
            return match[0]
        try:
            value = str(json.loads(f'"{raw}"'))
        except ValueError:
            value = raw
        return f'"{name}"{colon}"{self._replacement(value, name)}"'

    def _parameter(self, match: re.Match[str]) -> str:
        name, value = match.groups()
        plain = _normalized(name)
        if plain not in _SECRET_PARAMETERS and plain not in self._hidden:
            return match[0]
        return f"{name}={self._replacement(value, name)}"

    def _input(self, match: re.Match[str]) -> str:
        tag = match[0]
        if not _INPUT_KIND.search(tag):
            return tag
        return _INPUT_VALUE.sub(lambda found: f'{found[1]}"[form field]"', tag)

    def _known_values(self, text: str) -> str:
        """Looks for the beginnings of few secrets, or of thousands: then looks up each stretch of the text instead."""
        size, known = _SHORTEST_SECRET, self._replacements
        if len(known) < _FEW:
            begun = {start for start in known if start in text}
        else:
            begun = {start for at in range(len(text) - size + 1) if (start := text[at : at + size]) in known}
        found = [pair for start in begun for pair in known[start]]
        for form, replacement in sorted(found, key=lambda pair: (-len(pair[0]), pair)):
            text = text.replace(form, replacement)
        return text


class Kept:
    """JSON values by a key, each redacted when it came, and once more when further secrets were learned since."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._values: dict[str, Any] = {}
        self._learned: dict[str, int] = {}

    def add(self, key: str, value: object, learned: int) -> None:
        """Keep a value that was redacted when `learned` secrets, or more, had been learned."""
        self._values[key], self._learned[key] = value, learned

    def all(self) -> dict[str, Any]:
        """What is kept, in the order in which it came."""
        learned = self._redactor.learned
        for key, known in self._learned.items():
            if known < learned:
                self._values[key], self._learned[key] = self._redactor.values(self._values[key]), learned
        return dict(self._values)
