"""Shared frozen values: what every room may speak of, and nothing that decides.

Actor and offices, secrecy and urgency, digests, clock, identifiers, canonical JSON, Vietnamese folding.
"""

from antin.values.actor import Actor, Behalf, Ground, MandateView, Method, Office
from antin.values.canonical import canonical_json, commitment, sha256_hex
from antin.values.clock import VIETNAM, Clock, FixedClock, SystemClock, iso, to_vietnam
from antin.values.ids import is_uuid, new_id
from antin.values.labels import Custody, Secrecy, Urgency, Validity
from antin.values.text import N_, cell, fold, nfc, reference_number

__all__ = [
    "N_",
    "VIETNAM",
    "Actor",
    "Behalf",
    "Clock",
    "Custody",
    "FixedClock",
    "Ground",
    "MandateView",
    "Method",
    "Office",
    "Secrecy",
    "SystemClock",
    "Urgency",
    "Validity",
    "canonical_json",
    "cell",
    "commitment",
    "fold",
    "is_uuid",
    "iso",
    "new_id",
    "nfc",
    "reference_number",
    "sha256_hex",
    "to_vietnam",
]
