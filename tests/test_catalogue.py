import json
import pickle
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance.catalogue import (
    AREAS,
    REVISIONS,
    Catalogue,
    CatalogueError,
    UnknownRequirement,
    load,
    read,
)
from conformance.catalogue.listing import WIDTH, as_text, listing
from conformance.checks import shipped_checks
from conformance.data import PACKAGE, schemas_dir

FOLDER = PACKAGE / "catalogue"
ORACLE = PACKAGE.parent.parent / "shared" / "requirements"

SchemaErrors = Callable[[str], list[str]]

ENTRY = """
["ping.example"]
area = "ping"
subject = "mcp-server"
levels = { "2025-06-18" = "MUST", "2025-11-25" = "SHOULD NOT" }
sources = [
  { revision = "2025-11-25", text = "MCP ping", url = "https://modelcontextprotocol.io/2025-11-25/ping" },
  { text = "RFC 1", url = "https://www.rfc-editor.org/rfc/rfc1" },
]
says = '''
One text
on two lines.'''
observable = "black-box"
probe = "Send it."
"""


@pytest.fixture(scope="module")
def schema_errors() -> SchemaErrors:
    schema: dict[str, Any] = json.loads((schemas_dir() / "catalogue.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator: Any = Draft202012Validator(schema)

    def errors(text: str) -> list[str]:
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(tomllib.loads(text))]

    return errors


def written(folder: Path, text: str, name: str = "ping.toml") -> Path:
    (folder / name).write_text(text)
    return folder


def test_there_are_947_requirements_in_the_order_of_the_areas() -> None:
    catalogue = load()
    assert len(catalogue) == 947
    assert list(dict.fromkeys(requirement.area for requirement in catalogue.values())) == list(AREAS)
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(AREAS)


@pytest.mark.parametrize("area", AREAS)
def test_each_file_matches_the_schema(schema_errors: SchemaErrors, area: str) -> None:
    assert schema_errors((FOLDER / f"{area}.toml").read_text()) == []


@pytest.mark.parametrize(
    ("line", "replacement"),
    [
        ('subject = "mcp-server"', 'subject = "nobody"'),
        ('"MUST"', '"must"'),
        ("https://www", "http://www"),
        ('observable = "black-box"', 'observable = "none"'),
        ('probe = "Send it."', 'probe = "Send it."\nwhy = "Because."'),
        ('probe = "Send it."', 'probe = "Send it."\nwhi = "Because."'),
        ('probe = "Send it."', 'probe = "Send it."\napplies_when = ["the moon is full"]'),
    ],
)
def test_the_schema_refuses(schema_errors: SchemaErrors, line: str, replacement: str) -> None:
    assert schema_errors(ENTRY) == []
    assert schema_errors(ENTRY.replace(line, replacement))


def test_every_source_has_an_https_address_of_its_revision() -> None:
    for requirement in load().values():
        assert len(set(requirement.sources)) == len(requirement.sources), requirement.id
        for source in requirement.sources:
            assert re.fullmatch(r"https://[a-z.-]+/\S+", source.url), (requirement.id, source.url)
            assert source.revision in source.url, (requirement.id, source.url)
            assert source.revision or "modelcontextprotocol.io/specification" not in source.url, requirement.id


def test_why_and_fix_are_written_together_and_fit_a_report() -> None:
    for requirement in load().values():
        assert bool(requirement.why) == bool(requirement.fix), requirement.id
        assert len(requirement.why) <= 400, requirement.id
        assert len(requirement.fix) <= 400, requirement.id
    assert sum(bool(requirement.why) for requirement in load().values()) >= 100


def test_what_no_check_can_decide_has_a_reason_and_what_is_decided_has_none() -> None:
    decided = {one for ids in shipped_checks().values() for one in ids}
    for requirement in load().values():
        assert requirement.reason or requirement.observable not in {"manual", "none"}, requirement.id
        assert not requirement.reason or requirement.id not in decided, requirement.id


def test_texts_are_loaded_as_one_line_and_absent_ones_as_empty(tmp_path: Path) -> None:
    requirement = read(written(tmp_path, ENTRY))["ping.example"]
    assert requirement.says == "One text on two lines."
    assert (requirement.why, requirement.reason, requirement.applies_when) == ("", "", ())
    assert hash(requirement) == hash(pickle.loads(pickle.dumps(requirement)))


def test_level_and_source_follow_the_revision(tmp_path: Path) -> None:
    requirement = read(written(tmp_path, ENTRY))["ping.example"]
    assert [requirement.level(revision) for revision in REVISIONS] == [None, None, "MUST", "SHOULD NOT", None]
    assert requirement.source("2025-11-25").text == "MCP ping"
    assert requirement.source("2025-06-18").text == "RFC 1"
    page_only = replace(requirement, sources=requirement.sources[:1])
    assert page_only.source("2025-06-18").text == "MCP ping"


def test_an_unknown_id_is_named() -> None:
    with pytest.raises(UnknownRequirement, match=re.escape("'ping.pong'")):
        load()["ping.pong"]
    assert "ping.pong" not in load()


@pytest.mark.parametrize(
    ("line", "replacement", "message"),
    [
        ('probe = "Send it."', 'probe = "Send it."\nwhi = "x"', "ping.example: unknown field 'whi'"),
        ('{ text = "RFC 1"', '{ page = 1, text = "RFC 1"', "ping.example: unknown field 'page' in a source"),
        ('"MUST"', '"must"', "ping.example: 'must' is not a level"),
        (
            '{ "2025-06-18" =',
            '{ "2025-06-19" =',
            "ping.example: levels names an unknown revision '2025-06-19'",
        ),
        ('area = "ping"', 'area = "pong"', "ping.example: area is 'pong', but the file is for 'ping'"),
        ("ping.example", "pong.example", "pong.example: the id does not begin with 'ping.'"),
        ('probe = "Send it."', "", "ping.example: probe is not a text"),
        ('probe = "Send it."', 'probe = "Send it."\nharm = 1', "ping.example: harm is not a text"),
        (
            'probe = "Send it."',
            "probe = 'x'\napplies_when = 'x'",
            "ping.example: applies_when is not an array",
        ),
    ],
)
def test_a_wrong_entry_is_refused_by_file_and_id(tmp_path: Path, line: str, replacement: str, message: str) -> None:
    assert line in ENTRY
    with pytest.raises(CatalogueError, match="^" + re.escape("ping.toml: " + message) + "$"):
        read(written(tmp_path, ENTRY.replace(line, replacement)))


def test_an_id_declared_twice_is_refused_by_file_and_id(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"ping\.toml: .*ping\.example.*twice"):
        read(written(tmp_path, ENTRY + ENTRY))


def test_a_file_of_no_area_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"pong\.toml: no area is called 'pong'"):
        read(written(tmp_path, ENTRY, "pong.toml"))


def test_the_listing_adds_up() -> None:
    checks = {
        "ping.result-empty": ["a.py::test_ping"],
        "pkce.s256-supported": ["b.py::test_one", "b.py::test_two"],
    }
    faults = {"ping.result-empty": ["ping-not-empty"], "ping.answered-promptly": ["ping-refused"]}
    listed = listing(load(), checks, faults)
    totals = listed["totals"]
    assert (totals["requirements"], totals["decided"], totals["proven"], totals["undecided"]) == (
        947,
        2,
        1,
        945,
    )
    assert totals["areas"]["ping"] == {"requirements": 9, "decided": 1, "proven": 1}
    for group in (totals["areas"], totals["observables"]):
        for name in ("requirements", "decided", "proven"):
            assert sum(counts[name] for counts in group.values()) == totals[name]
    assert json.loads(json.dumps(listed)) == listed


def test_each_undecided_requirement_has_a_reason_and_no_proven_one_has() -> None:
    listed = listing(
        load(),
        {"ping.result-empty": ["a.py::test_ping"], "pkce.s256-supported": ["b.py::test_one"]},
        {"ping.result-empty": ["ping-not-empty"]},
    )
    reasons = {entry["id"]: entry["reason"] for entry in listed["requirements"]}
    assert [requirement_id for requirement_id, reason in reasons.items() if not reason] == ["ping.result-empty"]
    assert reasons["pkce.s256-supported"] == "not proven by a fault"
    assert reasons["pkce.wrong-verifier-refused"] == "no check yet: needs one completed login"
    assert reasons["bearer.no-token-passthrough"] == load()["bearer.no-token-passthrough"].reason


@pytest.mark.parametrize("which", [0, 1])
def test_the_listing_refuses_an_id_that_is_not_in_the_catalogue(which: int) -> None:
    maps: list[dict[str, list[str]]] = [{}, {}]
    maps[which] = {"ping.pong": ["x"]}
    with pytest.raises(UnknownRequirement):
        listing(load(), *maps)


def test_the_text_fits_a_terminal_and_names_every_requirement() -> None:
    name = "test_a_code_is_worthless_without_the_verifier_of_its_challenge"
    check = f"conformance/checks/pkce/test_pkce.py::{name}"
    listed = listing(
        load(),
        {"pkce.wrong-verifier-refused": [check], "ping.result-empty": ["a.py::test_ping"]},
        {"pkce.wrong-verifier-refused": ["verifier-ignored"], "ping.result-empty": ["ping-not-empty"]},
    )
    text = as_text(listed, load())
    assert max(map(len, text.splitlines())) <= WIDTH
    named = Counter(re.findall(r"^  [MNSTo-]{5}  (\S+)", text, re.MULTILINE))
    assert named == Counter(load().keys())
    assert "\nping: 9 requirements, 1 decided, 1 proven\n" in text
    assert "  MMMM-  ping.result-empty" in text
    assert "decided by test_ping; proven by ping-not-empty\n" in text
    assert f"\n         decided by {name}; proven by\n         verifier-ignored\n" in text
    assert "\nIn all: 947 requirements, 2 decided, 2 proven, 945 undecided\n" in text


def test_an_empty_catalogue_has_an_empty_listing() -> None:
    assert listing(Catalogue({}), {}, {})["totals"]["requirements"] == 0


@pytest.mark.skipif(not ORACLE.is_dir(), reason="the research notes are not beside this checkout")
@pytest.mark.parametrize("name", ["authorization.yaml", "protocol.yaml"])
def test_ids_levels_and_revisions_agree_with_the_research_notes(name: str) -> None:
    listed = oracle_levels((ORACLE / name).read_text())
    catalogue = load()
    levels = {id_: dict(catalogue[id_].levels) for id_ in listed}
    for id_ in listed:
        if "2024-11-05" in levels[id_] and "2024-11-05" not in listed[id_]:
            assert levels[id_].pop("2024-11-05") == listed[id_]["2025-03-26"]
    assert levels == listed
    assert len(listed) == {"authorization.yaml": 311, "protocol.yaml": 596}[name]


def oracle_levels(text: str) -> dict[str, dict[str, str]]:
    levels: dict[str, dict[str, str]] = {}
    for block in re.split(r"^- id: ", text, flags=re.MULTILINE)[1:]:
        level = re.search(r"^  level: (.+)$", block, re.MULTILINE)
        revisions = re.search(r"^  revisions: (.+)$", block, re.MULTILINE)
        assert level is not None
        assert revisions is not None
        overrides = re.search(r"^  levels:((?: .+)|(?:\n    .+)+)$", block, re.MULTILINE)
        pairs = re.findall(r"['\"](\d{4}-\d\d-\d\d)['\"]: ([A-Z ]+)", overrides[1] if overrides else "")
        in_force = dict.fromkeys(re.findall(r"\d{4}-\d\d-\d\d", revisions[1]), level[1])
        levels[block.split("\n", 1)[0]] = in_force | dict(pairs)
    return levels
