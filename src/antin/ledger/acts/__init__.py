"""Writing: entries, readings, the sequencer, the cursors of followers, the export."""

from antin.ledger.acts.entries import append, erase_openings
from antin.ledger.acts.export import ExportView, export
from antin.ledger.acts.following import AlreadyFollowed, follow_to
from antin.ledger.acts.readings import flush_readings, note_reading, note_refused_access
from antin.ledger.acts.sequencer import LedgerBroken, integrate

__all__ = [
    "AlreadyFollowed",
    "ExportView",
    "LedgerBroken",
    "append",
    "erase_openings",
    "export",
    "flush_readings",
    "follow_to",
    "integrate",
    "note_reading",
    "note_refused_access",
]
