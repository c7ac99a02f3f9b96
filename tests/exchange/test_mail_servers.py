"""The account at its servers: TLS with the server's name verified, no word of the password, and the simulator as a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.exchange.mail_scene import OURS, PASSWORD, THEIRS, MailLine, MailScene, account, raise_mail
from tests.exchange.scene import Scene

from antin.exchange import ports
from antin.exchange.adapters.mail_servers import MailServers
from antin.exchange.mail import mime, worker
from antin.exchange.mail.simulator.sessions import MailServer
from antin.exchange.mail.simulator.smtp import SmtpSession
from antin.exchange.ports import MailRefused, Unreached
from antin.house import config as configuration
from antin.house.wiring import _mail
from antin.signing.pki.authority import DemoAuthority

pytestmark = pytest.mark.clause("217/7.2", "217/6.2")


def servers(mail: MailScene, **changed: object) -> MailServers:
    return MailServers(replace(account(mail.smtp, mail.imap, mail.folder), **changed), answer_s=2.0)


def test_letter_goes_and_comes_over_starttls_as_well(scene: Scene, pki: DemoAuthority, tmp_path: Path) -> None:
    mail = raise_mail(scene, pki, tmp_path / "thu", security="starttls")
    try:
        mail.sent()
        assert len(mail.inbox(THEIRS)) == 1
        mail.drop_in(mail.letter())
        mail.work()
        assert mail.taken_in() == 1
    finally:
        mail.smtp.stop()
        mail.imap.stop()


@pytest.mark.parametrize("changed", [{"authority": ""}, {"smtp_host": "127.0.0.1", "imap_host": "127.0.0.1"}])
def test_server_whose_certificate_does_not_hold_gets_nothing(mail: MailScene, changed: dict[str, object]) -> None:
    found = servers(mail, **changed)
    with pytest.raises(Unreached, match="CERTIFICATE_VERIFY_FAILED"):
        found.submit(THEIRS, b"Subject: x\r\n\r\nx\r\n")
    with pytest.raises(Unreached, match="CERTIFICATE_VERIFY_FAILED"), found.box():
        pass
    assert mail.inbox(THEIRS) == []


def test_server_without_tls_never_sees_the_password(mail: MailScene) -> None:
    """STARTTLS stripped on the way: nothing is said in clear."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    smtp = MailServer(mail.store, Stripped, context, security="starttls").start()
    try:
        found = servers(mail, smtp_port=smtp.port, smtp_security="starttls")
        with pytest.raises(Unreached):
            found.submit(THEIRS, b"x\r\n")
        assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in Stripped.heard)
    finally:
        smtp.stop()


class Stripped(SmtpSession):
    heard: list[str] = []

    def line(self) -> str:
        self.heard.append(super().line())
        return self.heard[-1]

    def begin_tls(self) -> None:
        raise OSError("no handshake here")


def test_wrong_password_is_told_without_it(mail: MailScene) -> None:
    found = servers(mail, secret="nhầm-mật-khẩu"[:4] + "x")
    with pytest.raises(Unreached) as sending:
        found.submit(THEIRS, b"x\r\n")
    with pytest.raises(Unreached) as receiving, found.box():
        pass
    for one in (sending, receiving):
        assert PASSWORD not in str(one.value)
        assert "nhầm" not in str(one.value)


def test_account_shows_no_secret_of_its_own(mail: MailScene) -> None:
    assert PASSWORD not in repr(account(mail.smtp, mail.imap, mail.folder))


def test_final_no_and_come_again_are_told_apart(mail: MailScene) -> None:
    found = servers(mail)
    with pytest.raises(MailRefused, match="550"):
        found.submit("khong-co@dang-uy.mau", b"x\r\n")
    mail.smtp.faults.append("busy")
    with pytest.raises(Unreached, match="450"):
        found.submit(THEIRS, b"x\r\n")


def test_lines_that_begin_with_a_dot_arrive_as_they_are(mail: MailScene) -> None:
    data = b"Subject: x\r\n\r\n.\r\n..a\r\n.b\r\n"
    servers(mail).submit(THEIRS, data)
    assert mail.inbox(THEIRS) == [data]


def test_server_that_is_down_makes_pauses(mail: MailScene) -> None:
    mail.imap.stop()
    for _ in range(4):
        MailLine.objects.update(retry_at=None)
        worker.receive_due()
    line = MailLine.objects.get(kind="imap")
    assert line.state == "down"
    assert line.retry_at is not None


@pytest.mark.clause("379/4.5")
def test_configuration_reads_its_secret_from_a_private_file_alone(tmp_path: Path) -> None:
    said = configuration.Mail(address=OURS, smtp_host="localhost", imap_host="localhost")
    config = configuration.Config(home=tmp_path, mail=said)
    (tmp_path / "keys").mkdir()
    secret = tmp_path / "keys/mail.key"
    secret.write_text("bi-mat")
    secret.chmod(0o644)
    with pytest.raises(PermissionError):
        _mail(config)
    secret.chmod(0o600)
    assert _mail(config) is not None
    assert "bi-mat" not in configuration.save(config).read_text()
    assert configuration.load(tmp_path).mail == said
    with pytest.raises(ValueError, match="tls or starttls"):
        _mail(replace(config, mail=replace(said, smtp_security="none")))
    assert _mail(replace(config, mail=configuration.Mail())) is None


def test_simulator_is_a_server_of_its_own(mail: MailScene, tmp_path: Path) -> None:
    """The installation speaks to it as to any other; a fault of its command line breaks one session."""
    home = tmp_path / "rieng"
    home.mkdir()
    (home / "accounts.json").write_text(json.dumps([{"address": a, "password": PASSWORD} for a in (OURS, THEIRS)]))
    for name in ("pem", "key"):
        (home / f"server.{name}").write_bytes((mail.folder / f"server.{name}").read_bytes())
    smtp, imap = _free(), _free()
    command = [sys.executable, "-m", "antin.cli.main", "mail-simulator", "--home", str(home), "--smtp-port", str(smtp)]
    command += ["--imap-port", str(imap), "--fault", "smtp=cut_after"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"smtp {smtp} imap {imap}\n".encode()
        found = replace(account(mail.smtp, mail.imap, mail.folder), smtp_port=smtp, imap_port=imap)
        ports.bind(replace(ports.bound(), mail=MailServers(found, answer_s=5.0)))
        mail.sent()
        mail.again()
        theirs = replace(found, address=THEIRS, user=THEIRS)
        with MailServers(theirs, answer_s=5.0).box() as box:
            letters = [box.fetch(one.uid, 1 << 24) for one in box.waiting()]
        assert len(letters) == 2
        assert len({mime.text_header(one, "Message-ID") for one in letters}) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
