"""Properties that pytest's own JUnit writer and pytest-html carry for each check."""

from collections.abc import Mapping
from typing import Any

from conformance.catalogue import Catalogue


def properties(conformance: Mapping[str, Any], catalogue: Catalogue, revision: str) -> list[tuple[str, str]]:
    """Requirement ids, level, verdict and the page of the specification, as JUnit properties."""
    ids = [one for one in conformance["requirements"] if one in catalogue]
    return [
        *(("requirement", one) for one in ids),
        ("level", str(conformance["level"])),
        ("verdict", str(conformance["verdict"])),
        *(("source", catalogue[one].source(revision).url) for one in ids),
    ]
