"""A body from a partner's node, checked step by step; the first thing that does not hold ends it.

(1) length within the limit          (5) recipient is ours, secrecy admissible on this channel
(2) head and manifest in form        (6) every part's size and digest, nothing behind the last
(3) node ↔ sender ↔ certificate      (7) envelope says what the manifest says
(4) the organisation's signature     (8) the PDF passed the door for PDF files
What is Mật comes enciphered: after (6) it is opened, and (2), (4), (6) are asked of the parcel inside (379/22.2).
From (1) to (6) a fault is a refusal; (7) and (8) are doubts: the parcel is quarantined and refused (379/5.4).
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from antin.documents.adapters import pdf_intake
from antin.exchange import directory, faults, irregularities, parcels, ports, secret, wire
from antin.exchange.acts import inbox
from antin.exchange.acts.inbox import Arrival, Conflict, Stored
from antin.exchange.apart import keeping
from antin.exchange.apart.keeping import Kept
from antin.exchange.apart.rules import FIRST_ATTACHMENT, positions
from antin.exchange.messages import Refusal
from antin.exchange.models import Certificate, DirectoryEntry, Partner
from antin.exchange.sheets import asking
from antin.regulation import Indeterminate, RemoteViolation, RuleViolation
from antin.rulebook.rules import secrecy_admissible
from antin.values import N_, Actor, Secrecy, sha256_hex, to_vietnam
from antin.vault import queries as vault
from antin.vault.ports import CipherRefused
from antin.vault.spool import Spool

PIECE_BYTES = 64 * 1024
RELAY_REJECTION = "RelayRejection"

AT_WORK = 3

Read = Callable[[int], bytes]

# Any number of bodies may be on their way in, slow ones too; checking and storing keeps a processor busy, and more
# threads at it than this only take the interpreter's lock from each other.
_at_work = threading.BoundedSemaphore(AT_WORK)


class Truncated(Exception):
    """The body ended early: nobody is refused for a broken connection."""


class Refused(Exception):
    """The parcel is not taken; `answer` is the signed refusal."""

    def __init__(self, status: int, answer: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.answer = answer


@dataclass
class Body:
    """What is still to be read of a body of known length."""

    read: Read
    left: int

    def exactly(self, size: int) -> bytes:
        if size > self.left:
            raise wire.malformed()
        data = self.read(size)
        self.left -= len(data)
        if len(data) != size:
            raise Truncated
        return data

    def drain(self, most: int | None = None) -> bool:
        """Reads what is left, at most that much, and forgets it; False when more would be left."""
        if most is not None and self.left > most:
            return False
        while self.left:
            self.exactly(min(self.left, PIECE_BYTES))
        return True


@dataclass(frozen=True, slots=True)
class Head:
    """A manifest in form, with the bytes that were signed."""

    manifest: wire.Manifest
    data: bytes
    signature: bytes

    @property
    def digest(self) -> str:
        return sha256_hex(self.data)


def receive(body: Body, parcel: UUID, partner: Partner, apart: str = "") -> Stored:
    """The stored answer to this parcel, new or repeated. Refused, RemoteViolation or Truncated otherwise.

    `apart`: what its header says of parts that came by the door for pieces; Indeterminate while one is not there whole.
    """
    head = _head(body, parcel)
    entry, certificate = _sender(head, partner)
    known = inbox.known_answer(head.manifest.sender, parcel, head.digest)
    if known is not None:
        return _repeated(body, head, known)
    recipient = _recipient(head)
    envelope, document, attachments = _parts(body, head, partner, apart)
    faults.reach("receive.spooled")
    inner = None
    if head.manifest.secrecy is not Secrecy.OPEN:
        inner, envelope, document, attachments = _opened(head, document, entry)
    arrival = Arrival(
        partner_id=partner.id,
        manifest=head.manifest,
        manifest_bytes=head.data,
        signature=head.signature,
        certificate=certificate,
        sender_name=entry.name,
        recipient=recipient,
        envelope=envelope,
        document=document,
        attachments=attachments,
        inner=inner,
        partner_failed=partner.failures > 0,
        has_terms=partner.has_terms,
    )
    with _at_work:
        stored = _admit(arrival)
    if isinstance(stored, Conflict):
        raise conflict(head)
    return stored


def _head(body: Body, parcel: UUID) -> Head:
    if body.left > ports.bound().limits.body_bytes:
        raise _too_large(ports.bound().limits.body_bytes)
    manifest_size, signature_size = wire.read_lengths(body.exactly(wire.HEAD_BYTES))
    data = body.exactly(manifest_size)
    head = Head(wire.read_manifest(data), data, body.exactly(signature_size))
    if head.manifest.parcel != parcel or parcel.version != 7:
        raise wire.malformed()
    return head


def _sender(head: Head, partner: Partner) -> tuple[DirectoryEntry, Certificate]:
    """Node, organisation and certificate belong together, and the signature is good."""
    entry = directory.entry(head.manifest.sender)
    if entry is None or entry.partner_id != partner.id:
        raise _refused(
            head, 403, "unknown_sender", "379/26.2", N_("Bên gửi không có trong danh bạ của điểm kết nối này.")
        )
    certificate = directory.verified(entry, head.data, head.signature, head.manifest.certificate)
    if certificate is None and asking.may_be_new(entry, head.manifest.certificate, partner):
        entry = directory.entry(head.manifest.sender) or entry
        certificate = directory.verified(entry, head.data, head.signature, head.manifest.certificate)
    if certificate is None:
        raise _refused(
            head, 403, "not_signed", "217/6.2", N_("Chữ ký của cơ quan gửi không đúng hoặc không được công nhận.")
        )
    return entry, certificate


def _recipient(head: Head) -> directory.OwnKey:
    manifest = head.manifest
    ours = directory.own_organisation(manifest.recipient)
    entry = directory.entry(manifest.recipient)
    if ours is None or entry is None or not entry.partner.is_self:
        raise _refused(head, 422, "not_addressed", "217/10.1.p2", N_("Văn bản không gửi cho cơ quan nào ở đây."))
    try:
        secrecy_admissible(manifest.secrecy, cipher_installed=vault.cipher_product() is not None)
    except RuleViolation as violation:
        raise _refused(head, 422, "secrecy", violation.clause, violation.reason) from violation
    return directory.own_key(ours, manifest.recipient)


def _too_large(limit: int) -> RemoteViolation:
    return RemoteViolation(
        "217/6.5",
        N_("Gói tin lớn hơn giới hạn {limit} byte."),
        N_("Tách tệp kèm hoặc gửi bằng cách khác."),
        limit=limit,
    )


def _parts(body: Body, head: Head, partner: Partner, header: str) -> tuple[bytes, bytes, tuple[bytes | Kept, ...]]:
    """Envelope, document, attachments, each with the digest the manifest gives; what came apart is left where it lies."""
    limits, parts = ports.bound().limits, head.manifest.parts
    apart = positions(header, len(parts))
    if apart is None:
        raise wire.malformed()
    if sum(part.size for part in parts) > limits.parcel_bytes:
        raise _too_large(limits.parcel_bytes)
    inline = [part for place, part in enumerate(parts) if place not in apart]
    if body.left != sum(part.size for part in inline):
        raise _refused(head, 422, "length", "217/6.2", N_("Độ dài gói tin khác bản kê."))
    kept = {place: _kept(partner, parts[place]) for place in apart}
    if parts[0].size > limits.envelope_bytes:
        raise _refused(head, 422, "envelope_size", "217/6.5", N_("Phong bì edXML quá lớn."))
    with Spool(ports.bound().spool, limits.in_memory_bytes) as spool:
        for part in inline:
            if _spooled(body, spool, part.size) != part.sha256:
                raise _refused(head, 422, "digest", "217/6.2", N_("Nội dung khác với bản kê đã ký."))
        pieces = [spool.read(part.size) for part in inline]
    rest = iter(pieces[FIRST_ATTACHMENT:])
    files = (kept[place] if place in kept else next(rest) for place in range(FIRST_ATTACHMENT, len(parts)))
    return pieces[0], pieces[1], tuple(files)


def _kept(partner: Partner, part: wire.Part) -> Kept:
    found = keeping.whole(partner.id, part.sha256, part.size)
    if found is None:
        raise Indeterminate("217/6.2", N_("Phần gửi riêng của gói tin chưa đủ."), N_("Bên gửi tự gửi tiếp."))
    return found


def _opened(
    head: Head, hidden: bytes, entry: DirectoryEntry
) -> tuple[wire.Manifest, bytes, bytes, tuple[bytes | Kept, ...]]:
    """The parcel inside a Mật one, in memory alone: same id, same sides, signed by the same organisation."""
    product = vault.cipher_product()
    assert product is not None, "asked as the recipient was found"
    try:
        plain = product.open_sent(hidden, secret.context(head.manifest))
        body = Body(io.BytesIO(plain).read, len(plain))
        manifest_size, signature_size = wire.read_lengths(body.exactly(wire.HEAD_BYTES))
        data = body.exactly(manifest_size)
        inner, signature = wire.read_manifest(data), body.exactly(signature_size)
        secret.same_parcel(head.manifest, inner)
        pieces = [body.exactly(part.size) for part in inner.parts]
    except (CipherRefused, RemoteViolation, Truncated) as wrong:
        reason = N_("Sản phẩm mật mã không mở được gói tin Mật, hoặc bên trong không khớp phong bì.")
        raise _refused(head, 422, "not_opened", "379/22.2", reason) from wrong
    sound = all(sha256_hex(piece) == part.sha256 for piece, part in zip(pieces, inner.parts, strict=True))
    if body.left or not sound or directory.verified(entry, data, signature, inner.certificate) is None:
        raise _refused(head, 422, "digest", "217/6.2", N_("Nội dung khác với bản kê đã ký."))
    return inner, pieces[0], pieces[1], tuple(pieces[2:])


def _spooled(body: Body, spool: Spool, size: int) -> str:
    digest = hashlib.sha256()
    while size:
        piece = body.exactly(min(size, PIECE_BYTES))
        digest.update(piece)
        spool.write(piece)
        size -= len(piece)
    return digest.hexdigest()


def _admit(arrival: Arrival) -> Stored | Conflict:
    """Into the house, or into quarantine when its content is doubtful."""
    actor = Actor.peer(arrival.sender_name)
    try:
        envelope = parcels.read_envelope(arrival.envelope, arrival.stated)
        pages = pdf_intake.check(arrival.document, source=str(arrival.partner_id)).pages
        today = to_vietnam(ports.bound().clock.now()).date()
        facts = parcels.incoming_facts(envelope, parcels.stated_by(arrival.stated), on=today)
        sound = replace(arrival, names=parcels.file_names(envelope), pages=pages)
        faults.reach("receive.verified")
        return inbox.receive_parcel(actor=actor, arrival=sound, facts=facts)
    except (RemoteViolation, RuleViolation) as violation:
        refusal = _refusal(
            arrival.recipient, Head(arrival.manifest, arrival.manifest_bytes, arrival.signature),
            inbox.CONSIGNMENT_FAILED, "doubtful", violation.clause, violation.message(),
        )  # fmt: skip
        return inbox.quarantine_parcel(actor=actor, arrival=arrival, refusal=refusal)


def _repeated(body: Body, head: Head, known: Stored | Conflict) -> Stored:
    """The body is read to its end even so: the sender counts an answer only when everything had left."""
    if isinstance(known, Conflict):
        raise conflict(head)
    body.drain()
    return known


def conflict(head: Head) -> Refused:
    """409: this id stands for other bytes of the same sender."""
    return _refused(head, 409, "same_id_other_bytes", "217/6.2", N_("Mã gói tin này đã dùng cho nội dung khác."))


def _refused(head: Head, status: int, code: str, clause: str, reason: str) -> Refused:
    """A signed refusal, by the recipient when it is ours, else by the organisation that runs this installation."""
    manifest = head.manifest
    irregularities.note(
        irregularities.REFUSED_PARCEL, source=code, subject=manifest.parcel, sender_code=manifest.sender
    )
    ours = directory.own_organisation(manifest.recipient)
    key = directory.own_key(ours, manifest.recipient) if ours else directory.host_key()
    refusal = _refusal(key, head, RELAY_REJECTION, code, clause, reason)
    return Refused(status, directory.signed(key, refusal).to_bytes())


def _refusal(key: directory.OwnKey, head: Head, event: str, code: str, clause: str, reason: str) -> Refusal:
    return Refusal(
        event=event,
        subject=head.manifest.parcel,
        sender=head.manifest.sender,
        recipient=head.manifest.recipient,
        digest=head.digest,
        code=code,
        clause=clause,
        reason=reason[:1_000],
        signer=key.code,
        at=ports.bound().clock.now(),
        certificate=key.fingerprint,
    )
