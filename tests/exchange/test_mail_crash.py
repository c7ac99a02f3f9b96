"""kill -9 at every named point of the mail worker: one letter for its reader, one document here, everything put away."""

from __future__ import annotations

import pytest
from tests.exchange.mail_scene import BODY, OURS, THEIRS, MailIn, MailLine, MailOut, MailScene
from tests.exchange.mortal import mortal, until
from tests.exchange.test_crash import _died

from antin.exchange import faults, ports
from antin.exchange.follow import follow_once
from antin.exchange.mail import mime, worker
from antin.exchange.models import Dispatch
from antin.ledger import acts as ledger
from antin.ledger import queries as ledger_queries

POINTS = [point for point in faults.POINTS if point.startswith("mail.")]
OUT = ["mail.built", "mail.claimed", "mail.gate_passed", "mail.handed_over", "mail.told", "mail.noted"]
IN = ["mail.fetched", "mail.read", "mail.taken_in", "mail.committed", "mail.put_away"]

pytestmark = pytest.mark.clause("217/13.1", "217/6.2")


def test_every_point_is_killed_here() -> None:
    assert {*OUT, *IN} == set(POINTS)


@pytest.mark.parametrize("point", OUT)
def test_worker_killed_while_sending_writes_one_letter(mail: MailScene, point: str) -> None:
    document_id = mail.scene.issue(BODY)
    assert _died(mortal(point, _work))
    _finish()
    assert len({mime.text_header(one, "Message-ID") for one in mail.inbox(THEIRS)}) == 1
    assert len(set(mail.inbox(THEIRS))) == 1
    assert list(MailOut.objects.values_list("purpose", "state")) == [("new", "handed")]
    told = [row.facts.get("outcome") for row in ledger_queries.history(document_id)]
    assert told.count("relayed") == 1
    assert "relayed" in Dispatch.objects.get(document_id=document_id).times


@pytest.mark.parametrize("point", IN)
def test_worker_killed_while_receiving_takes_in_once(mail: MailScene, point: str) -> None:
    mail.drop_in(mail.letter())
    assert _died(mortal(point, _work))
    _finish()
    assert mail.taken_in() == 1
    assert list(MailIn.objects.values_list("state", flat=True)) == ["admitted"]
    assert mail.inbox(OURS) == []
    assert len(set(mail.inbox(THEIRS))) == 1


def _work() -> None:
    while ledger.integrate():
        pass
    follow_once()
    worker.send_due()
    worker.receive_due()


def _finish() -> None:
    """A fresh worker goes on; leases of the dead one run out."""
    until(lambda: MailOut.objects.exists() and not MailOut.objects.filter(state="queued").exists(), _work_on)
    _work_on()


def _work_on() -> None:
    MailLine.objects.update(retry_at=None)
    MailOut.objects.filter(state="queued").update(next_attempt_at=ports.bound().clock.now())
    _work()
