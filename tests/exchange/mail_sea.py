"""Islands that have accounts of official mail besides: one pair of mail servers for all, each known to the others by its key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from tests.exchange import mail_scene
from tests.exchange.archipelago import SHORT, Island, Sea
from tests.exchange.scene import NAMES, RECIPIENT, SENDER

from antin.documents.models import Document
from antin.exchange import acts, ports
from antin.exchange.adapters.mail_servers import MailServers
from antin.exchange.mail import worker
from antin.exchange.mail.simulator.imap import ImapSession
from antin.exchange.mail.simulator.sessions import MailServer
from antin.exchange.mail.simulator.smtp import SmtpSession
from antin.exchange.mail.simulator.store import Store, lay_out
from antin.exchange.models import Dispatch, Partner
from antin.signing.pki.authority import DemoAuthority
from antin.values import MandateView, Office, sha256_hex


@dataclass
class MailSea:
    """SENDER and RECIPIENT on islands of their own, with the Party's network and official mail between them."""

    sea: Sea
    servers: tuple[MailServer, MailServer]

    @property
    def ours(self) -> Island:
        return next(one for one in self.sea.islands.values() if one.code == SENDER)

    @property
    def theirs(self) -> Island:
        return next(one for one in self.sea.islands.values() if one.code == RECIPIENT)

    def cut(self) -> None:
        self.sea.cut.add(frozenset((SENDER, RECIPIENT)))

    def mend(self) -> None:
        """The link is back, and both sides have found out."""
        self.sea.cut.clear()
        for island in self.sea.islands.values():
            with island.ashore():
                for partner in Partner.objects.filter(is_self=False):
                    acts.note_link(partner.id, reached=True)

    def down(self, island: Island | None = None) -> None:
        """The breaker has opened: three failures in a row."""
        with (island or self.ours).ashore():
            (partner,) = Partner.objects.filter(is_self=False)
            for _ in range(3):
                acts.note_link(partner.id, reached=False, error="TimeoutError")

    def issued(self, *, due_in: timedelta = timedelta(hours=1), **wishes: object) -> UUID:
        """An issued document that must have left so soon."""
        with self.ours.ashore():
            document = self.ours.scene.issue(RECIPIENT, **wishes)  # type: ignore[arg-type]
        self.due(document, due_in)
        return document

    def due(self, document: UUID, within: timedelta) -> None:
        with self.ours.ashore():
            Document.objects.filter(id=document).update(send_due_at=ports.bound().clock.now() + within)

    def network(self, rounds: int = 3) -> None:
        for _ in range(rounds):
            for island in self.sea.islands.values():
                island.work()
                with island.ashore():
                    now = ports.bound().clock.now()
                    Dispatch.objects.filter(next_attempt_at__gt=now).update(next_attempt_at=now)

    def post(self, rounds: int = 3) -> None:
        """The mail servers carry what lies there, the parcels' way stays still."""
        for _ in range(rounds):
            for island in self.sea.islands.values():
                with island.ashore():
                    worker.send_due()
                    worker.receive_due()

    def sent(self, document: UUID) -> Dispatch:
        with self.ours.ashore():
            return Dispatch.objects.get(document_id=document)

    def by_mail(self, document: UUID, reason: str = "Mất nối từ sáng, hạn gửi 11 giờ 30 (mẫu)") -> None:
        with self.ours.ashore():
            acts.send_by_mail(actor=self.ours.scene.clerk(), dispatch_id=self.sent(document).id, reason=reason)

    def received(self) -> list[UUID]:
        """What RECIPIENT holds."""
        with self.theirs.ashore():
            return list(Document.objects.filter(direction="incoming").values_list("id", flat=True))


def raise_mail_sea(sea: Sea, pki: DemoAuthority, folder: Path) -> MailSea:
    folder.mkdir()
    addresses = {code: f"van-thu@{SHORT[code]}.mau" for code in (SENDER, RECIPIENT)}
    lay_out(folder / "thu", [{"address": one, "password": mail_scene.PASSWORD} for one in addresses.values()])
    context = mail_scene.server_context(pki, folder)
    store = Store(folder / "thu")
    smtp = MailServer(store, SmtpSession, context, security="tls").start()
    imap = MailServer(store, ImapSession, context, security="tls").start()
    found = MailSea(sea, (smtp, imap))
    account = mail_scene.account(smtp, imap, folder)
    for island in sea.islands.values():
        mine = replace(account, address=addresses[island.code], user=addresses[island.code])
        island.mail = MailServers(mine, answer_s=2.0)
        island.limits = replace(island.limits, mail_bytes=4 * 1024 * 1024, lease_s=2.0)
    for island, other in ((found.ours, RECIPIENT), (found.theirs, SENDER)):
        with island.ashore():
            _enter(island, other, addresses[other])
    return found


def _enter(island: Island, code: str, address: str) -> None:
    """Two operators enter a body that is on the Party's network too."""
    certificate = island.scene.issued[code].certificate_der
    clerk = island.scene.clerk()
    mandates = (MandateView(Office.EXCHANGE_OPERATOR, island.scene.organisations[island.code]),)
    first = replace(clerk, mandates=mandates)
    second = replace(island.scene.clerk(), mandates=mandates, name="Người thứ hai")
    row = acts.propose_mail_contact(
        actor=first, code=code, name=NAMES[code], address=address, signing_file=certificate, basis="Công văn mẫu số 3"
    )
    acts.confirm_mail_contact(actor=second, contact_id=row, compared=sha256_hex(certificate))


__all__ = ["MailSea", "raise_mail_sea"]
