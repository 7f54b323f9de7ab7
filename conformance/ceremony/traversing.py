"""Attempts to read files outside of what a server offers, by URIs that are derived from those it offers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from conformance.content import contents_of, is_template, variables_of
from conformance.exercise import listed
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.wire.connection import Answer
from conformance.wire.http import NoAnswer

_FILES = {"etc/passwd": re.compile(r"^root:[^:\n]*:0:0:", re.M), "windows/win.ini": re.compile(r"^\[(fonts|mci)", re.M)}
"""Files of a system and what is always in them."""
_UP = "../" * 12
_BRACES = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Attempt:
    """An URI outside of what is offered, and the answer to reading it; None where none came."""

    uri: str
    answer: Answer | None

    @property
    def leaked(self) -> bool:
        """Whether the file came."""
        items = contents_of((self.answer.result or {}) if self.answer else {})
        texts = [str(item.get("text", "")) for item in items]
        return any(pattern.search(text) for pattern in _FILES.values() for text in texts)


def traverse(probe: Probe) -> list[Attempt]:
    """Try to read system files. Raises CouldNotRun, NoAnswer where no connection can be opened."""
    uris = list(dict.fromkeys(_outside(probe.survey)))
    if not uris:
        return []
    with probe.session() as connection:
        attempts: list[Attempt] = []
        for uri in uris:
            try:
                attempts.append(Attempt(uri, connection.request("resources/read", {"uri": uri})))
            except NoAnswer:
                attempts.append(Attempt(uri, None))
        return attempts


def _outside(survey: Survey) -> Iterator[str]:
    """URIs of system files by way of the first file that is listed, and of the first template for files."""
    uris = [str(one.get("uri")) for one in listed(survey, "resources/list")]
    templates = [str(one.get("uriTemplate")) for one in listed(survey, "resources/templates/list")]
    for uri in [one for one in uris if one.startswith("file:")][:1]:
        folder = uri.rpartition("/")[0]
        for file in _FILES:
            yield from (f"{folder}/{path}" for path in _paths(file))
            yield f"file:///{file}"
    for template in [one for one in templates if one.startswith("file:") and is_template(one)][:1]:
        if variables_of(template):
            for file in _FILES:
                yield from (_BRACES.sub(path, template, count=1) for path in _paths(file))


def _paths(file: str) -> Iterator[str]:
    """Paths that lead upwards: plain, with encoded dots, with all encoded, and with the dots encoded twice."""
    plain = _UP + file
    yield plain
    yield plain.replace("..", "%2e%2e")
    yield quote(plain, safe="")
    yield plain.replace("..", "%252e%252e")
