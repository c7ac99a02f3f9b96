"""Two organisations that exchange documents, by real acts, real keys and a real port; and hostile hands beside them."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import pikepdf
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.db import connection, transaction
from tests.exchange.node import Endpoint, NodeFiles

from antin.documents import acts as documents
from antin.documents import queries as document_queries
from antin.documents.facts import DraftFields
from antin.exchange import acts, ports, wire
from antin.exchange.acts import OrganisationEntry
from antin.exchange.messages import Payload, Signed, encode
from antin.exchange.models import Dispatch
from antin.identity import acts as identity
from antin.ledger import acts as ledger
from antin.signing import acts as signing
from antin.signing.pki.authority import Issued
from antin.values import Actor, MandateView, Method, Office, Secrecy, Urgency, new_id, sha256_hex
from antin.vault import queries as vault_queries

SENDER, RECIPIENT, STRANGER = "A99.01", "A98.01", "A97.01"
NAMES = {
    SENDER: "Văn phòng Trung ương (mẫu)",
    RECIPIENT: "Tỉnh uỷ Lạc Giang (mẫu)",
    STRANGER: "Tỉnh uỷ Sơn Đoài (mẫu)",
}
ABSTRACT = "Về việc gửi, nhận văn bản điện tử (mẫu)"


@cache
def pdf(size: int = 0, salt: int = 0) -> bytes:
    """A valid one-page PDF of about that many bytes."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    if size:
        noise = os.urandom(max(1, size - 900))
        page.Contents = document.make_stream(b"% " + str(salt).encode() + b"\n")
        image = document.make_stream(noise)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = len(noise), 1, 8
        image.ColorSpace = pikepdf.Name.DeviceGray
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    out = io.BytesIO()
    document.save(out, static_id=not size)
    return out.getvalue()


def actor(organisation_id: UUID, *offices: Office, name: str = "Lê Thị Mẫu Chi") -> Actor:
    """Somebody with these offices there."""
    return Actor(
        person_id=new_id(),
        name=name,
        method=Method.PASSWORD_TOTP,
        mandates=tuple(MandateView(office, organisation_id) for office in offices),
        organisation_id=organisation_id,
    )


@dataclass
class Scene:
    """One installation that hosts SENDER and RECIPIENT and reaches itself over TLS; STRANGER is a partner elsewhere."""

    node: NodeFiles
    partner_node: NodeFiles
    endpoint: Endpoint
    issued: dict[str, Issued]
    organisations: dict[str, UUID] = field(default_factory=dict)
    partner_url: str = "https://127.0.0.1:1"
    self_id: UUID | None = None
    partner_id: UUID | None = None
    home: str = SENDER

    def found(self) -> None:
        system = Actor.system()
        for code in (SENDER, RECIPIENT):
            organisation_id = identity.found_organisation(
                actor=system,
                name=NAMES[code],
                short_name=code,
                kind="organisation",
                level="central",
                place="Hà Nội",
                notation="VPTW" if code == SENDER else "TU",
                body_name=NAMES[code].upper(),
                codes={"party": code},
                basis="Quyết định mẫu số 01",
            )
            self.organisations[code] = organisation_id
            signing.note_certificate(
                actor=system,
                holder_kind="organisation",
                holder_id=organisation_id,
                certificate_der=self.issued[code].certificate_der,
                chain_der=self.issued[code].chain_ders,
                key_ref=f"exchange-{code}",
                purpose="exchange",
            )
        self.self_id = acts.found_partner(
            actor=system,
            name="Bản cài đặt mẫu",
            url=self.endpoint.url,
            node_certificate_der=self.node.der,
            host_code=SENDER,
            organisations=[self.entry(SENDER), self.entry(RECIPIENT)],
            is_self=True,
        )
        self.partner_id = acts.found_partner(
            actor=system,
            name="Bản cài đặt đối tác mẫu",
            url=self.partner_url,
            node_certificate_der=self.partner_node.der,
            host_code=STRANGER,
            organisations=[self.entry(STRANGER)],
        )

    def entry(self, code: str) -> OrganisationEntry:
        return OrganisationEntry(code, NAMES[code], self.issued[code].certificate_der, group="Mẫu")

    def clerk(self, code: str = "", *, cleared: bool = False) -> Actor:
        offices = (Office.CLERK, Office.DRAFTER, *([Office.CLEARED] if cleared else []))
        return actor(self.organisations[code or self.home], *offices)

    def issue(
        self,
        *recipients: str,
        data: bytes | None = None,
        urgency: Urgency = Urgency.ROUTINE,
        secrecy: Secrecy = Secrecy.OPEN,
        attachments: tuple[tuple[str, str, bytes], ...] = (),
        replaces: UUID | None = None,
        enter: bool = True,
        type_code: str = "cong_van",
        abstract: str = ABSTRACT,
        body: str = "Nội dung mẫu.",
    ) -> UUID:
        """An issued document of `home` with a final page; the acts before `issue` are told in other rooms' tests."""
        organisation_id = self.organisations[self.home]
        fields = DraftFields(
            type_code=type_code,
            abstract=abstract,
            urgency=urgency,
            secrecy=secrecy if vault_queries.cipher_product() else Secrecy.OPEN,
            body=body,
            addressees=("Như trên", "Lưu VT"),
            recipients=recipients or (RECIPIENT,),
            signing_capacity="K/T CHÁNH VĂN PHÒNG",
            signer_position="PHÓ CHÁNH VĂN PHÒNG",
            change="replace" if replaces else "",
            changes_id=replaces,
        )
        drafter = self.clerk(cleared=secrecy is not Secrecy.OPEN)
        document_id = documents.create_draft(actor=drafter, organisation_id=organisation_id, fields=fields)
        for name, media_type, content in attachments:
            documents.attach(actor=drafter, document_id=document_id, name=name, media_type=media_type, data=content)
        with transaction.atomic():
            documents.keep_rendition(document_id=document_id, kind="sealed", data=data or pdf(), pages=1)
            number = int(str(document_id.int)[-6:])
            documents.note_number(
                document_id=document_id,
                number=number,
                notation="CV/VPTW",
                reference_number=f"{number}-CV/VPTW",
                issued_on=date(2026, 3, 2),
                document_code=f"{self.home},2026/03/02,{number}-CV/VPTW",
            )
            with connection.cursor() as cursor:
                cursor.execute(
                    "update documents_document set state = 'issued', validity = 'in_force', secrecy = %s where id = %s",
                    [str(secrecy), document_id],
                )
            documents.apply_change(actor=self.clerk(), document_id=document_id)
            if enter:
                ledger.append(
                    "registry.document.issued",
                    self.clerk(),
                    object_kind="document",
                    object_id=document_id,
                    organisation_id=organisation_id,
                )
        return document_id

    def queued(self, *recipients: str, **wishes: object) -> Dispatch:
        """An issued document's (first) dispatch, waiting."""
        document_id = self.issue(*recipients, enter=False, **wishes)  # type: ignore[arg-type]
        (first, *_) = acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
        return Dispatch.objects.get(id=first)

    def enter(self, act: str, document_id: UUID, *, code: str = RECIPIENT, reason: str = "") -> None:
        """An entry as the rooms below write it when a received document goes on."""
        with transaction.atomic():
            ledger.append(
                act,
                actor(self.organisations[code], Office.CLERK, name="Vũ Thị Mẫu Lan"),
                object_kind="document",
                object_id=document_id,
                organisation_id=self.organisations[code],
                reason=reason,
            )
        ledger.integrate()

    def key(self, code: str) -> rsa.RSAPrivateKey:
        key = serialization.load_pem_private_key(self.issued[code].key_pem, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key

    def fingerprint(self, code: str) -> str:
        return sha256_hex(self.issued[code].certificate_der)

    def signed(self, code: str, message: Payload) -> bytes:
        """The message under that organisation's key, as its installation would send it."""
        payload = encode(message)
        return Signed(payload, sign(self.key(code), payload)).to_bytes()

    def parcel(self, **changed: object) -> ForeignParcel:
        """A sound parcel of STRANGER for RECIPIENT; `changed` spoils it."""
        return ForeignParcel(self, **changed)  # type: ignore[arg-type]

    def incoming(self, dispatch: Dispatch) -> UUID:
        """The id of the received copy of this dispatch."""
        from antin.exchange.models import ParcelIn

        return ParcelIn.objects.get(parcel=dispatch.parcel.id).document_id

    @property
    def spool(self) -> Path:
        return ports.bound().spool


def sign(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@dataclass
class ForeignParcel:
    """A parcel made by hand, as a partner (or somebody who pretends to be one) makes it."""

    scene: Scene
    sender: str = STRANGER
    recipient: str = RECIPIENT
    signer: str = STRANGER
    certificate: str = ""
    parcel: UUID = field(default_factory=new_id)
    document: bytes = field(default_factory=pdf)
    secrecy: Secrecy = Secrecy.OPEN
    urgency: int = 0
    document_code: str = "A97.01,2026/03/02,7-CV/TU"
    envelope: bytes | None = None
    signature: bytes | None = None
    attachments: tuple[bytes, ...] = ()

    def manifest(self) -> wire.Manifest:
        envelope = self.envelope_bytes()
        return wire.Manifest(
            parcel=self.parcel,
            sender=self.sender,
            recipient=self.recipient,
            document_code=self.document_code,
            built_at=datetime(2026, 3, 2, 8, tzinfo=UTC),
            urgency=self.urgency,
            secrecy=self.secrecy,
            certificate=self.certificate or self.scene.fingerprint(self.signer),
            parts=(
                wire.Part("envelope", "application/edxml+xml", len(envelope), sha256_hex(envelope)),
                wire.Part("document", "application/pdf", len(self.document), sha256_hex(self.document)),
                *(wire.Part("attachment", "text/plain", len(a), sha256_hex(a)) for a in self.attachments),
            ),
        )

    def envelope_bytes(self) -> bytes:
        if self.envelope is not None:
            return self.envelope
        from antin.exchange.edxml.model import Envelope, Organ, Reference, Trace
        from antin.exchange.edxml.writer import write

        self.envelope = write(
            Envelope(
                sender=Organ(self.sender, NAMES.get(self.sender, "Ai đó")),
                recipients=(Organ(self.recipient, NAMES.get(self.recipient, "Ai đó")),),
                document_id=self.document_code,
                number="7",
                notation="CV/TU",
                subject=ABSTRACT,
                type_name="Công văn",
                priority=self.urgency,
                traces=(Trace(self.sender, datetime(2026, 3, 2, 8, tzinfo=UTC)),),
                references=tuple(Reference(str(n), f"tep-{n}.pdf") for n in range(1, 2 + len(self.attachments))),
            )
        )
        return self.envelope

    def body(self) -> bytes:
        manifest = self.manifest().to_bytes()
        signature = self.signature if self.signature is not None else sign(self.scene.key(self.signer), manifest)
        return wire.head(manifest, signature) + self.envelope_bytes() + self.document + b"".join(self.attachments)


def arrived(scene: Scene) -> int:
    """How many documents RECIPIENT holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from documents_document where direction = 'incoming' and owner_id = %s",
            [scene.organisations[RECIPIENT]],
        )
        return int(cursor.fetchone()[0])


__all__ = ["Dispatch", "ForeignParcel", "Scene", "actor", "arrived", "document_queries", "pdf", "sign"]
