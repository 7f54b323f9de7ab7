"""Every check is proven: each fault of the reference server changes exactly the requirements it declares."""

import pytest

from conformance.checks import shipped_checks
from conformance.reference import FAULTS
from conformance.reference.faults import Profile
from tests.proof import EVERYTHING, broken, green, prove
from tests.proving import Trial


@pytest.mark.parametrize(("revision", "profile"), sorted({(one.revision, one.profile) for one in FAULTS.values()}))
def test_the_reference_server_is_conformant(revision: str, profile: Profile) -> None:
    trial = Trial(revision, profile, (), EVERYTHING)

    assert broken(trial) == {}
    assert set(green(trial).values()) <= {"pass", "not-applicable", "warn"}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_changes_exactly_what_it_declares(name: str) -> None:
    proof = prove(name)

    assert not proof.problem
    assert proof.tripped == proof.expected
    assert proof.holds, f"silenced {proof.silenced}, declared {proof.expected_silenced}"


def test_every_decided_requirement_has_a_fault() -> None:
    decided = {one for ids in shipped_checks().values() for one in ids}
    provable = {one for fault in FAULTS.values() for one in fault.trips}

    assert decided == provable
