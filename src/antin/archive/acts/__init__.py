"""The archive's acts: each one transaction and one ledger entry.

keeping      accept_case_file, hold, lift_hold
destroying   propose, examine, decide, execute, attest; destroy_again after a restore
purging      purge_due
transferring build_package, hand_out_package, keep_receipt
"""

from antin.archive.acts.deciding import decide, examine, propose, withdraw
from antin.archive.acts.destroying import attest, destroy_again, execute
from antin.archive.acts.keeping import accept_case_file, hold, lift_hold
from antin.archive.acts.purging import purge_due
from antin.archive.acts.transferring import build_package, hand_out_package, keep_receipt

__all__ = [
    "accept_case_file",
    "attest",
    "build_package",
    "decide",
    "destroy_again",
    "examine",
    "execute",
    "hand_out_package",
    "hold",
    "keep_receipt",
    "lift_hold",
    "propose",
    "purge_due",
    "withdraw",
]
