"""Roots."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "roots-list-invalid",
        "roots.request-matches-schema",
        "Strict clients refuse to tell their roots.",
    ),
    _fault(
        "roots-never-asked-again",
        "roots.list-refetched-after-change roots.unavailability-handled",
        "The server works on in a folder that the user has taken away from it.",
    ),
    _fault(
        "roots-error-breaks-call",
        "roots.changes-handled",
        "Users wait for a tool that has long given up.",
    ),
    _fault(
        "no-roots-means-everywhere",
        "roots.unavailability-handled",
        "A user who takes the last folder away opens the whole disk.",
    ),
    _fault(
        "root-is-any-beginning",
        "roots.boundaries-respected",
        "Whoever names a folder like the root with something added gets at it.",
    ),
    _fault(
        "path-not-normalized",
        "roots.paths-validated",
        "Two dots in a path lead out of the folder that was allowed.",
    ),
)
