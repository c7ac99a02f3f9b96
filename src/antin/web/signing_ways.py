"""The ways of signing that a person has, by the certificates on record (379/13.5)."""

from __future__ import annotations

from antin.registry import rules
from antin.signing import queries as signing
from antin.signing.queries import CertificateView
from antin.values import Actor


def held(actor: Actor) -> dict[str, CertificateView]:
    """Each way, with the certificate it signs by: the house's key first, then the device, then another program."""
    if actor.person_id is None:
        return {}
    here, elsewhere = (
        signing.certificate_for("person", actor.person_id, "sign", key_here=key_here) for key_here in (True, False)
    )
    found = {rules.HOUSE: here, rules.DEVICE: elsewhere, rules.FILE: elsewhere}
    return {way: certificate for way, certificate in found.items() if certificate is not None}
