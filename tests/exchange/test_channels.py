"""Each recipient of a document is reached by the channel that the table chooses, or the clerk is told the way to go."""

from __future__ import annotations

import pytest
from tests.exchange.scene import RECIPIENT, STRANGER, Scene

from antin.exchange import acts, queries
from antin.exchange.channels import choice_for
from antin.exchange.models import Dispatch, Partner
from antin.values import Actor, Secrecy

STATE_BODY, NOBODY = "000.00.00.G22", "A00.99"


@pytest.mark.clause("217/7.1", "217/7.3", "217/7.4")
def test_choices_are_told_before_sending_and_are_what_is_done(scene: Scene) -> None:
    document_id = scene.issue(RECIPIENT, STRANGER, STATE_BODY, NOBODY, enter=False)
    Partner.objects.filter(id=scene.partner_id).update(link="down")
    told = {row.recipient_code: row.choice for row in queries.channel_choices(scene.clerk(), document_id)}
    assert [told[code].verdict for code in (RECIPIENT, STRANGER, STATE_BODY, NOBODY)] == [
        "send",
        "wait",
        "paper",
        "paper",
    ]
    acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    done = {row.recipient_code: row for row in Dispatch.objects.all()}
    for code, choice in told.items():
        assert done[code].state == ("queued" if choice.goes else "failed")
        assert choice.goes or done[code].reason == f"{choice.words} {choice.next_step} {choice.clause}"


@pytest.mark.clause("217/7.2", "217/5.3")
def test_recipient_without_wide_area_link_gets_paper_while_there_is_no_internet_channel(scene: Scene) -> None:
    Partner.objects.filter(id=scene.partner_id).update(link="none")
    dispatch = scene.queued(STRANGER)
    assert dispatch.state == "failed"
    acts.send_on_paper(actor=scene.clerk(), dispatch_id=dispatch.id, necessity="Nơi nhận chưa có mạng")


@pytest.mark.clause("379/22.2")
def test_confidential_document_is_not_queued_and_the_clerk_reads_the_way_to_go(scene: Scene) -> None:
    dispatch = scene.queued(RECIPIENT, secrecy=Secrecy.CONFIDENTIAL)
    assert (dispatch.state, dispatch.next_attempt_at) == ("failed", None)
    assert "cơ yếu" in dispatch.reason
    assert not hasattr(dispatch, "parcel")


@pytest.mark.clause("217/5.1")
@pytest.mark.parametrize("secrecy", [Secrecy.SECRET, Secrecy.TOP_SECRET])
def test_above_confidential_no_recipient_has_a_channel(scene: Scene, secrecy: Secrecy) -> None:
    for code in (RECIPIENT, STRANGER, STATE_BODY, NOBODY):
        assert choice_for(secrecy, code).verdict == "refused"


def test_suspended_partner_keeps_its_documents_waiting(scene: Scene) -> None:
    Partner.objects.filter(id=scene.partner_id).update(state="suspended")
    dispatch = scene.queued(STRANGER)
    assert dispatch.state == "queued"
    (row,) = queries.channel_choices(scene.clerk(), dispatch.document_id)
    assert row.choice.verdict == "wait"
