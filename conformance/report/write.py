"""Puts the reports on disk: results.json and compliance.html, each complete or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.report.html import render
from conformance.report.model import Catalogue, serialize

RESULTS_FILE = "results.json"
COMPLIANCE_FILE = "compliance.html"


class ReportError(Exception):
    """The reports could not be written; the message is one line for the user."""


def write_reports(results: Mapping[str, Any], directory: Path, catalogue: Catalogue) -> list[Path]:
    """Write `results.json` and `compliance.html` into a folder, which is created when missing.

    Returns:
        The files written, results first.

    Raises:
        ReportError: the folder or a file in it cannot be written.
    """
    text = serialize(results)
    files = {RESULTS_FILE: text, COMPLIANCE_FILE: render(results, catalogue, text)}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return [write_text(directory / name, text) for name, text in files.items()]
    except OSError as error:
        raise ReportError(f"cannot write reports to {directory}: {error.strerror or error}") from error


def write_text(path: Path, text: str) -> Path:
    """Write beside the file, then move over it, so that no reader ever sees half of it. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path
