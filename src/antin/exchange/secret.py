"""A parcel that is Mật on the wire: the whole signed parcel, enciphered, in a cover that tells nothing (379/22.2, 217/5.1).

The cover is a parcel like any other: manifest, signature, an edXML envelope with a subject that says only "Mật", and one part,
the inner parcel through the cipher product. The inner parcel is exactly what would travel in clear were it open, signed for the same recipient under
the same id, so nobody can put one inner parcel into another cover.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from antin.documents.facts import ParcelContents
from antin.exchange import wire
from antin.exchange.directory import OwnKey
from antin.exchange.edxml import MEDIA_TYPE as EDXML
from antin.exchange.edxml.model import Envelope, Organ, Reference, Trace
from antin.exchange.edxml.writer import write
from antin.exchange.parcels import Address, Built
from antin.regulation import RemoteViolation
from antin.signing import envelope as signatures
from antin.values import N_, sha256_hex
from antin.vault.queries import Content

MEDIA_TYPE = "application/vnd.antin.enciphered"
SUBJECT = "Văn bản Mật"
FILE = "van-ban-mat.bin"


def context(manifest: wire.Manifest) -> bytes:
    """What the cipher is bound to: which parcel, from whom, for whom."""
    return f"antin parcel {manifest.parcel} {manifest.sender} {manifest.recipient}".encode()


def cover(inner: wire.Manifest, contents: ParcelContents, address: Address, key: OwnKey, hidden: Content) -> Built:
    """The parcel that leaves, around the enciphered one kept as `hidden`."""
    envelope = write(_envelope(contents, address, inner.built_at))
    manifest = replace(
        inner,
        parts=(
            wire.Part(wire.ENVELOPE, EDXML, len(envelope), sha256_hex(envelope)),
            wire.Part(wire.DOCUMENT, MEDIA_TYPE, hidden.size, hidden.digest),
        ),
    )
    data = manifest.to_bytes()
    signature = signatures.sign_detached(data, key.organisation_id)
    return Built(manifest, data, signature, wire.head(data, signature) + envelope, (hidden.id,))


def _envelope(contents: ParcelContents, address: Address, at: datetime) -> Envelope:
    """Number, notation, urgency and who; neither abstract nor names of files, signers or places."""
    view = contents.view
    return Envelope(
        sender=Organ(address.sender_code, address.sender_name),
        recipients=(Organ(address.recipient_code, address.recipient_name),),
        document_id=view.document_code,
        number=view.number_text or str(view.number or ""),
        notation=view.notation,
        subject=SUBJECT,
        promulgated_on=view.issued_on,
        type_name=view.type_name,
        priority=view.urgency.rank,
        traces=(Trace(address.sender_code, at),),
        references=(Reference("1", FILE, MEDIA_TYPE),),
    )


def same_parcel(outer: wire.Manifest, inner: wire.Manifest) -> None:
    """RemoteViolation unless the inner parcel belongs into exactly this cover."""
    if replace(inner, parts=outer.parts, certificate=outer.certificate) != outer:
        raise RemoteViolation(
            "217/10.1", N_("Gói tin Mật bên trong không khớp với phong bì đã ký."), N_("Bên gửi lập lại gói tin.")
        )
