"""Is this signed document right? Cryptographic facts × chain at the proven time × changes since × document policy.

    validate(pdf, at=…, trust=Trust.from_dir(…), policy=Policy()) -> Report
    validate_any(file, …) -> Report              PDF, CMS, XML or proof bundle, told by content
    validate_sandboxed(file, …) -> Report        the same in another process with limits: for every file from outside

- a time is proven by the newest document timestamp, then older ones, then the signature's own (ETSI EN 319 102-1)
- a certificate is judged at the proven time: "tại thời điểm ký số" (NĐ 68/2024 Article 31, 379/5.11)
- unknown is never valid; whatever can't be read is an invalid format, never an error of ours (379/13.4)
- everything needed is in the file and the trust given: no network, no database
"""

from antin.signing.verdict.any_file import kind_of, validate_any
from antin.signing.verdict.etsi_report import as_xml
from antin.signing.verdict.json_report import as_json
from antin.signing.verdict.judge import validate
from antin.signing.verdict.rendering import as_html, as_text
from antin.signing.verdict.report import Policy, Reason, Report, SignatureFacts, Verdict
from antin.signing.verdict.returned import Fault
from antin.signing.verdict.sandboxed import pool_for, returned_fault, validate_sandboxed

__all__ = [
    "Fault",
    "Policy",
    "Reason",
    "Report",
    "SignatureFacts",
    "Verdict",
    "as_html",
    "as_json",
    "as_text",
    "as_xml",
    "kind_of",
    "pool_for",
    "returned_fault",
    "validate",
    "validate_any",
    "validate_sandboxed",
]
