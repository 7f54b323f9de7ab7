"""The issuer in authorization responses."""

from conformance.reference.faults.fault import Fault

FAULTS: tuple[Fault, ...] = ()
