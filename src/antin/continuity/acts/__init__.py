"""The writes of the room: sets made, proven and removed; what ended noted; restores begun and released; drills."""

from antin.continuity.acts.backing import adopt_found, back_up_due, run_backup
from antin.continuity.acts.drills import BackupDrill, drill, prove_due
from antin.continuity.acts.restoring import begin_restored, release_restored

__all__ = [
    "BackupDrill",
    "adopt_found",
    "back_up_due",
    "begin_restored",
    "drill",
    "prove_due",
    "release_restored",
    "run_backup",
]
