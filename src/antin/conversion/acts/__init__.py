"""The acts of conversion: each one transaction and one ledger entry.

copies      request_paper_output   settle_paper_output   print_copy   spoil_copy (379/16)
            grant_and_print: a request granted and its copy made   print_at_once: the clerk's own copy, asked for as well
confirmations  request_confirmation   settle_confirmation (379/16.2)
digitising  capture_pages   confirm_fields   confirm_completeness   send_back_scan   certify_digitised   drop_scan (379/15)
            invalidate_paper_original (379/19.6)
for the archive above, without an entry of its own: forget
"""

from uuid import UUID

from antin.conversion.acts import copies, digitising
from antin.conversion.acts.confirmations import request_confirmation, settle_confirmation
from antin.conversion.acts.copies import (
    grant_and_print,
    print_at_once,
    print_copy,
    request_paper_output,
    settle_paper_output,
    spoil_copy,
)
from antin.conversion.acts.digitising import (
    capture_pages,
    certify_digitised,
    confirm_completeness,
    confirm_fields,
    drop_scan,
    invalidate_paper_original,
    send_back_scan,
)

__all__ = [
    "capture_pages",
    "certify_digitised",
    "confirm_completeness",
    "confirm_fields",
    "drop_scan",
    "forget",
    "grant_and_print",
    "invalidate_paper_original",
    "print_at_once",
    "print_copy",
    "request_confirmation",
    "request_paper_output",
    "send_back_scan",
    "settle_confirmation",
    "settle_paper_output",
    "spoil_copy",
]


def forget(*, document_id: UUID) -> None:
    """What was written here about a destroyed document (379/3.4)."""
    copies.forget(document_id=document_id)
    digitising.forget(document_id=document_id)
