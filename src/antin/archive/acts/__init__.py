"""The archive's acts: each one transaction and one ledger entry.

keeping      accept_case_file, hold, lift_hold
destroying   propose, examine, decide, execute, attest; destroy_again after a restore
purging      purge_due
"""

from antin.archive.acts.deciding import decide, examine, propose, withdraw
from antin.archive.acts.destroying import attest, destroy_again, execute
from antin.archive.acts.keeping import accept_case_file, hold, lift_hold
from antin.archive.acts.purging import purge_due

__all__ = [
    "accept_case_file",
    "attest",
    "decide",
    "destroy_again",
    "examine",
    "execute",
    "hold",
    "lift_hold",
    "propose",
    "purge_due",
    "withdraw",
]
