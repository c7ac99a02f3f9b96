"""Who sits at an ordinary mail program, played by the simulator: the signed answer that quotes the digest is a receipt."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.exchange.mail_scene import OURS, THEIRS, MailOut, MailScene

from antin.exchange.mail.simulator.office import Office

pytestmark = pytest.mark.clause("217/7.2", "217/6.4", "217/6.2")


def test_answer_of_the_played_person_proves_the_arrival(mail: MailScene) -> None:
    chain = (mail.issued.certificate_der, *mail.issued.chain_ders)
    people = mail.store.home / "people"
    people.mkdir()
    pem = b"".join(x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in chain)
    (people / f"{THEIRS}.pem").write_bytes(mail.issued.key_pem + pem)
    dispatch = mail.sent()
    mail.store.deliver(OURS, [THEIRS], b"From: ai@noi-khac.mau\r\nSubject: x\r\n\r\nSHA-256:\n" + b"0" * 64)
    Office(mail.store, THEIRS, pause_s=0.0).read_all()
    mail.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "arrived"
    assert MailOut.objects.get().state == "answered"
    assert len(mail.store.letters(THEIRS, "Da-doc")) == 2
