"""A whole recording held against a document."""

from pathlib import Path

from sandbox.contract.dispatches import DispatchChecker
from sandbox.contract.document import Document
from sandbox.contract.exchanges import ExchangeChecker
from sandbox.contract.recording import Exchange, read_recording
from sandbox.contract.report import Report
from sandbox.contract.schemas import SchemaChecker


def check_recording(document: Document, recording: Path) -> Report:
    """Check every line; raises `RecordingError` for a line that cannot be read."""
    schemas = SchemaChecker(document)
    exchanges, dispatches = ExchangeChecker(document, schemas), DispatchChecker(document, schemas)
    report = Report()
    for line in read_recording(recording):
        report.add(exchanges.check(line) if isinstance(line, Exchange) else dispatches.check(line))
    return report
