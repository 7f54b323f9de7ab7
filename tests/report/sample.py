"""Realistic results of runs that never happened, for the tests of the reports."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.catalogue import load
from conformance.verdict import counts, outcome, sentence

REVISION = "2025-11-25"
TARGET = "https://notes.example/mcp"
TOOLS = ("search_notes", "read_note", "list_tags", "create_note")

JUDGED = (
    *("challenge.missing-token-401", "challenge.www-authenticate-present", "challenge.bearer-scheme-with-parameter"),
    *("challenge.resource-metadata-parameter", "challenge.garbage-token-401", "challenge.invalid-token-error-code"),
    *("resource-metadata.discoverable", "resource-metadata.served-as-json", "resource-metadata.no-empty-members"),
    *("server-metadata.available", "server-metadata.issuer-matches", "server-metadata.pkce-methods-published"),
    *("registration.open", "registration.created-201", "registration.rejects-script-redirect"),
    *("registration.rejects-http-non-loopback", "registration.error-document"),
    *("pkce.s256-supported", "pkce.wrong-verifier-refused", "pkce.missing-verifier-refused"),
    *("token.code-single-use", "token.success-response", "token.success-not-cacheable", "token.expires-in"),
    *("refresh.works", "refresh.rotates-for-public-clients", "refresh.bound-to-client"),
    *("revocation.unknown-token-succeeds", "revocation.access-token-revocable"),
    *("bearer.accepts-authorization-header", "bearer.query-token-ignored", "bearer.scheme-case-insensitive"),
    *("jsonrpc.messages-well-formed", "jsonrpc.response-echoes-request-id", "jsonrpc.unknown-method-not-found"),
    *("jsonrpc.malformed-json-code", "jsonrpc.result-is-object", "jsonrpc.no-reply-to-notifications"),
    *("lifecycle.initialize-answered", "lifecycle.same-version-when-supported"),
    *("transport.notification-accepted-202", "transport.request-answered-json-or-sse"),
    *("ping.answered-promptly", "ping.result-empty", "tools.capability-declared", "tools.list-answered"),
    *("tools.name-unique", "tools.input-schema-is-object-schema", "tools.structured-content-conforms"),
    *("tools.call-result-matches-schema", "tools.unknown-tool-code", "resources.list-answered"),
    *("resources.list-result-matches-schema", "prompts.list-answered", "pagination.walk-ends-without-repeats"),
)
_PER_TOOL = frozenset(
    ("tools.input-schema-is-object-schema", "tools.structured-content-conforms", "tools.call-result-matches-schema")
)


def exchange(
    method: str = "POST",
    url: str = TARGET,
    *,
    request: str | None = None,
    status: int | None = 200,
    response: str | None = None,
    purpose: str = "tools/list",
    channel: str = "mcp",
    error: str = "",
    extra: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """One exchange; `status` None is a request that got no response."""
    headers = [["Accept", "application/json, text/event-stream"], ["Authorization", "Bearer [access_token#77d0ab]"]]
    headers += [["Content-Type", "application/json"], ["MCP-Protocol-Version", REVISION], ["Host", "notes.example"]]
    answer = None
    if status is not None:
        answer = {
            "status": status,
            "headers": [["content-type", "application/json"], ["cache-control", "no-store"], *map(list, extra)],
            "body": response,
            "body_bytes": len((response or "").encode("utf-8", "replace")),
            "truncated": False,
        }
    return {
        "channel": channel,
        "purpose": purpose,
        "request": {
            "method": method,
            "url": url,
            "headers": headers,
            "body": request,
            "body_bytes": len((request or "").encode("utf-8", "replace")),
            "truncated": False,
        },
        "response": answer,
        "error": error,
        "milliseconds": 12.4,
    }


def rpc(method: str, params: Mapping[str, Any] | None = None, number: int = 7) -> str:
    """The text of a JSON-RPC request."""
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": dict(params or {})})


def observation(expected: str, observed: str, *, ok: bool = False, severity: str = "violation") -> dict[str, Any]:
    """One entry of `checks[].observations`."""
    return {"ok": ok, "expected": expected, "observed": observed, "severity": severity}


CLIENTS = {
    "registered": 4,
    "removed": 1,
    "left": [
        {"client_id": "client-7", "reason": "their removal is answered with HTTP 500, text/plain, 5 bytes"},
        {"client_id": "client-3", "reason": "the server offers no way to remove them"},
        {"client_id": "client-2", "reason": "the server offers no way to remove them"},
    ],
}


@dataclass
class Builder:
    """Puts a run together requirement by requirement; `results` is the finished mapping."""

    revision: str | None = REVISION
    tools: Sequence[str] = TOOLS
    requirements: list[dict[str, Any]] = field(default_factory=lambda: [])
    checks: list[dict[str, Any]] = field(default_factory=lambda: [])
    exchanges: dict[str, dict[str, Any]] = field(default_factory=lambda: {})
    clients: dict[str, Any] = field(default_factory=lambda: dict(CLIENTS))

    def keep(self, one: dict[str, Any]) -> str:
        """Store an exchange and return its hash."""
        key = hashlib.sha256(json.dumps(one, sort_keys=True).encode()).hexdigest()[:16]
        self.exchanges[key] = one
        return key

    def check(
        self,
        requirement_id: str,
        verdict: str,
        *,
        title: str = "the server keeps its word",
        parameters: Mapping[str, str] | None = None,
        observations: Iterable[dict[str, Any]] = (),
        exchanges: Iterable[dict[str, Any]] = (),
        reason: str = "",
        notes: Iterable[str] = (),
    ) -> str:
        """Add a check and return its id."""
        name = f"conformance/checks/test_{requirement_id.replace('.', '_').replace('-', '_')}.py::test_it"
        check_id = f"{name}[{len(self.checks):04d}]" if parameters else name
        self.checks.append(
            {
                "id": check_id,
                "title": title,
                "requirements": [requirement_id],
                "parameters": dict(parameters or {}),
                "verdict": verdict,
                "reason": reason,
                "narrowed": False,
                "observations": list(observations),
                "notes": list(notes),
                "exchanges": [self.keep(one) for one in exchanges],
                "seconds": 0.02,
            }
        )
        return check_id

    def requirement(self, requirement_id: str, verdict: str, checks: Sequence[str] = (), reason: str = "") -> None:
        """Add a requirement; its level is the catalogue's, MUST where that has none."""
        entry = load().get(requirement_id)
        level = entry.level(self.revision or REVISION) if entry else None
        self.requirements.append(
            {
                "id": requirement_id,
                "revision": self.revision or REVISION,
                "level": level or "MUST",
                "verdict": verdict,
                "checks": list(checks),
                "reason": reason,
                "narrowed": False,
            }
        )

    def simple(self, requirement_id: str, verdict: str, **details: Any) -> None:
        """A requirement decided by one check."""
        checks = [self.check(requirement_id, verdict, **details)]
        self.requirement(requirement_id, verdict, checks, details.get("reason", ""))

    def passed(self, requirement_id: str) -> None:
        """A requirement that holds, per tool where it is about tools."""
        if requirement_id not in _PER_TOOL:
            self.simple(requirement_id, "pass", observations=[observation("as required", "as required", ok=True)])
            return
        checks = [self.check(requirement_id, "pass", parameters={"tool": tool}) for tool in self.tools]
        self.requirement(requirement_id, "pass", checks)

    def fill(self) -> None:
        """Every other requirement of the catalogue in this revision, without a check or not applicable."""
        known = {row["id"] for row in self.requirements}
        for requirement_id, entry in load().items():
            if requirement_id in known or entry.level(self.revision or REVISION) is None:
                continue
            if entry.area in ("tasks", "elicitation", "sampling", "completion"):
                reason = f"The server does not offer {entry.area}."
                self.requirement(requirement_id, "not-applicable", (), reason)
            else:
                self.requirement(requirement_id, "not-judged", (), entry.reason or "No check decides it yet.")

    def results(self, *, blocked: str = "") -> dict[str, Any]:
        """The whole mapping; `blocked` says why the run broke off."""
        result = outcome(self.requirements, complete=not blocked)
        return {
            "run": {
                "schema_version": 1,
                "suite": "pytest-mcp-conformance",
                "suite_version": "0.1.0",
                "target": TARGET,
                "revision": self.revision,
                "started": "2026-11-23T09:30:00Z",
                "ended": "2026-11-23T09:30:04Z",
                "finished": True,
                "interruption": "",
                "command": ["pytest", f"--target-url={TARGET}"],
                "environment": {
                    "python": "3.11.7",
                    "platform": "Linux-6.1-x86_64",
                    "packages": {"pytest": "9.2.0", "httpx": "0.28.1", "hypothesis": "6.150.0"},
                },
                "options": {"transport": "auto", "fail_on": "must", "call_tools": ["search_notes"], "consent": "auto"},
                "scope": "",
            },
            "survey": _survey(self.tools, self.revision),
            "requirements": self.requirements,
            "checks": self.checks,
            "exchanges": self.exchanges,
            "summary": {
                "outcome": result,
                "sentence": sentence(result, self.requirements, self.revision, blocked),
                "counts": counts(self.requirements),
                "requests": 143,
                "seconds": 4.21,
                "clients": self.clients,
            },
        }


def _survey(tools: Sequence[str], revision: str | None) -> dict[str, Any]:
    origin = "https://login.notes.example"
    return {
        "complete": True,
        "transport": "streamable-http",
        "endpoint": TARGET,
        "server": {"name": "notes-server", "title": "Notes", "version": "2.4.1"},
        "revision": revision,
        "revisions": ["2025-06-18", "2025-11-25"],
        "protected": True,
        "refused_request": "initialize",
        "authorization": {
            "resource_metadata": "https://notes.example/.well-known/oauth-protected-resource/mcp",
            "issuer": origin,
            "metadata_url": f"{origin}/.well-known/oauth-authorization-server",
            "endpoints": {
                "authorization_endpoint": f"{origin}/authorize",
                "token_endpoint": f"{origin}/token",
                "registration_endpoint": f"{origin}/register",
                "revocation_endpoint": f"{origin}/revoke",
            },
            "client": "dynamic registration",
            "consent": "auto",
            "approvals": 4,
            "plan": {"approvals": 4, "denials": 1, "left_out": ["race"]},
        },
        "capabilities": {"tools": {"listChanged": True}, "resources": {}, "prompts": {}},
        "features": [
            {"name": "tools", "present": True, "count": len(tools), "detail": ""},
            {"name": "resources", "present": True, "count": 12, "detail": "2 templates"},
            {"name": "prompts", "present": True, "count": 1, "detail": ""},
            {"name": "completions", "present": False, "count": None, "detail": ""},
            {"name": "logging", "present": False, "count": None, "detail": ""},
        ],
        "tools": list(tools),
        "instructions": "Search before you create. Notes are shared by the whole team.",
        "steps": [
            {"name": "reach the server", "outcome": "ok", "detail": "401 in 31 ms"},
            {"name": "find the authorization server", "outcome": "ok", "detail": "by the challenge"},
            {"name": "register a client", "outcome": "ok", "detail": "dynamic registration"},
            {"name": "log in", "outcome": "ok", "detail": "approved automatically"},
            {"name": "initialize", "outcome": "ok", "detail": REVISION},
        ],
        "failure": None,
        "notes": ["The server sends the header X-Powered-By."],
    }


def green() -> dict[str, Any]:
    """Everything that was judged holds."""
    builder = Builder()
    for requirement_id in JUDGED:
        builder.passed(requirement_id)
    builder.fill()
    return builder.results()


def failing() -> dict[str, Any]:
    """Six failures over several areas, two advisories, two that could not run, one error of the suite."""
    builder = Builder()
    special: dict[str, Callable[[str], None]] = {
        "pkce.missing-verifier-refused": lambda name: _missing_verifier(builder, name),
        "challenge.garbage-token-401": lambda name: builder.simple(
            name,
            "fail",
            title="a token nobody issued is refused with 401",
            observations=[observation("status 401", "status 500")],
            exchanges=[exchange(request=rpc("tools/list"), status=500, response='{"error":"jwt malformed"}')],
        ),
        "token.success-not-cacheable": lambda name: builder.simple(
            name,
            "fail",
            title="a token response must not be stored",
            observations=[
                observation("Cache-Control with no-store", "no Cache-Control header"),
                observation("Pragma: no-cache", "no Pragma header", severity="advice"),
            ],
        ),
        "jsonrpc.unknown-method-not-found": lambda name: builder.simple(
            name,
            "fail",
            title="a method that does not exist is answered with -32601",
            observations=[observation("error code -32601", "error code -32603, message 'KeyError'")],
            exchanges=[
                exchange(
                    request=rpc("no/such/method"),
                    response='{"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"KeyError"}}',
                    purpose="no/such/method",
                )
            ],
        ),
        "tools.structured-content-conforms": lambda name: _tools_fail(builder, name),
        "registration.rejects-script-redirect": lambda name: builder.simple(
            name,
            "fail",
            title="a redirect to a script is not registered",
            observations=[observation("a refusal", "201 Created with redirect_uris ['javascript:alert(1)']")],
            exchanges=[
                exchange(
                    url="https://login.notes.example/register",
                    request='{"redirect_uris": ["javascript:alert(\'it\')"], "client_name": "conformance"}',
                    status=201,
                    response='{"client_id": "c-991", "client_secret": "[client_secret#0c11d2]"}',
                    purpose="register",
                    channel="oauth",
                )
            ],
        ),
        "refresh.rotates-for-public-clients": lambda name: builder.simple(
            name,
            "could-not-run",
            reason="No refresh token was issued. Ask for one with --scope=offline_access.",
        ),
        "revocation.access-token-revocable": lambda name: builder.simple(
            name, "could-not-run", reason="The suite itself failed here."
        ),
        "token.expires-in": lambda name: builder.simple(
            name,
            "warn",
            title="a token response says how long the token lives",
            observations=[observation("expires_in", "no expires_in", severity="advice")],
            exchanges=[exchange(url="https://login.notes.example/token", purpose="redeem", channel="oauth")],
        ),
        "ping.answered-promptly": lambda name: builder.simple(
            name,
            "warn",
            title="ping is answered within five seconds",
            observations=[observation("an answer within 5 s", "an answer after 7.2 s", severity="advice")],
            notes=["The median of five pings was 6.9 s."],
        ),
    }
    for requirement_id in JUDGED:
        special.get(requirement_id, builder.passed)(requirement_id)
    builder.check(
        "revocation.access-token-revocable", "error", reason="KeyError: 'revocation_endpoint'", parameters={"n": "1"}
    )
    builder.fill()
    results = builder.results()
    results["run"]["scope"] = "The user deselected checks with -k 'not prompts'."
    return results


def _missing_verifier(builder: Builder, requirement_id: str) -> None:
    builder.simple(
        requirement_id,
        "fail",
        title="a code cannot be redeemed without its verifier",
        observations=[
            observation("a refusal with error invalid_grant or invalid_request", "200 with a token"),
            observation("never: a token was issued", "a token was issued"),
        ],
        exchanges=[
            exchange(
                "GET",
                "https://login.notes.example/authorize?response_type=code&client_id=c-990&code_challenge_method=S256",
                status=302,
                extra=[("location", "http://127.0.0.1:9001/callback?code=[code#aa01bc]&state=x1")],
                purpose="authorize",
                channel="consent",
            ),
            exchange(
                url="https://login.notes.example/token",
                request="grant_type=authorization_code&code=[code#aa01bc]&client_id=c-990",
                response='{"access_token": "[access_token#9f33e0]", "token_type": "Bearer", "expires_in": 3600}',
                purpose="redeem",
                channel="oauth",
            ),
        ],
    )


def _tools_fail(builder: Builder, requirement_id: str) -> None:
    checks: list[str] = []
    for tool in builder.tools:
        broken = tool in ("search_notes", "list_tags")
        body = '{"jsonrpc":"2.0","id":7,"result":{"content":[],"structuredContent":{"total":"3"}}}'
        checks.append(
            builder.check(
                requirement_id,
                "fail" if broken else "pass",
                title="structured content obeys the tool's own output schema",
                parameters={"tool": tool},
                observations=[observation("$.total: an integer", "$.total: '3'", ok=not broken)],
                exchanges=[exchange(request=rpc("tools/call", {"name": tool}), response=body, purpose="tools/call")],
            )
        )
    builder.requirement(requirement_id, "fail", checks)


def incomplete() -> dict[str, Any]:
    """The survey broke off at the login, so that nothing behind it could be tried."""
    builder = Builder(revision=None, tools=())
    for requirement_id in JUDGED[:14]:
        builder.passed(requirement_id)
    for requirement_id in JUDGED[14:]:
        builder.requirement(requirement_id, "could-not-run", (), "The survey ended at: log in.")
    builder.fill()
    results = builder.results(blocked="the login at https://login.notes.example needs a person.")
    results["run"].update(finished=False, ended=None, interruption="The survey ended at the step log in.")
    results["survey"].update(
        complete=False,
        transport=None,
        server=None,
        revisions=[],
        features=[],
        instructions=None,
        failure={
            "step": "log in",
            "sent": "GET https://login.notes.example/authorize?response_type=code",
            "received": "200 text/html: a page with a password field",
            "advice": "Give a token with --token, or log in yourself with --consent=person.",
            "sentence": "The authorization server shows a login page that the suite cannot fill in.",
        },
    )
    return results


def nothing_applicable() -> dict[str, Any]:
    """Every requirement was not applicable; no check ran."""
    builder = Builder(tools=())
    for requirement_id in JUDGED:
        builder.requirement(requirement_id, "not-applicable", (), "The server does not offer it.")
    results = builder.results()
    results["survey"].update(protected=False, refused_request=None, authorization=None, steps=[], notes=[], tools=[])
    return results


HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\">",
    "</style><script>document.title='owned'</script>",
    "{{7*7}}{% raw %}${7*7}#{7*7}",
    "user\u202eexe.txt\u2066\u200b\ufeff\u00ad",
    "lone \ud800 surrogate \udfff",
    "nul\x00 bell\x07 escape\x1b[31m\x1b]8;;http://evil.example\x07 c1\x9b31m return\rover",
    "'; rm -rf / #$(id)`id`\n!history",
    "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u3164\U000e0041\u2028\u2029",
    "A" * 1_000_000,
)


def hostile() -> dict[str, Any]:
    """Every string a server can choose is an attack; one of them is 1,000,000 characters long."""
    builder = Builder(tools=HOSTILE)
    for number, text in enumerate(HOSTILE):
        checks = [
            builder.check(
                JUDGED[number],
                "warn" if number % 3 == 2 else "fail",
                title=text,
                parameters={"tool": text, text[:60]: text},
                observations=[observation(text, text)],
                notes=[text],
                reason=text,
                exchanges=[
                    exchange(
                        method=text[:40],
                        url=f"https://evil.example/{text}",
                        request=text,
                        response=text,
                        purpose=text,
                        error=text,
                        extra=[(text, text), ("x-a", f"[access_token#77d0ab]{text}")],
                    )
                ],
            )
        ]
        builder.requirement(JUDGED[number], "warn" if number % 3 == 2 else "fail", checks, text)
        builder.requirement(JUDGED[number + 20], "could-not-run", (), text)
        builder.requirement(JUDGED[number + 30], "not-judged", (), text)
    builder.check("tools.name-unique", "error", title=HOSTILE[0], reason=HOSTILE[1], parameters={"tool": HOSTILE[0]})
    results = builder.results(blocked=" ".join(HOSTILE))
    survey, run = results["survey"], results["run"]
    everything = " ".join(HOSTILE)
    survey.update(
        endpoint=everything,
        server={"name": HOSTILE[0], "title": HOSTILE[1] + HOSTILE[3], "version": HOSTILE[5]},
        revisions=list(HOSTILE),
        instructions=everything,
        notes=list(HOSTILE),
        capabilities={HOSTILE[0]: {HOSTILE[1]: everything}},
        features=[{"name": text, "present": bool(n % 2), "count": n, "detail": text} for n, text in enumerate(HOSTILE)],
        steps=[{"name": text, "outcome": "ok", "detail": text} for text in HOSTILE],
        failure={
            "step": everything,
            "sent": everything,
            "received": everything,
            "advice": everything,
            "sentence": everything,
        },
    )
    results["summary"]["clients"]["left"] = [{"client_id": text, "reason": text} for text in HOSTILE]
    survey["authorization"].update(issuer=HOSTILE[0], endpoints={text: text for text in HOSTILE}, client=HOSTILE[1])
    run.update(
        target=f"https://evil.example/{HOSTILE[0]}",
        finished=False,
        interruption=everything,
        scope=everything,
        command=["pytest", *HOSTILE],
        options={text: text for text in HOSTILE},
    )
    return results


def large(checks: int = 2_000, failures: int = 150, evidence: int = 15_000) -> dict[str, Any]:
    """Many checks, of which some fail with much evidence each."""
    builder = Builder(tools=[f"tool_{number}" for number in range(40)])
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": '<a>"quoted" '}]}})
    body = (body * (evidence // len(body) + 1))[:evidence]
    known = list(load())
    share = checks // 400
    for number in range(400):
        verdicts = ["fail" if (number * share + n) % (checks // failures) == 0 else "pass" for n in range(share)]
        made = [
            builder.check(
                known[number],
                verdict,
                parameters={"tool": f"tool_{n}"},
                observations=[observation("an integer", "a string", ok=verdict == "pass")],
                exchanges=[exchange(request=rpc("tools/call", number=number * share + n), response=body)],
            )
            for n, verdict in enumerate(verdicts)
        ]
        builder.requirement(known[number], "fail" if "fail" in verdicts else "pass", made)
    return builder.results()
