"""The scene of the exchange with a mail server beside it, and a body there whose letters we write with OpenSSL."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connection
from tests.exchange.scene import ABSTRACT, NAMES, SENDER, Scene, actor, pdf, sign

from antin.exchange import acts, ports
from antin.exchange.adapters.mail_servers import Account, MailServers
from antin.exchange.edxml.dsig import Sealer
from antin.exchange.edxml.model import Business, Envelope, Organ, Reference, ResponseFor, Staff, Status, Trace
from antin.exchange.edxml.streamed import written
from antin.exchange.edxml.writer import write
from antin.exchange.follow import follow_once
from antin.exchange.mail import mime, slip, worker
from antin.exchange.mail.models import MailIn, MailLine, MailOut
from antin.exchange.mail.simulator.imap import ImapSession
from antin.exchange.mail.simulator.sessions import MailServer
from antin.exchange.mail.simulator.smtp import SmtpSession
from antin.exchange.mail.simulator.store import Store, lay_out
from antin.exchange.mail.slip import Slip
from antin.exchange.models import Dispatch
from antin.ledger import acts as ledger
from antin.signing.pki.authority import DemoAuthority, Issued
from antin.values import Office, new_id, sha256_hex

OURS, THEIRS, FULL, SPAMMER = "van-thu@tw.mau", "van-thu@dang-uy.mau", "day@dang-uy.mau", "ai-do@noi-khac.mau"
PASSWORD = "bi-mat mau"
BODY, BODY_NAME = "A96.07", "Đảng uỷ Khối Mẫu"
DAY = datetime(2026, 3, 2, tzinfo=UTC).date()


@dataclass
class MailScene:
    """Our installation with its account; what the other body writes is made by hand and signed by OpenSSL."""

    scene: Scene
    store: Store
    smtp: MailServer
    imap: MailServer
    issued: Issued
    folder: Path
    decryption: Issued
    at: datetime
    extra: dict[str, object] = field(default_factory=dict)

    def work(self) -> None:
        """All that waits, both ways, until nothing moves any more."""
        for _ in range(20):
            while ledger.integrate():
                pass
            moved = follow_once() + worker.send_due() + worker.receive_due()
            if not moved:
                return
        raise AssertionError("no end")

    def again(self) -> None:
        """Pauses are over."""
        now = ports.bound().clock.now()
        MailOut.objects.filter(state="queued").update(next_attempt_at=now)
        MailLine.objects.update(retry_at=None)
        self.work()

    def sent(self, **wishes: object) -> Dispatch:
        """A document of ours, handed to the mail server."""
        document_id = self.scene.issue(BODY, **wishes)  # type: ignore[arg-type]
        self.work()
        return Dispatch.objects.get(document_id=document_id)

    def inbox(self, address: str = THEIRS) -> list[bytes]:
        return [data for _, data in self.store.letters(address, "INBOX")]

    def drop_in(self, data: bytes, to: str = OURS) -> None:
        self.store.add(to, "INBOX", data)

    # what the other body writes

    def signed(self, entity: bytes, by: Issued | None = None, *options: str) -> bytes:
        """The entity as S/MIME by OpenSSL."""
        by = by or self.issued
        key, own = self._files(by)
        others = self.folder / "others.pem"
        others.write_bytes(b"".join(map(_pem, by.chain_ders)))
        return self.openssl(
            entity,
            "cms",
            "-sign",
            "-signer",
            str(own),
            "-inkey",
            str(key),
            "-certfile",
            str(others),
            "-md",
            "sha256",
            *options,
        )

    def mail(self, body: bytes, *, sender: str = THEIRS, subject: str = "Công văn", more: str = "") -> bytes:
        """Headers around an entity, everything with CRLF."""
        head = mime.headers(
            [("From", sender), ("To", OURS), ("Subject", subject), ("Message-ID", f"<{new_id()}@dang-uy.mau>")]
        )
        whole = head + more.encode() + body
        return whole.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def letter(
        self, *, number: str = "15", by: Issued | None = None, data: bytes | None = None, message: UUID | None = None,
        recipient: str = SENDER, sender: str = BODY, purpose: str = slip.NEW, business: Business | None = None,
        spoil: tuple[bytes, bytes] = (b"", b""), about: UUID | None = None,
    ) -> bytes:  # fmt: skip
        """A document of the other body as its Ấn Tín writes it."""
        document = pdf() if data is None else data
        files = [mime.File("Công văn số 15.pdf", "application/pdf", document)] if purpose == slip.NEW else []
        code = f"{BODY},2026/03/02,{number}-CV/ĐUK"
        envelope = Envelope(
            sender=Organ(sender, BODY_NAME),
            recipients=(Organ(recipient, NAMES.get(recipient, "Ai đó")),),
            document_id=code,
            number=number,
            notation="CV/ĐUK",
            subject=ABSTRACT,
            type_name="Công văn",
            promulgated_on=DAY,
            traces=(Trace(sender, self.at),),
            references=tuple(Reference(str(n), one.name) for n, one in enumerate(files, 1)),
            business=business or Business(),
        )
        edxml = b"".join(written(envelope, [], Sealer(self.issued.certificate_der, self._raw)))
        return self._with_slip(edxml, files, code, purpose, message or new_id(), sender, recipient, by, spoil, about)

    def status(
        self, dispatch: Dispatch, code: str, *, after: int = 0, said: str = "", by: Issued | None = None, digest: str = "",
        sender: str = BODY,
    ) -> bytes:  # fmt: skip
        """What the other body says of a document of ours, `after` seconds."""
        out = dispatch.letters.get(purpose="new")
        at = self.at + timedelta(seconds=after)
        about = ResponseFor(SENDER, dispatch.reference_number, DAY, dispatch.document_code)
        message = Status(Organ(sender, BODY_NAME), about, code, at, said, Staff("Văn phòng", "Lý Thị Mẫu Vân"))
        return self._with_slip(
            write(message), [], dispatch.document_code, slip.STATUS, new_id(), sender, SENDER, by, (b"", b""),
            about=out.id, digest=digest or out.signed_digest,
        )  # fmt: skip

    def plain(
        self, *, by: Issued | None = None, files: list[tuple[str, str, bytes]] | None = None, signed: bool = True
    ) -> bytes:
        """A letter of an ordinary mail program."""
        found = [mime.File(*one) for one in (files or [("Công văn số 7.pdf", "application/pdf", pdf())])]
        entity = mime.written("Kính gửi văn bản.", found)
        return self.mail(self.signed(entity, by) if signed else entity, subject="Gửi công văn số 7")

    def _raw(self, data: bytes) -> bytes:
        key = serialization.load_pem_private_key(self.issued.key_pem, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return sign(key, data)

    def _with_slip(
        self, edxml: bytes, files: list[mime.File], code: str, purpose: str, message: UUID, sender: str, recipient: str,
        by: Issued | None, spoil: tuple[bytes, bytes], about: UUID | None = None, digest: str = "",
    ) -> bytes:  # fmt: skip
        envelope = mime.File("van-ban.edxml", "application/edxml+xml", edxml)
        parts = [slip.Part(slip.ENVELOPE, envelope.name, envelope.sha256)]
        parts += [slip.Part(slip.DOCUMENT, one.name, one.sha256) for one in files]
        said = Slip(message, purpose, sender, recipient, code, self.at, about, digest, tuple(parts)).to_bytes()
        said = said.replace(*spoil)
        entity = mime.written("Thư mẫu.", [mime.File(slip.NAME, slip.MEDIA_TYPE, said), envelope, *files])
        return self.mail(self.signed(entity, by))

    # OpenSSL

    def openssl(self, data: bytes, *arguments: str) -> bytes:
        found = subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=False, timeout=20)
        assert found.returncode == 0, found.stderr.decode()
        return found.stdout

    def verified(self, letter: bytes) -> bytes:
        """What OpenSSL says was signed, checked up to our root."""
        root = self.folder / "root.pem"
        root.write_bytes(_pem(self.issued.chain_ders[-1]))
        return self.openssl(letter, "cms", "-verify", "-CAfile", str(root), "-purpose", "any")

    def _files(self, issued: Issued) -> tuple[Path, Path]:
        name = issued.serial_hex
        key, own = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        key.write_bytes(issued.key_pem)
        own.write_bytes(_pem(issued.certificate_der))
        return key, own

    def taken_in(self) -> int:
        """How many documents came in here."""
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from documents_document where direction = 'incoming'")
            return int(cursor.fetchone()[0])

    def operator(self, name: str = "Quản trị mẫu"):  # type: ignore[no-untyped-def]
        return actor(self.scene.organisations[SENDER], Office.EXCHANGE_OPERATOR, name=name)

    def enter(self, code: str, name: str, address: str, signing: bytes = b"", encryption: bytes = b"") -> UUID:
        """Two operators enter a body."""
        found = acts.propose_mail_contact(
            actor=self.operator(), code=code, name=name, address=address, signing_file=signing,
            encryption_file=encryption, basis="Công văn mẫu số 3",
        )  # fmt: skip
        acts.confirm_mail_contact(
            actor=self.operator("Người thứ hai"), contact_id=found, compared=sha256_hex(signing) if signing else address
        )
        return found


def raise_mail(scene: Scene, pki: DemoAuthority, folder: Path, *, security: str = "tls") -> MailScene:
    """The servers, our account at them, the other body in the directory of mail."""
    folder.mkdir()
    lay_out(
        folder / "thu",
        [
            {"address": OURS, "password": PASSWORD}, {"address": THEIRS, "password": "khac"},
            {"address": FULL, "password": "khac", "bounces": True}, {"address": SPAMMER, "password": "khac"},
        ],
    )  # fmt: skip
    context = server_context(pki, folder)
    store = Store(folder / "thu")
    smtp = MailServer(store, SmtpSession, context, security=security).start()
    imap = MailServer(store, ImapSession, context, security=security).start()
    decryption = _for_encryption(pki)
    (folder / "decrypt.pem").write_bytes(decryption.key_pem + _pem(decryption.certificate_der))
    here = ports.bound()
    limits = replace(here.limits, mail_bytes=4 * 1024 * 1024, lease_s=2.0)
    mail = MailServers(account(smtp, imap, folder, security=security), folder / "decrypt.pem", answer_s=2.0)
    ports.bind(replace(here, mail=mail, limits=limits))
    issued = pki.issue_exchange(BODY_NAME, BODY, key="rsa2048")
    found = MailScene(scene, store, smtp, imap, issued, folder, decryption, datetime.now(UTC).replace(microsecond=0))
    found.enter(BODY, BODY_NAME, THEIRS, issued.certificate_der)
    return found


def server_context(pki: DemoAuthority, folder: Path) -> ssl.SSLContext:
    """TLS of the mail servers; their authority lies in the folder as `ca.pem`."""
    node = pki.issue_tls("thu.mau", hosts=("localhost",))
    (folder / "server.pem").write_bytes(b"".join(map(_pem, (node.certificate_der, *node.chain_ders))))
    (folder / "server.key").write_bytes(node.key_pem)
    (folder / "ca.pem").write_bytes(b"".join(map(_pem, node.chain_ders)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


def account(
    smtp: MailServer, imap: MailServer, folder: Path, *, security: str = "tls", secret: str = PASSWORD
) -> Account:
    return Account(
        address=OURS, user=OURS, secret=secret, smtp_host="localhost", smtp_port=smtp.port, smtp_security=security,
        imap_host="localhost", imap_port=imap.port, imap_security=security, authority=str(folder / "ca.pem"),
    )  # fmt: skip


def _for_encryption(pki: DemoAuthority) -> Issued:
    """A certificate whose key usage allows to encrypt for it."""
    from antin.signing.pki import profiles

    key = profiles.new_key("rsa2048")
    builder = profiles.build(
        profiles.subject("Mã hoá thư (mẫu)"), key, pki.issuing, *pki._period(None, None, timedelta(days=90))
    )
    return pki._sign(profiles.as_leaf(builder, "key_encipherment"), key)


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


__all__ = ["MailIn", "MailLine", "MailOut", "MailScene", "raise_mail"]
