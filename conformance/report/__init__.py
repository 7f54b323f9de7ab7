"""Reports: pure functions of one results mapping (`schemas/results.schema.json`) and the catalogue."""

from conformance.report.console import summary_lines
from conformance.report.html import render
from conformance.report.write import ReportError, write_reports

__all__ = ["ReportError", "render", "summary_lines", "write_reports"]
