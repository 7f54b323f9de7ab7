"""Which approvals an audit asks for."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import pytest

from conformance import waits
from conformance.ceremony.aging import Aging
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.plan import CONSENTS, Plan
from conformance.survey import Survey
from conformance.verdict import Narrowed

ALL_METADATA = {
    "client_id_metadata_document_supported": True,
    "dpop_signing_alg_values_supported": ["ES256"],
    "revocation_endpoint": "https://as.example.com/revoke",
}


def plan(
    metadata: Mapping[str, object] | None = None,
    *,
    patience: float = 60,
    cap: int | None = None,
    person: bool = False,
    configured: bool = False,
) -> Plan:
    return Plan.of(metadata or {}, patience=patience, cap=cap, person=person, configured=configured)


def test_a_person_approves_three_times_and_denies_once() -> None:
    asked = plan(person=True)

    assert (asked.approvals, asked.denials) == (3, 1)
    assert asked.sentence.startswith("asks for at most 3 approvals and 1 denial; left out: race, race again")


def test_a_full_audit_with_an_aged_code_needs_four_approvals_and_one_denial() -> None:
    asked = plan(patience=waits.CODE_AGE + 60, person=True)

    assert (asked.approvals, asked.denials) == (4, 1)


def test_an_automatic_login_is_asked_for_all() -> None:
    asked = plan(ALL_METADATA, patience=waits.CODE_AGE + 60, configured=True).after_defect()

    assert asked.consents == tuple(one.name for one in CONSENTS)
    assert not asked.left_out


def test_what_the_server_does_not_offer_is_not_asked_for() -> None:
    absent = {"metadata document", "dpop", "aged", "defects", "login again", "trial"}

    assert absent.isdisjoint(plan().consents)


@pytest.mark.parametrize("cap", range(12))
def test_a_cap_is_kept(cap: int) -> None:
    asked = plan(ALL_METADATA, cap=cap, person=True)

    assert asked.approvals <= cap
    assert asked.left_out or cap >= 11


def test_a_cap_leaves_out_what_decides_the_least() -> None:
    asked = plan(cap=2)

    assert asked.consents[:3] == ("login", "confidential", "denial")
    assert asked.left_out[0] == "reduced"


def test_what_is_left_out_says_what_would_decide_it() -> None:
    with pytest.raises(
        Narrowed, match=r"^--approvals 2 leaves out the consent for scopes.*; --approvals 3 asks for it$"
    ):
        plan(cap=2).claim("reduced")
    with pytest.raises(Narrowed, match=r"^nobody was asked for the consent for two redemptions.*; --approvals 4 asks"):
        plan(person=True).claim("race")


def test_what_is_planned_may_go_on() -> None:
    for name in plan(ALL_METADATA).consents:
        plan(ALL_METADATA).claim(name)


def test_a_code_that_nobody_waits_for_asks_for_patience() -> None:
    survey = cast("Survey", SimpleNamespace(login=SimpleNamespace(aged=None), plan=plan()))

    with pytest.raises(Narrowed, match="a greater --patience"):
        Aging.perform(cast("OAuthFlow", None), survey)
