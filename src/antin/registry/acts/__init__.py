"""The registry's acts. Each is one transaction with one ledger entry; the network is asked outside of it.

open_register   check_form   prepare_signature   sign   lapse_signature   lapse_due
open_device_ticket   take_device_signature   take_signed_file   (the person's own device)
attach_due   (timestamps that no authority gave at once)
seal   issue   refer_defect   settle_defect
verify   register_incoming   forward   return_document   discard   note_cipher_dispatch
forget (for the archive)   block_numbers   use_blocked   register_blocked   void_blocked (for continuity)
"""

from antin.registry.acts.books import note_cipher_dispatch, open_register
from antin.registry.acts.defects import refer_defect, settle_defect
from antin.registry.acts.device import open_device_ticket, take_device_signature, take_signed_file
from antin.registry.acts.forgetting import forget
from antin.registry.acts.form import check_form
from antin.registry.acts.incoming import discard, forward, register_incoming, return_document, verify
from antin.registry.acts.issuing import issue
from antin.registry.acts.paper_blocks import Block, block_numbers, register_blocked, use_blocked, void_blocked
from antin.registry.acts.sealing import seal
from antin.registry.acts.signature import lapse_due, lapse_signature, prepare_signature, sign
from antin.registry.acts.timestamps import attach_due

__all__ = [
    "Block",
    "attach_due",
    "block_numbers",
    "check_form",
    "discard",
    "forget",
    "forward",
    "issue",
    "lapse_due",
    "lapse_signature",
    "note_cipher_dispatch",
    "open_device_ticket",
    "open_register",
    "prepare_signature",
    "refer_defect",
    "register_blocked",
    "register_incoming",
    "return_document",
    "seal",
    "settle_defect",
    "sign",
    "take_device_signature",
    "take_signed_file",
    "use_blocked",
    "verify",
    "void_blocked",
]
