"""A failed or warned requirement with everything its reader needs, as text for the HTML report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.report import curl
from conformance.report.model import (
    Affected,
    Catalogue,
    Check,
    Exchange,
    Request,
    RequirementResult,
    Response,
    Results,
    affected,
    area_of,
    area_title,
    broken_checks,
)
from conformance.report.text import cut, one_line, plural, plural_noun

BODY_LIMIT = 4_000
VALUE_LIMIT = 500
HEADERS_SHOWN = 60
FINDINGS_SHOWN = 10
EXCHANGES_SHOWN = 12
NAMES_SHOWN = 24
EVIDENCE_BUDGET = 2_500_000


@dataclass(frozen=True, slots=True)
class Message:
    """One direction of an exchange: first line, header lines, body, and what was left out of it."""

    start: str
    headers: Sequence[tuple[str, str]]
    body: str
    remark: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One exchange as shown in a card; `shown_at` is the card that has it when this one only refers to it."""

    anchor: str
    title: str
    result: str
    purpose: str
    milliseconds: str
    request: Message | None
    response: Message | None
    shown_at: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check expected and saw."""

    title: str
    parameters: str
    pairs: Sequence[tuple[str, str]]
    reason: str
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Card:
    """One requirement that does not hold."""

    id: str
    anchor: str
    level: str
    verdict: str
    area: str
    revision: str
    says: str
    source: tuple[str, str] | None
    findings: Sequence[Finding]
    findings_left: str
    affects: Sequence[str]
    why: str
    fix: str
    curl: str
    curl_note: str
    evidence: Sequence[Evidence]
    evidence_left: int


class CardMaker:
    """Makes cards in the order they appear; each exchange is shown once, within one budget of text."""

    def __init__(self, results: Results, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._checks: dict[str, Check] = {check["id"]: check for check in results["checks"]}
        self._exchanges: Mapping[str, Exchange] = results["exchanges"]
        self._audited = results["run"]["revision"]
        self._shown: dict[str, str] = {}
        self._budget = EVIDENCE_BUDGET

    def card(self, row: RequirementResult) -> Card:
        """The card of one requirement."""
        entry = self._catalogue.get(row["id"])
        broken = broken_checks(row, self._checks)
        shown, rest = broken[:FINDINGS_SHOWN], broken[FINDINGS_SHOWN:]
        exchanges = [key for check in shown for key in self._known(check)]
        last = self._known(broken[0])[-1:] if broken else []
        return Card(
            id=row["id"],
            anchor=anchor(row, self._audited),
            level=row["level"],
            verdict=row["verdict"],
            area=area_title(area_of(row["id"], self._catalogue)),
            revision=row["revision"],
            says=entry.says if entry else "",
            source=source_of(row, self._catalogue),
            findings=[_finding(check) for check in shown] or [Finding("", "", (), row["reason"][:1000], ())],
            findings_left=_left(rest),
            affects=[_affects(one) for one in affected(row, self._checks)],
            why=entry.why if entry else "",
            fix=entry.fix if entry else "",
            curl=self._curl(last[0]) if last else "",
            curl_note=self._curl_note(broken[0]) if last else "",
            evidence=[self._evidence(key, row["id"]) for key in dict.fromkeys(exchanges)],
            evidence_left=sum(len(check["exchanges"]) for check in broken) - len(exchanges),
        )

    def _known(self, check: Check) -> list[str]:
        """The last exchanges of a check, oldest first: the last one is what decided it."""
        return [key for key in check["exchanges"] if key in self._exchanges][-EXCHANGES_SHOWN:]

    def _curl(self, key: str) -> str:
        command = curl.command(self._exchanges[key])
        size = _escaped_size(command)
        if size > self._budget:
            return ""
        self._budget -= size
        return command

    def _curl_note(self, check: Check) -> str:
        count = len(self._known(check))
        return f"This is the last of {count} requests; the others are under Evidence." if count > 1 else ""

    def _evidence(self, key: str, requirement_id: str) -> Evidence:
        exchange = self._exchanges[key]
        request, response = _request(exchange["request"]), _response(exchange["response"], exchange["error"])
        home = self._shown.get(key)
        size = 0 if home else _size(request) + _size(response)
        full = home is None and size <= self._budget
        if full:
            self._budget -= size
            self._shown[key] = requirement_id
        method, url = exchange["request"]["method"], exchange["request"]["url"]
        return Evidence(
            anchor=f"exchange-{key}" if full else "",
            title=f"{one_line(method, 20)} {one_line(url, 160)}",
            result=response.start,
            purpose=one_line(exchange["purpose"], 80),
            milliseconds=f"{exchange['milliseconds']:,.1f} ms",
            request=request if full else None,
            response=response if full else None,
            shown_at=home or "",
        )


def anchor(row: RequirementResult, audited: str | None) -> str:
    """The fragment of a requirement: its id, with the revision where that is not the audited one."""
    return row["id"] if audited in (None, row["revision"]) else f"{row['id']}@{row['revision']}"


def source_of(row: RequirementResult, catalogue: Catalogue) -> tuple[str, str] | None:
    """Text and address of the place in the specification, for the revision of the row."""
    entry = catalogue.get(row["id"])
    if not entry or not entry.sources:
        return None
    source = entry.source(row["revision"])
    return (source.text, source.url)


def parameters_text(check: Check) -> str:
    """The parameters of a check on one line: `tool search`."""
    return ", ".join(
        f"{one_line(name, 40)} {one_line(value, 120)}" for name, value in sorted(check["parameters"].items())
    )


def _finding(check: Check) -> Finding:
    broken = [one for one in check["observations"] if not one["ok"]]
    return Finding(
        title=one_line(check["title"], 200),
        parameters=parameters_text(check),
        pairs=[(cut(one["expected"], 1000), cut(one["observed"], 1000)) for one in broken[:20]],
        reason="" if broken else cut(check["reason"], 1000),
        notes=[cut(note, 500) for note in check["notes"][:10]],
    )


def _left(checks: Sequence[Check]) -> str:
    if not checks:
        return ""
    names = [parameters_text(check) or one_line(check["title"], 80) for check in checks]
    return f"{plural(len(checks), 'more check')} failed the same requirement: {_listed(names)}"


def _affects(one: Affected) -> str:
    noun = one_line(one.parameter, 40)
    count = f"{len(one.values):,} of {one.tried:,} {noun if one.tried == 1 else plural_noun(noun)}"
    return f"{count}: {_listed([one_line(value, 80) for value in one.values])}" if one.values else count


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _request(request: Request) -> Message:
    start = f"{one_line(request['method'], 20)} {one_line(request['url'], 2000)}"
    return _message(start, request)


def _response(response: Response | None, error: str) -> Message:
    if response is None:
        return Message(f"No response: {one_line(error, 300)}" if error else "No response", (), "", "")
    note = f" - {one_line(error, 300)}" if error else ""
    return _message(f"HTTP {response['status']}{note}", response)


def _message(start: str, part: Request | Response) -> Message:
    lines = part["headers"][:HEADERS_SHOWN]
    headers = [(one_line(name, 80), one_line(value, VALUE_LIMIT)) for name, value in lines]
    body = part["body"] or ""
    remarks: list[str] = []
    if len(part["headers"]) > HEADERS_SHOWN:
        remarks.append(f"{len(part['headers']) - HEADERS_SHOWN} more headers")
    if len(body) > BODY_LIMIT or part["truncated"]:
        remarks.append(f"body of {part['body_bytes']:,} bytes, shown in part")
    return Message(start, headers, cut(body, BODY_LIMIT), "; ".join(remarks))


def _size(message: Message) -> int:
    text = [message.start, message.body, *(part for line in message.headers for part in line)]
    return sum(map(_escaped_size, text))


def _escaped_size(text: str) -> int:
    """Characters the text takes in the page at most: an escape can be ten for one."""
    harmless = sum(char.isascii() and (char.isalnum() or char in " ,.:/-_") for char in text)
    return harmless + 10 * (len(text) - harmless)
