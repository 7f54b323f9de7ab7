"""The shape of results.json as types, and the views that every report derives from it. Pure functions."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, cast

from conformance.catalogue import Requirement
from conformance.verdict import Verdict

Catalogue = Mapping[str, Requirement]


class Environment(TypedDict):
    """What the suite ran on."""

    python: str
    platform: str
    packages: dict[str, str]


class Run(TypedDict):
    """`run`: identity, time and circumstances of the run."""

    schema_version: int
    suite: str
    suite_version: str
    target: str
    revision: str | None
    started: str
    ended: str | None
    finished: bool
    interruption: str
    command: list[str]
    environment: Environment
    options: dict[str, Any]
    scope: str


class ConsentPlan(TypedDict):
    """`survey.authorization.plan`: what whoever approves is asked for at most, and what is left out."""

    approvals: int
    denials: int
    left_out: list[str]


class Authorization(TypedDict):
    """`survey.authorization`: where the login of the server was found and how it went."""

    resource_metadata: str | None
    issuer: str | None
    metadata_url: str | None
    endpoints: dict[str, str]
    client: str | None
    consent: str
    approvals: int
    plan: ConsentPlan | None


class Feature(TypedDict):
    """One entry of `survey.features`."""

    name: str
    present: bool
    count: int | None
    detail: str


class Step(TypedDict):
    """One entry of `survey.steps`."""

    name: str
    outcome: str
    detail: str


class SurveyFailure(TypedDict):
    """`survey.failure`: the step at which the survey ended, and what helps."""

    step: str
    sent: str
    received: str
    advice: str
    sentence: str


class Survey(TypedDict):
    """`survey`: what one look at the server found."""

    complete: bool
    transport: str | None
    endpoint: str
    server: dict[str, str | None] | None
    revision: str | None
    revisions: list[str]
    protected: bool | None
    refused_request: str | None
    authorization: Authorization | None
    capabilities: dict[str, Any]
    features: list[Feature]
    tools: list[str]
    instructions: str | None
    steps: list[Step]
    failure: SurveyFailure | None
    notes: list[str]


class RequirementResult(TypedDict):
    """One entry of `requirements`: the roll-up of its checks."""

    id: str
    revision: str
    level: str
    verdict: str
    checks: list[str]
    reason: str
    narrowed: bool


class Observation(TypedDict):
    """One expectation of a check held against what was seen."""

    ok: bool
    expected: str
    observed: str
    severity: Literal["violation", "advice"]


class Check(TypedDict):
    """One entry of `checks`."""

    id: str
    title: str
    requirements: list[str]
    parameters: dict[str, str]
    verdict: str
    reason: str
    observations: list[Observation]
    notes: list[str]
    exchanges: list[str]
    seconds: float


class Request(TypedDict):
    """What was sent in an exchange."""

    method: str
    url: str
    headers: list[list[str]]
    body: str | None
    body_bytes: int
    truncated: bool


class Response(TypedDict):
    """What came back in an exchange."""

    status: int
    headers: list[list[str]]
    body: str | None
    body_bytes: int
    truncated: bool


class Exchange(TypedDict):
    """One recorded request and its answer."""

    channel: str
    purpose: str
    request: Request
    response: Response | None
    error: str
    milliseconds: float


class LeftClient(TypedDict):
    """One entry of `summary.clients.left`."""

    client_id: str
    reason: str


class Clients(TypedDict):
    """`summary.clients`: what the run registered, and what is left of it."""

    registered: int
    removed: int
    left: list[LeftClient]


class Summary(TypedDict):
    """`summary`: outcome, counts by verdict and level, cost."""

    outcome: Literal["conformant", "not-conformant", "incomplete"]
    sentence: str
    counts: dict[str, dict[str, int]]
    requests: int
    seconds: float
    clients: Clients


class Results(TypedDict):
    """The whole of results.json."""

    run: Run
    survey: Survey
    requirements: list[RequirementResult]
    checks: list[Check]
    exchanges: dict[str, Exchange]
    summary: Summary


SECURITY_AREAS = ("challenge", "pkce", "token", "refresh", "revocation", "bearer", "audience", "registration")

_AREA_TITLES = {
    "authorization-endpoint": "Authorization endpoint",
    "bearer": "Bearer tokens",
    "challenge": "Authentication challenge",
    "client-metadata-document": "Client metadata documents",
    "cors": "CORS",
    "discover": "Server discovery",
    "dpop": "DPoP",
    "issuer": "Issuer identification",
    "jsonrpc": "JSON-RPC",
    "legacy-sse": "HTTP+SSE transport",
    "meta": "Metadata fields",
    "mrtr": "Multi-round-trip requests",
    "pkce": "PKCE",
    "refresh": "Refresh tokens",
    "registration": "Client registration",
    "resource-metadata": "Protected resource metadata",
    "revocation": "Token revocation",
    "scope": "Scopes",
    "server-metadata": "Authorization server metadata",
    "session": "Sessions",
    "stdio": "stdio transport",
    "tasks-extension": "Tasks extension",
    "token": "Token endpoint",
    "audience": "Token audience",
    "transport": "Streamable HTTP transport",
}

_WORST_FIRST = (
    Verdict.FAIL,
    Verdict.COULD_NOT_RUN,
    Verdict.WARN,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
    Verdict.NOT_JUDGED,
)


def canonical(results: Mapping[str, Any]) -> Results:
    """The same results with every list whose order means nothing sorted.

    Lists in which order is evidence (exchanges of a check, headers, survey steps) stay as they are.
    """
    given = cast("Results", results)
    survey = given["survey"]
    return {
        "run": given["run"],
        "survey": {
            **survey,
            "revisions": sorted(survey["revisions"]),
            "features": sorted(survey["features"], key=lambda feature: feature["name"]),
            "tools": sorted(survey["tools"]),
        },
        "requirements": sorted(
            ({**row, "checks": sorted(row["checks"])} for row in given["requirements"]),
            key=lambda row: (row["id"], row["revision"]),
        ),
        "checks": sorted(
            ({**check, "requirements": sorted(check["requirements"])} for check in given["checks"]),
            key=lambda check: check["id"],
        ),
        "exchanges": given["exchanges"],
        "summary": {**given["summary"], "clients": _sorted_clients(given["summary"]["clients"])},
    }


def _sorted_clients(clients: Clients) -> Clients:
    return {**clients, "left": sorted(clients["left"], key=lambda one: (one["reason"], one["client_id"]))}


def serialize(results: Mapping[str, Any]) -> str:
    """The text of results.json: canonical order, sorted keys, ASCII (a lone surrogate stays an escape).

    Each requirement, check and exchange is a line of its own.
    """
    parts = [f"{_json(name)}: {_in_lines(part)}" for name, part in sorted(canonical(results).items())]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _in_lines(part: object) -> str:
    if isinstance(part, list):
        return "[\n" + ",\n".join(map(_json, cast("list[object]", part))) + "\n]"
    members = cast("dict[str, object]", part)
    return "{\n" + ",\n".join(f"{_json(name)}: {_json(one)}" for name, one in sorted(members.items())) + "\n}"


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


def area_of(requirement_id: str, catalogue: Catalogue) -> str:
    """The area a requirement belongs to; for an id the catalogue does not know, the part before the dot."""
    entry = catalogue.get(requirement_id)
    return entry.area if entry else requirement_id.partition(".")[0]


def area_title(area: str) -> str:
    """The heading of an area."""
    return _AREA_TITLES.get(area, area.replace("-", " ").capitalize())


def _catalogue_order(catalogue: Catalogue) -> tuple[dict[str, int], dict[str, int]]:
    """Rank of every requirement and of every area, in the order of the catalogue."""
    ids = {requirement_id: rank for rank, requirement_id in enumerate(catalogue)}
    areas: dict[str, int] = {}
    for entry in catalogue.values():
        areas.setdefault(entry.area, len(areas))
    return ids, areas


def in_catalogue_order(rows: Iterable[RequirementResult], catalogue: Catalogue) -> list[RequirementResult]:
    """Requirements by area, then as the catalogue lists them; unknown ones last, by name."""
    ids, areas = _catalogue_order(catalogue)

    def key(row: RequirementResult) -> tuple[int, str, int, str, str]:
        area = area_of(row["id"], catalogue)
        return (areas.get(area, len(areas)), area, ids.get(row["id"], len(ids)), row["id"], row["revision"])

    return sorted(rows, key=key)


def by_urgency(rows: Iterable[RequirementResult], catalogue: Catalogue) -> list[RequirementResult]:
    """Requirements with the security areas first, MUST before SHOULD before MAY, then in catalogue order."""

    def key(row: RequirementResult) -> tuple[int, int]:
        area = area_of(row["id"], catalogue)
        rank = SECURITY_AREAS.index(area) if area in SECURITY_AREAS else len(SECURITY_AREAS)
        return (rank, strength(row["level"]))

    return sorted(in_catalogue_order(rows, catalogue), key=key)


def strength(level: str) -> int:
    """0 for MUST and MUST NOT, 1 for SHOULD and SHOULD NOT, 2 for MAY."""
    return 0 if level.startswith("MUST") else 1 if level.startswith("SHOULD") else 2


def with_verdict(rows: Iterable[RequirementResult], *verdicts: str) -> list[RequirementResult]:
    """The rows that have one of the verdicts."""
    return [row for row in rows if row["verdict"] in verdicts]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many requirements of one strength hold, out of those that apply and have a check.

    `applicable` counts what could not be tried, too: not knowing is never a pass.
    """

    held: int
    broken: int
    unknown: int

    @property
    def applicable(self) -> int:
        """The denominator."""
        return self.held + self.broken + self.unknown


@dataclass(frozen=True, slots=True)
class Area:
    """One row of the areas table. Verdict is the worst of its requirements."""

    name: str
    title: str
    verdict: str
    must: Tally
    should: Tally
    advisories: int
    not_applicable: int
    could_not_run: int
    not_judged: int
    rows: Sequence[RequirementResult]

    @property
    def judged(self) -> bool:
        """Whether anything in it was judged, or should have been."""
        return self.verdict not in (Verdict.NOT_APPLICABLE, Verdict.NOT_JUDGED)


def tally(rows: Iterable[RequirementResult], level: int) -> Tally:
    """Count the rows of one strength (see `strength`).

    An advisory beside a MUST leaves it standing; a SHOULD with an advisory is not met.
    """
    chosen = [row["verdict"] for row in rows if strength(row["level"]) == level]
    warned = chosen.count(Verdict.WARN)
    passed, failed = chosen.count(Verdict.PASS), chosen.count(Verdict.FAIL)
    unknown = chosen.count(Verdict.COULD_NOT_RUN)
    return Tally(passed + warned, failed, unknown) if level == 0 else Tally(passed, failed + warned, unknown)


def areas(results: Results, catalogue: Catalogue) -> list[Area]:
    """The areas that occur in the results, in catalogue order."""
    groups: dict[str, list[RequirementResult]] = {}
    for row in in_catalogue_order(results["requirements"], catalogue):
        groups.setdefault(area_of(row["id"], catalogue), []).append(row)
    return [_area(name, rows) for name, rows in groups.items()]


def _area(name: str, rows: list[RequirementResult]) -> Area:
    verdicts = [row["verdict"] for row in rows]
    return Area(
        name=name,
        title=area_title(name),
        verdict=next((one for one in _WORST_FIRST if one in verdicts), Verdict.NOT_JUDGED),
        must=tally(rows, 0),
        should=tally(rows, 1),
        advisories=verdicts.count(Verdict.WARN),
        not_applicable=verdicts.count(Verdict.NOT_APPLICABLE),
        could_not_run=verdicts.count(Verdict.COULD_NOT_RUN),
        not_judged=verdicts.count(Verdict.NOT_JUDGED),
        rows=rows,
    )


@dataclass(frozen=True, slots=True)
class Affected:
    """How far a finding reaches over one parameter, as in 2 of 4 tools."""

    parameter: str
    values: Sequence[str]
    tried: int


def checks_of(row: RequirementResult, checks: Mapping[str, Check]) -> list[Check]:
    """The checks behind a requirement, by id; ids without an entry are left out."""
    return [checks[check_id] for check_id in sorted(row["checks"]) if check_id in checks]


def broken_checks(row: RequirementResult, checks: Mapping[str, Check]) -> list[Check]:
    """The checks that made a failed or warned requirement what it is."""
    return [check for check in checks_of(row, checks) if check["verdict"] == row["verdict"]]


def affected(row: RequirementResult, checks: Mapping[str, Check]) -> list[Affected]:
    """Per parameter of the requirement's checks: the values that broke it, out of those that were judged."""
    decided = (Verdict.PASS, Verdict.FAIL, Verdict.WARN)
    judged = [check for check in checks_of(row, checks) if check["verdict"] in decided]
    broken = broken_checks(row, checks)
    names = sorted({name for check in judged for name in check["parameters"]})
    return [
        Affected(
            name,
            sorted({check["parameters"][name] for check in broken if name in check["parameters"]}),
            len({check["parameters"][name] for check in judged if name in check["parameters"]}),
        )
        for name in names
    ]
