"""The lives of a backup set, of a restored installation and of a drill.

>>> BACKUP.step("stored", "verify_backup").to
'proven'
>>> RESTORED.acts("in_quarantine")
('release_restored',)
"""

from __future__ import annotations

from antin.steps import life

BACKUP = life(
    "backup",
    [
        "— | run_backup | stored | system | encrypted | 379/23.2.e 217/15.5",
        "— | adopt_backup | stored | system | catalogue_genuine | 217/15.5",
        "stored, proven | verify_backup | proven | system | restored_and_compared | 217/15.5 379/5.9",
        "stored, proven | remove_backup | removed | system | newer_kept | 379/20.2 217/15.5",
    ],
)

RESTORED = life(
    "restored",
    [
        "— | restore_backup | uncompared | administrator, system | set_genuine | 379/23.2.e 379/4.6",
        "uncompared | compare_restored | in_quarantine | system | ledger_matches endings_replayed"
        " | 379/5.3 379/23.2.b 379/20.3 379/21.3",
        "in_quarantine | release_restored | in_service | system_owner, system | released_by_someone | 379/5.9",
    ],
)
"""A restored installation neither sends nor receives before its release; one that did not compare is never released (379/5.9)."""

DRILL = life("drill", ["— | close_drill | reported | system, security_officer | times_measured | 379/29.4 379/11.6"])
