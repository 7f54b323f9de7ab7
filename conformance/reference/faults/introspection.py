"""Token introspection."""

from conformance.reference.faults.fault import Fault

FAULTS: tuple[Fault, ...] = ()
