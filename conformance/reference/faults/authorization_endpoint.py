"""The authorization endpoint and its pages."""

from conformance.reference.faults.fault import Fault

FAULTS: tuple[Fault, ...] = ()
