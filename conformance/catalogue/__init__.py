"""The obligations a server is judged by: one TOML file an area, loaded into frozen objects.

Line breaks inside a text of a file are for its reader only; every text is loaded as one line. The meaning of
the fields, of the conditions and of the abbreviations used in probes is in README.md beside this module and,
for machines, in ``schemas/catalogue.schema.json``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

import tomli

Level = Literal["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"]

REVISIONS: tuple[str, ...] = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
"""The revisions of the Model Context Protocol the catalogue covers, oldest first."""

AUTHORIZATION_AREAS: tuple[str, ...] = (
    "challenge",
    "resource-metadata",
    "server-metadata",
    "registration",
    "client-metadata-document",
    "authorization-endpoint",
    "pkce",
    "token",
    "refresh",
    "revocation",
    "introspection",
    "bearer",
    "audience",
    "scope",
    "issuer",
    "dpop",
    "client-credentials",
    "transport-security",
    "cors",
)
"""The areas of authorization, in the order a client meets them."""

AREAS: tuple[str, ...] = (
    *AUTHORIZATION_AREAS,
    # protocol, from the message format up to the features
    "jsonrpc",
    "lifecycle",
    "discover",
    "transport",
    "session",
    "stdio",
    "legacy-sse",
    "tools",
    "resources",
    "prompts",
    "completion",
    "logging",
    "pagination",
    "progress",
    "cancellation",
    "ping",
    "tasks",
    "tasks-extension",
    "subscriptions",
    "caching",
    "mrtr",
    "elicitation",
    "sampling",
    "roots",
    "meta",
    "security",
)
"""Every area in the order in which it is listed; an area is a file name without ``.toml``."""


class CatalogueError(Exception):
    """A catalogue file is wrong; the message names the file and, where there is one, the requirement id."""


class UnknownRequirement(KeyError):
    """No requirement has this id."""

    def __str__(self) -> str:
        return f"no requirement has the id {self.args[0]!r}"


@dataclass(frozen=True, slots=True)
class Source:
    """A place where an obligation is written; ``revision`` is empty unless it is a page of one."""

    text: str
    url: str
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One obligation of a specification in our own words, with its level in each revision.

    ``levels`` has an entry for each revision in which the requirement applies. ``why`` and ``fix`` are empty
    where no check exists yet, ``reason`` is empty unless something keeps every check from deciding it.
    """

    id: str
    area: str
    subject: str
    levels: Mapping[str, Level] = field(hash=False)
    sources: tuple[Source, ...]
    says: str
    applies_when: tuple[str, ...]
    observable: str
    harm: str
    probe: str
    why: str
    fix: str
    reason: str

    def level(self, revision: str) -> Level | None:
        """Return the level in this revision, or None where the requirement does not apply."""
        return self.levels.get(revision)

    def source(self, revision: str) -> Source:
        """Return the page of this revision, else the first source of no revision, else the first one."""
        for wanted in (revision, ""):
            for source in self.sources:
                if source.revision == wanted:
                    return source
        return self.sources[0]


class Catalogue(Mapping[str, Requirement]):
    """The requirements by id, in the order of AREAS and of the file within an area."""

    def __init__(self, requirements: Mapping[str, Requirement]) -> None:
        self._requirements = dict(requirements)

    def __getitem__(self, requirement_id: str) -> Requirement:
        """Return the requirement; raise UnknownRequirement if there is none of this id."""
        try:
            return self._requirements[requirement_id]
        except KeyError:
            raise UnknownRequirement(requirement_id) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._requirements)

    def __len__(self) -> int:
        return len(self._requirements)


@cache
def load() -> Catalogue:
    """Return the catalogue that comes with the suite; raise CatalogueError if one of its files is wrong."""
    return read(Path(__file__).parent)


def read(folder: Path) -> Catalogue:
    """Return the catalogue in the TOML files of a folder; raise CatalogueError if one of them is wrong."""
    files = {path.stem: path for path in folder.glob("*.toml")}
    for area, path in files.items():
        if area not in AREAS:
            raise CatalogueError(f"{path.name}: no area is called {area!r}")
    requirements: dict[str, Requirement] = {}
    for area in AREAS:
        if area in files:
            requirements.update(_read_file(files[area]))
    return Catalogue(requirements)


_TEXTS = ("area", "subject", "says", "observable", "probe")
_OPTIONAL_TEXTS = ("harm", "why", "fix", "reason")
_FIELDS = frozenset((*_TEXTS, *_OPTIONAL_TEXTS, "levels", "sources", "applies_when"))
_LEVELS = frozenset(get_args(Level))


def _read_file(path: Path) -> dict[str, Requirement]:
    try:
        document = tomli.loads(path.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        # the decoder names the id where one is declared twice
        raise CatalogueError(f"{path.name}: {error}") from error
    requirements: dict[str, Requirement] = {}
    for requirement_id, table in document.items():
        try:
            requirements[requirement_id] = _requirement(requirement_id, path.stem, _table(table, "it"))
        except ValueError as error:
            raise CatalogueError(f"{path.name}: {requirement_id}: {error}") from error
    return requirements


def _requirement(requirement_id: str, area: str, table: dict[str, object]) -> Requirement:
    if unknown := sorted(table.keys() - _FIELDS):
        raise ValueError(f"unknown field {unknown[0]!r}")
    texts = {name: _text(table, name) for name in _TEXTS}
    if texts["area"] != area:
        raise ValueError(f"area is {texts['area']!r}, but the file is for {area!r}")
    if not requirement_id.startswith(f"{area}."):
        raise ValueError(f"the id does not begin with {area + '.'!r}")
    optional = {name: _text(table, name) if name in table else "" for name in _OPTIONAL_TEXTS}
    return Requirement(
        id=requirement_id,
        levels=_levels(table.get("levels")),
        sources=_sources(table.get("sources")),
        applies_when=_conditions(table.get("applies_when", [])),
        **texts,
        **optional,
    )


def _text(table: dict[str, object], name: str) -> str:
    text = table.get(name)
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{name} is not a text")
    return " ".join(text.split())


def _levels(value: object) -> dict[str, Level]:
    levels = _table(value, "levels")
    if not levels:
        raise ValueError("levels is empty")
    for revision, level in levels.items():
        if revision not in REVISIONS:
            raise ValueError(f"levels names an unknown revision {revision!r}")
        if level not in _LEVELS:
            raise ValueError(f"{level!r} is not a level")
    return cast("dict[str, Level]", levels)


def _sources(value: object) -> tuple[Source, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("sources is not an array with entries")
    return tuple(_source(_table(entry, "a source")) for entry in cast("list[object]", value))


def _source(table: dict[str, object]) -> Source:
    if unknown := sorted(table.keys() - {"revision", "text", "url"}):
        raise ValueError(f"unknown field {unknown[0]!r} in a source")
    revision = _text(table, "revision") if "revision" in table else ""
    if revision and revision not in REVISIONS:
        raise ValueError(f"a source names an unknown revision {revision!r}")
    return Source(_text(table, "text"), _text(table, "url"), revision)


def _conditions(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("applies_when is not an array")
    conditions = cast("list[object]", value)
    if not all(isinstance(condition, str) for condition in conditions):
        raise ValueError("applies_when holds something that is not a text")
    return tuple(cast("list[str]", conditions))


def _table(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is not a table")
    return cast("dict[str, object]", value)
