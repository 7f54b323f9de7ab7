"""Requests from web pages."""

from conformance.reference.faults.fault import Fault

FAULTS: tuple[Fault, ...] = ()
