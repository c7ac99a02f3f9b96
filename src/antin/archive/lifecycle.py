"""The lives of the archive: a destruction is proposed, examined, decided, executed, attested (379/20); a package is built,
handed out, its receipt kept (379/23.2.c).

>>> DESTRUCTION.step("examined", "decide_destruction(approve)").to
'approved'
>>> DESTRUCTION.acts("executed")
('attest_destruction',)
"""

from __future__ import annotations

from antin.steps import life

DESTRUCTION = life(
    "destruction",
    [
        "— | propose_destruction | proposed | archivist | retention_ended no_disposal_hold not_impounded | 379/20.1",
        "proposed | examine_destruction | examined | appraiser | not_the_proposer every_item_opened | 379/20.1 379/25.p1",
        "proposed, examined | decide_destruction(refuse) | closed | competent_authority | reason_given | 379/20.1",
        "proposed, examined | decide_destruction(withdraw) | closed | archivist | reason_given | 379/20.1",
        "examined | decide_destruction(approve) | approved | competent_authority"
        " | not_proposer_nor_appraiser list_digest_bound | 379/20.1",
        "approved | decide_destruction(refuse) | closed | competent_authority | before_execution | 379/20.1",
        "approved | execute_destruction | executed | executor | still_listed backups_covered | 379/20.2 379/20.3",
        "executed | attest_destruction | attested | auditor | traces_purged neighbours_intact keys_gone | 379/20.2 379/3.4",
    ],
)

PACKAGE = life(
    "package",
    [
        "— | transfer_package(build) | built | archivist"
        " | still_archived not_impounded cipher_if_mat package_fixity package_valid | 379/23.2.c 379/24.3 379/24.4",
        "built | transfer_package(hand_out) | handed_out | archivist"
        " | recipient_entitled not_impounded cipher_if_mat | 379/23.2.c 379/24.4",
        "handed_out | transfer_package(receipt) | received | archivist | receipt_verified | 379/23.2.c",
    ],
)
