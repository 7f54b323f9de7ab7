"""Every check is proven: each fault of the reference server changes exactly the requirements it declares."""

import pytest

from conformance.catalogue import AUTHORIZATION_AREAS, load
from conformance.checks import shipped_checks
from conformance.reference import FAULTS
from conformance.reference.faults import Profile
from tests.auditing import shared_folder
from tests.proof import EVERYTHING, broken, faultless, green, prove, share
from tests.proving import PROFILES, Trial

MOST_REQUESTS = 1.5
"""Requests for each decided requirement of the authorization, on the average."""


@pytest.fixture(scope="module", autouse=True)
def _one_audit_without_fault(tmp_path_factory: pytest.TempPathFactory) -> None:
    share(shared_folder(tmp_path_factory))


@pytest.mark.parametrize(("revision", "profile"), sorted({(one.revision, one.profile) for one in FAULTS.values()}))
def test_the_reference_server_is_conformant(revision: str, profile: Profile) -> None:
    trial = Trial(revision, profile, (), EVERYTHING)

    assert broken(trial) == {}
    rest = {verdict for one, verdict in green(trial).items() if one not in PROFILES[profile].lacks}
    assert rest <= {"pass", "not-applicable"}


def test_an_audit_of_the_authorization_is_frugal() -> None:
    decided = {one for ids in shipped_checks().values() for one in ids if load()[one].area in AUTHORIZATION_AREAS}
    audited = faultless(Trial("2025-11-25", "combined", (), ("authorization", "transcript")))

    assert audited.requests <= MOST_REQUESTS * len(decided)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_changes_exactly_what_it_declares(name: str) -> None:
    proof = prove(name, "files")

    assert not proof.problem
    assert proof.tripped == proof.expected
    assert proof.holds, f"silenced {proof.silenced}, declared {proof.expected_silenced}"


def test_every_decided_requirement_has_a_fault() -> None:
    decided = {one for ids in shipped_checks().values() for one in ids}
    provable = {one for fault in FAULTS.values() for one in fault.trips}

    assert decided == provable
