"""Client identifiers that are URLs of metadata documents."""

from conformance.reference.faults.fault import Fault

FAULTS: tuple[Fault, ...] = ()
