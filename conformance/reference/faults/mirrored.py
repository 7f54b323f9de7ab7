"""Header fields that repeat the body."""

from conformance.reference.faults.fault import Fault, fault


def _fault(name: str, trips: str, harm: str, silences: str = "") -> Fault:
    return fault(name, trips, harm, silences, revision="2026-07-28", profile="modern")


FAULTS: tuple[Fault, ...] = (
    _fault(
        "version-header-unneeded",
        "transport.version-header-required",
        "Gateways cannot tell which rules a request follows.",
    ),
    _fault(
        "version-header-unchecked",
        "transport.version-header-mismatch-rejected",
        "A request passes a gateway under the rules of one version and is served under those of another.",
    ),
    _fault(
        "method-header-unneeded",
        "transport.method-header-required",
        "Requests slip past gateways that decide by the method.",
    ),
    _fault(
        "method-header-unchecked",
        "transport.header-values-case-sensitive transport.method-header-mismatch-rejected",
        "A gateway lets one method pass and the server runs another.",
    ),
    _fault(
        "header-values-any-case",
        "transport.header-values-case-sensitive",
        "A gateway and the server disagree about which method is meant.",
    ),
    _fault(
        "name-header-unneeded",
        "transport.name-header-required",
        "Tools that a gateway blocks can be called.",
    ),
    _fault(
        "name-header-unchecked",
        "transport.base64-marker-exact transport.name-header-base64-decoded transport.name-header-mismatch-rejected",
        "A gateway lets one tool pass and the server runs another.",
    ),
    _fault(
        "name-not-decoded",
        "transport.name-header-base64-decoded",
        "Items whose names are not plain ASCII cannot be used.",
    ),
    _fault(
        "base64-marker-any-case",
        "transport.base64-marker-exact",
        "A gateway and the server read two names in one field.",
    ),
    _fault(
        "header-names-one-case",
        "transport.header-names-case-insensitive",
        "Clients behind a proxy that rewrites header names are locked out.",
    ),
    _fault(
        "argument-header-unneeded",
        "transport.param-header-missing-rejected",
        "Calls slip past gateways that route by an argument.",
    ),
    _fault(
        "argument-header-unchecked",
        "transport.param-header-mismatch-rejected",
        "A call is routed to one region and served for another.",
    ),
    _fault(
        "argument-not-decoded",
        "transport.param-header-base64-decoded",
        "Calls with text that is not ASCII are refused.",
        "transport.param-header-invalid-characters-rejected",
    ),
    _fault(
        "header-characters-unchecked",
        "transport.param-header-invalid-characters-rejected",
        "Two components read different texts in the same bytes.",
    ),
    _fault(
        "null-needs-header",
        "transport.param-header-not-expected-for-null",
        "Calls that leave an argument empty are refused.",
    ),
    _fault(
        "absent-argument-needs-header",
        "transport.param-header-not-expected-when-absent",
        "Calls without optional arguments are refused.",
        "tools.x-mcp-header.integers-in-safe-range transport.param-header-base64-decoded"
        " transport.param-header-integers-compared-numerically transport.param-header-invalid-characters-rejected"
        " transport.param-header-mismatch-rejected transport.param-header-missing-rejected"
        " transport.param-header-not-expected-for-null",
    ),
    _fault(
        "integers-compared-as-text",
        "transport.param-header-integers-compared-numerically",
        "Clients that write 42.0 for 42 are refused.",
    ),
    _fault(
        "integers-without-bounds",
        "tools.x-mcp-header.integers-in-safe-range",
        "Clients in JavaScript send another number than was meant.",
    ),
    _fault(
        "header-mismatch-422",
        "transport.header-failure-http-400",
        "Clients do not see that the header fields are to blame.",
    ),
    _fault(
        "header-mismatch-wrong-code",
        "transport.header-failure-code",
        "Clients take the server for one of an older revision and fall back to a handshake.",
    ),
    _fault(
        "annotation-empty",
        "tools.x-mcp-header.not-empty",
        "Clients leave the tool out of their list.",
    ),
    _fault(
        "annotation-with-space",
        "tools.x-mcp-header.token-syntax",
        "Clients leave the tool out of their list, or send a broken request.",
    ),
    _fault(
        "annotation-with-line-break",
        "tools.x-mcp-header.no-control-characters",
        "A careless client sends header fields that the server wrote.",
    ),
    _fault(
        "annotation-twice",
        "tools.x-mcp-header.unique",
        "One argument hides another in the header fields.",
    ),
    _fault(
        "annotation-of-number",
        "tools.x-mcp-header.primitive-parameters-only",
        "Clients leave the tool out of their list.",
    ),
    _fault(
        "annotation-in-list",
        "tools.x-mcp-header.statically-reachable",
        "Clients do not know which of many values to repeat.",
    ),
    _fault(
        "annotation-of-secret",
        "tools.x-mcp-header.not-on-secrets",
        "Keys end up in the logs of every proxy on the way.",
    ),
)
