"""The same deviation weighs differently from revision to revision."""

import pytest

from conformance.checks import shipped_checks
from tests.proving import Trial, audit

REVISIONS = ("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
VERDICTS = {
    ("server-metadata-not-found", "server-metadata.available"): "warn fail fail fail",
    ("server-metadata-openid-only", "server-metadata.available"): "warn fail pass pass",
    ("resource-metadata-not-found", "resource-metadata.discoverable"): "- fail fail fail",
    ("resource-metadata-only-by-challenge", "resource-metadata.path-inserted-location"): "- fail warn warn",
    ("challenge-without-resource-metadata", "challenge.resource-metadata-parameter"): "- fail warn warn",
    ("challenge-without-resource-metadata", "resource-metadata.discoverable"): "- fail pass pass",
    ("registration-not-published", "server-metadata.registration-endpoint-published"): "warn warn - -",
    ("pkce-methods-missing", "server-metadata.pkce-methods-published"): "warn warn fail fail",
    ("refresh-not-rotated", "refresh.rotates-for-public-clients"): "warn fail fail fail",
    ("insufficient-scope-401", "scope.insufficient-scope-403"): "fail fail warn warn",
    ("iss-missing", "issuer.success-response-includes-iss"): "- - - warn",
}
"""What the audits of REVISIONS say of a requirement when a fault breaks it; `-` where it does not apply."""


UNBOUND = {"redirect-uri-mismatch-accepted": "warn", "redirect-uri-free-without-pkce": "fail"}
"""How redemptions with another redirect URI weigh where all clients need PKCE, and where some do without."""


def verdict_on(requirement: str, revision: str, fault: str) -> str | None:
    """What the checks that decide a requirement say of it."""
    deciding = [check.split("::") for check, decided in shipped_checks().items() if requirement in decided]
    names = ("-k", " or ".join(name for _, name in deciding))
    trial = Trial(revision, "combined", names, tuple(sorted({file for file, _ in deciding})))
    return audit(trial, fault).verdicts.get(requirement)


@pytest.mark.parametrize(
    ("revision", "fault", "requirement", "verdict"),
    [
        (revision, *broken, verdict)
        for broken, row in VERDICTS.items()
        for revision, verdict in zip(REVISIONS, row.split(), strict=True)
    ],
)
def test_a_deviation_weighs_what_the_revision_says(revision: str, fault: str, requirement: str, verdict: str) -> None:
    expected = "not-applicable" if verdict == "-" else verdict

    assert (verdict_on(requirement, revision, fault) or "not-applicable") == expected


@pytest.mark.parametrize(("fault", "verdict"), UNBOUND.items())
def test_a_free_redirect_uri_weighs_more_where_nothing_else_protects_codes(fault: str, verdict: str) -> None:
    assert verdict_on("token.redirect-uri-mismatch-refused", "2025-11-25", fault) == verdict


@pytest.mark.parametrize("revision", ["2024-11-05", "2025-11-25"])
def test_the_rules_of_a_transport_hold_wherever_it_is_offered(revision: str) -> None:
    fault = "foreign-origin-served-over-sse"

    audited = audit(Trial(revision, "sse", (), ("base", "transport", "transcript")), fault).verdicts
    assert audited["legacy-sse.origin-validated"] == "fail"
