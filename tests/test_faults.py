"""Every check is proven: each fault of the reference server changes exactly the requirements it declares."""

import pytest

from conformance.checks import shipped_checks
from conformance.reference import FAULTS
from tests.proving import green, prove


def test_the_reference_server_is_conformant() -> None:
    assert set(green().values()) <= {"pass", "not-applicable"}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_changes_exactly_what_it_declares(name: str) -> None:
    proof = prove(name)

    assert proof.tripped == proof.expected
    assert proof.holds, f"silenced {proof.silenced}, declared {proof.expected_silenced}"


def test_every_decided_requirement_has_a_fault() -> None:
    decided = {one for ids in shipped_checks().values() for one in ids}
    broken = {one for fault in FAULTS.values() for one in fault.trips}

    assert decided == broken
