"""What kept an attempt from an outcome, by its kept error: one code per thing that a person can do about it. Pure.

>>> of("ConnectionRefusedError: [Errno 111] Connection refused")
'not_listening'
>>> of("HTTP 503 without a signed answer")
'busy'
>>> of("")
''
"""

from __future__ import annotations

NEEDLES = (
    ("the node shows a certificate", "other_certificate"),
    ("HTTP 403", "unknown_there"),
    ("HTTP 429", "busy"),
    ("HTTP 503", "busy"),
    ("HTTP 413", "too_large"),
    ("HTTP 4", "odd_answer"),
    ("HTTP 5", "broken_there"),
    ("HTTP 200", "odd_answer"),
    ("signature is not the recipient", "false_signature"),
    ("refusal by someone else", "false_signature"),
    ("something else", "odd_answer"),
    ("before everything had been sent", "odd_answer"),
    ("closed before the answer", "cut_off"),
    ("the answer", "odd_answer"),
    ("ConnectionRefusedError", "not_listening"),
    ("gaierror", "no_address"),
    ("no route", "no_route"),
    ("unreachable", "no_route"),
    ("timed out", "silent"),
    ("TimeoutError", "silent"),
    ("SSLCertVerificationError", "not_trusted"),
    ("SSL", "no_tls"),
    ("Connection", "cut_off"),
    ("BrokenPipe", "cut_off"),
    ("https", "no_address"),
    ("no channel is wired", "unwired"),
)
"""In this order: the first that occurs decides."""

CODES = frozenset(code for _needle, code in NEEDLES) | {"other"}


def of(error: str) -> str:
    """The code for a kept error, "" for none, "other" for what no needle finds."""
    if not error:
        return ""
    lowered = error.lower()
    return next((code for needle, code in NEEDLES if needle.lower() in lowered), "other")
