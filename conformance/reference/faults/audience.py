"""Resource indicators and the audience of tokens."""

from conformance.reference.faults.fault import Fault

FAULTS: tuple[Fault, ...] = ()
