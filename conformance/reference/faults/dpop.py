"""Proof of possession."""

from conformance.reference.faults.fault import Fault

FAULTS: tuple[Fault, ...] = ()
