"""What the reports say, and that they say it the same way every time."""

import hashlib
import json
import random
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any, cast

import pytest
from jinja2 import DictLoader, Environment
from jsonschema import Draft202012Validator

from conformance.catalogue import load
from conformance.data import schemas_dir
from conformance.report import ReportError, render, summary_lines, write_reports
from conformance.report.html import CompiledTemplates
from conformance.report.model import Results, affected, areas, by_urgency, with_verdict
from tests.report import sample

SAMPLES = [sample.green, sample.failing, sample.incomplete, sample.nothing_applicable, sample.hostile]
every_sample = pytest.mark.parametrize("make", SAMPLES, ids=lambda make: make.__name__)


def page(results: dict[str, Any]) -> str:
    return render(results, load())


def schema_errors(results: dict[str, Any]) -> list[str]:
    schema = json.loads((schemas_dir() / "results.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator: Any = Draft202012Validator(schema)
    return [error.message[:200] for error in validator.iter_errors(results)]


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.S)).split())


@every_sample
def test_samples_are_valid_results(make: Callable[[], dict[str, Any]]) -> None:
    results = make()
    if make is sample.hostile:
        results["survey"]["authorization"]["client"] = None

    assert schema_errors(results) == []


def _extra_key(results: dict[str, Any]) -> None:
    results["extra"] = 1


def _missing_key(results: dict[str, Any]) -> None:
    del results["run"]["finished"]


def _unknown_verdict(results: dict[str, Any]) -> None:
    results["requirements"][0]["verdict"] = "passed"


def _extra_member(results: dict[str, Any]) -> None:
    results["requirements"][0]["note"] = ""


def _unknown_severity(results: dict[str, Any]) -> None:
    results["checks"][0]["observations"][0]["severity"] = "none"


def _half_a_header(results: dict[str, Any]) -> None:
    next(iter(results["exchanges"].values()))["request"]["headers"].append(["only a name"])


@pytest.mark.parametrize(
    "spoil",
    [_extra_key, _missing_key, _unknown_verdict, _extra_member, _unknown_severity, _half_a_header],
    ids=lambda spoil: spoil.__name__,
)
def test_the_schema_is_strict(spoil: Callable[[dict[str, Any]], None]) -> None:
    results = sample.failing()
    spoil(results)

    assert schema_errors(results)


@every_sample
def test_order_of_the_input_does_not_matter(make: Callable[[], dict[str, Any]], tmp_path: Path) -> None:
    first = make()
    second = _shuffled(make())

    assert page(first) == page(second)
    one, other = write_reports(first, tmp_path / "a", load()), write_reports(second, tmp_path / "b", load())
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]
    console = [summary_lines(each, load(), "r", color=True, width=80) for each in (first, second)]
    assert console[0] == console[1]


def _shuffled(results: dict[str, Any]) -> dict[str, Any]:
    dice = random.Random(7)
    for row in results["requirements"]:
        dice.shuffle(row["checks"])
    for name in ("requirements", "checks"):
        dice.shuffle(results[name])
    dice.shuffle(results["summary"]["clients"]["left"])
    for name in ("tools", "features", "revisions"):
        dice.shuffle(results["survey"][name])
    keys = list(results["exchanges"])
    dice.shuffle(keys)
    results["exchanges"] = {key: results["exchanges"][key] for key in keys}
    return dict(reversed(results.items()))


def test_a_failing_run_says_what_to_do() -> None:
    html = page(sample.failing())
    text = text_of(html)

    assert "6 of 46 judged MUST requirements failed" in text
    assert html.index('id="first"') < html.index('id="survey"') < html.index('id="areas"') < html.index('id="failed"')
    first = html[html.index('id="first"') : html.index('id="survey"')]
    assert re.findall(r'href="#([a-z0-9.-]+)"', first) == [
        "challenge.garbage-token-401",
        "pkce.missing-verifier-refused",
        "token.success-not-cacheable",
        "registration.rejects-script-redirect",
        "jsonrpc.unknown-method-not-found",
        "failed",
    ]
    assert "Affects 2 of 4 tools: list_tags, search_notes" in text
    assert "a refusal with error invalid_grant or invalid_request" in text
    assert "Why it matters" in text
    assert "How to fix" in text
    assert "No refresh token was issued." in text
    assert "Errors of the suite itself" in text
    assert "This is not a certificate." in text
    assert "The user deselected checks" in text


def test_evidence_of_passed_checks_is_left_out() -> None:
    html = page(sample.failing())
    text = text_of(html)

    assert text.count('"total":"3"') == 2
    assert "read_note" not in html[html.index('id="failed"') : html.index('id="advisories"')]


def test_a_green_run_has_nothing_to_do_first() -> None:
    html = page(sample.green())

    assert 'id="first"' not in html
    assert 'id="failed"' not in html
    assert "Conformant" in html


def test_an_unfinished_run_says_so_before_anything_else() -> None:
    html = page(sample.incomplete())
    text = text_of(html)

    assert html.index("This run is incomplete.") < html.index('id="verdict"')
    assert "The survey could not be completed." in text
    assert "Give a token with --token, or log in yourself with --consent=person." in text


def test_every_requirement_is_in_the_matrix() -> None:
    results = sample.failing()
    html = page(results)
    matrix = html[html.index('id="matrix"') : html.index('id="scope"')]

    assert matrix.count("<tr") - matrix.count("<thead><tr") == len(results["requirements"])
    for row in results["requirements"]:
        assert f'id="{row["id"]}"' in html


def test_ids_the_catalogue_does_not_know_are_shown_by_name() -> None:
    results = sample.failing()

    html = render(results, {})

    assert '<article class="card s-fail" id="pkce.missing-verifier-refused"' in html
    assert summary_lines(results, {}, "r", color=False, width=80)


@pytest.mark.parametrize("attack", sample.HOSTILE[:3])
def test_markup_of_the_server_stays_text(attack: str) -> None:
    html = page(sample.hostile())

    assert attack not in html.replace("{{7*7}}{% raw %}${7*7}#{7*7}", "") or "<" not in attack
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("</style>") == 1
    assert "49}" not in html


def test_nothing_invisible_reaches_the_page_or_the_console() -> None:
    results = sample.hostile()
    html = page(results)
    lines = summary_lines(results, load(), "r", color=False, width=100)

    for text in (html, *lines):
        assert all(char.isprintable() or char == "\n" for char in text)
    assert re.search("A{4001}", html) is None
    assert len(html) < 300_000
    assert sum(map(len, lines)) < 4_000


def test_a_big_run_makes_a_page_of_bounded_size() -> None:
    results = sample.large()
    assert len(results["checks"]) == 2_000
    assert sum(check["verdict"] == "fail" for check in results["checks"]) >= 150

    html = page(results)

    assert len(html.encode()) <= 5_000_000
    assert "in results.json" in html


def test_the_page_names_the_hash_of_the_results(tmp_path: Path) -> None:
    results_file, page_file = write_reports(sample.failing(), tmp_path, load())
    digest = hashlib.sha256(results_file.read_bytes()).hexdigest()

    assert [results_file.name, page_file.name] == ["results.json", "compliance.html"]
    assert digest in page_file.read_text(encoding="utf-8")


def test_hostile_results_survive_the_way_through_the_file(tmp_path: Path) -> None:
    results = sample.hostile()
    path, _ = write_reports(results, tmp_path, load())
    again = json.loads(path.read_text(encoding="ascii"))

    assert again["survey"]["instructions"] == results["survey"]["instructions"]
    assert sorted(tmp_path.iterdir()) == sorted([path, tmp_path / "compliance.html"])


def test_an_unwritable_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ReportError, match=r"^cannot write reports to .*file/reports: Not a directory$"):
        write_reports(sample.green(), tmp_path / "file" / "reports", load())


def test_areas_count_what_could_not_run_in_the_denominator() -> None:
    results = cast("Results", sample.failing())
    table = {area.name: area for area in areas(results, load())}

    assert (table["refresh"].must.held, table["refresh"].must.applicable) == (2, 3)
    assert table["refresh"].verdict == "could-not-run"
    assert table["pkce"].verdict == "fail"
    assert table["sampling"].verdict == "not-applicable"
    assert not table["sampling"].judged


def test_security_comes_first() -> None:
    results = cast("Results", sample.failing())
    failed = by_urgency(with_verdict(results["requirements"], "fail"), load())

    assert [row["id"].partition(".")[0] for row in failed] == [
        *("challenge", "pkce", "token", "registration", "jsonrpc", "tools")
    ]


def test_affected_parameters_have_a_denominator() -> None:
    results = cast("Results", sample.failing())
    row = next(one for one in results["requirements"] if one["id"] == "tools.structured-content-conforms")
    (reach,) = affected(row, {check["id"]: check for check in results["checks"]})

    assert (reach.parameter, list(reach.values), reach.tried) == ("tool", ["list_tags", "search_notes"], 4)


@every_sample
@pytest.mark.parametrize("width", [20, 80, 200])
def test_the_console_keeps_to_its_width(make: Callable[[], dict[str, Any]], width: int) -> None:
    lines = summary_lines(make(), load(), "reports/compliance.html", color=False, width=width)

    assert max(map(len, lines)) <= max(width, 60)
    assert lines[-1] == "Report: reports/compliance.html"


def test_the_console_of_a_failing_run() -> None:
    lines = summary_lines(sample.failing(), load(), "reports/compliance.html", color=False, width=100)

    assert lines[0].startswith("Not conformant to MCP 2025-11-25: 6 of 46")
    assert any(re.match(r"  FAIL +PKCE +2/3", line) for line in lines)
    assert any("pkce.missing-verifier-refused" in line for line in lines)
    assert "  and 1 more" in lines
    assert not any("\x1b" in line for line in lines)


def test_clients_that_are_left_behind_are_named() -> None:
    results = sample.green()
    text = text_of(page(results))

    assert "4 clients were registered and 1 removed again." in text
    assert "because the server offers no way to remove them: client-2 , client-3 ." in text
    assert "because their removal is answered with HTTP 500, text/plain, 5 bytes: client-7 ." in text
    console = " ".join(summary_lines(results, load(), "r", color=False, width=200))
    assert "Left behind: 3 registered clients, named in the report" in console

    results["summary"]["clients"] = {"registered": 0, "removed": 0, "left": []}
    assert "registered and" not in text_of(page(results))
    assert "Left behind" not in " ".join(summary_lines(results, load(), "r", color=False, width=200))


def test_colour_only_adds_to_the_words() -> None:
    plain = summary_lines(sample.failing(), load(), "r", color=False, width=100)
    coloured = summary_lines(sample.failing(), load(), "r", color=True, width=100)

    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured] == plain
    assert coloured != plain


def test_what_only_a_person_can_judge_is_a_checklist() -> None:
    results = sample.green()
    manual = [one["id"] for one in results["requirements"] if load()[one["id"]].observable == "manual"]
    text = page(results)
    checklist = text[text.index('id="checklist"') : text.index('id="scope"')]

    assert manual
    for one in manual:
        assert f"<code>{one}</code>" in checklist
        assert load()[one].reason[:40] in unescape(checklist)


@pytest.mark.parametrize(("folder", "kept"), [("kept", 1), ("missing/deeper", 0)])
def test_templates_are_compiled_once_where_something_can_be_kept(tmp_path: Path, folder: str, kept: int) -> None:
    cache = CompiledTemplates(str(tmp_path / folder))

    for _ in range(2):
        environment = Environment(loader=DictLoader({"page": "{{ 6 * 7 }}"}), bytecode_cache=cache, autoescape=True)
        assert environment.get_template("page").render() == "42"
        assert len(list(tmp_path.glob("**/*.cache"))) == kept
