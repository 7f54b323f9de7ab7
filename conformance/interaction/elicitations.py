"""The elicitations in a transcript, and what their forms ask."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.arrived import Arrived
from conformance.interaction.asking import ELICIT
from conformance.interaction.eliciting import is_page
from conformance.shapes import as_list, as_object, is_object
from conformance.wire.http import split_url

URL_REQUIRED = -32042
TYPES = frozenset(("string", "number", "integer", "boolean"))
FORMATS = frozenset(("email", "uri", "date", "date-time"))
_FINGERPRINT = re.compile(r"\[[^\[\]]{1,80}\]")
_LINK = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRETS = frozenset(
    """
    password passwd passphrase passcode secret apikey token credential credentials cvv cvc ssn
    api-key access-key private-key secret-key card-number credit-card security-code social-security-number
    """.split()
)
"""What is secret, by the last words of its name: `token_count` is no secret."""


@dataclass(frozen=True)
class Elicitation:
    """What one elicitation asks; `required` where it came in an error that demands it first."""

    params: dict[str, Any]
    arrived: Arrived
    required: bool = False

    @property
    def exchange(self) -> str:
        """The exchange that brought it."""
        return self.arrived.exchange

    @property
    def revision(self) -> str:
        """The revision in which it came."""
        return self.arrived.revision

    @property
    def page(self) -> bool:
        """Whether it shows a page rather than a form."""
        return is_page(self.params)

    @property
    def schema(self) -> dict[str, Any]:
        """The schema of the form."""
        return as_object(self.params.get("requestedSchema"))

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        """The fields of the form by name, those that are objects."""
        properties = as_object(self.schema.get("properties"))
        return {name: as_object(field) for name, field in properties.items() if is_object(field)}

    @property
    def url(self) -> str:
        """The address of the page, anything that was redacted in it replaced by a letter."""
        return _FINGERPRINT.sub("x", str(self.params.get("url", "")))

    @property
    def has_url(self) -> bool:
        """Whether that is an absolute URL."""
        parts, plain = split_url(self.url), not re.search(r"\s", self.url)
        return bool(parts.scheme and plain and (parts.hostname or parts.scheme.lower() not in ("http", "https")))

    def secrets(self) -> list[str]:
        """The fields for text or numbers that ask for a secret."""
        open_ = {name: one for name, one in self.fields.items() if one.get("type") in ("string", "number", "integer")}
        return [
            name
            for name, field in open_.items()
            if not {"enum", "oneOf"} & field.keys() and (_is_secret(name) or _is_secret(str(field.get("title", ""))))
        ]

    def links(self) -> list[str]:
        """Addresses in what a form shows."""
        shown: list[Any] = [self.params.get("message")]
        for part in (self.schema, *self.fields.values()):
            shown += [part.get(name) for name in ("title", "description", "default")]
        return [link for text in shown if isinstance(text, str) for link in _LINK.findall(text)]


def elicitations_in(messages: Sequence[Arrived]) -> list[Elicitation]:
    """All elicitations, those in errors that demand them too."""
    return list(_found(messages))


def refusals_in(messages: Sequence[Arrived]) -> list[Arrived]:
    """The errors that demand a visit to a page first."""
    return [one for one in messages if as_object(as_object(one.message).get("error")).get("code") == URL_REQUIRED]


def demanded(refusal: Arrived) -> list[Any]:
    """What such an error lists."""
    return as_list(as_object(as_object(as_object(refusal.message).get("error")).get("data")).get("elicitations"))


def _found(messages: Sequence[Arrived]) -> Iterator[Elicitation]:
    for one in messages:
        message = as_object(one.message)
        if message.get("method") == ELICIT:
            yield Elicitation(as_object(message.get("params")), one)
    for refusal in refusals_in(messages):
        yield from (Elicitation(as_object(entry), refusal, True) for entry in demanded(refusal))


def _is_secret(name: str) -> bool:
    words = [word.lower() for word in _WORD.findall(name)]
    return any("-".join(words[-count:]) in _SECRETS for count in (1, 2, 3))
