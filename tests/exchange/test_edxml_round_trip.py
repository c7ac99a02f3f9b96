"""What the strict writer writes, the tolerant reader reads back the same and without a note."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree
from tests.exchange.strategies import STATUSES, envelopes

from antin.exchange.command import check_file
from antin.exchange.edxml import NAMESPACE
from antin.exchange.edxml.model import BusinessKind, Envelope, Message, SignatureState, Status
from antin.exchange.edxml.reader import read
from antin.exchange.edxml.writer import write
from antin.regulation import RemoteViolation

SAMPLES = Path(__file__).parents[3] / "shared" / "edxml" / "samples"
NEGATIVE = {"nested_in_edoc_new_zip.edxml"}


@pytest.mark.clause("217/7.3")
@settings(max_examples=60, deadline=None)
@given(envelopes())
def test_write_any_envelope_is_read_back_the_same(envelope: Envelope) -> None:
    assert read(write(envelope)) == envelope


@settings(max_examples=60, deadline=None)
@given(STATUSES)
def test_write_any_status_is_read_back_the_same(status: Status) -> None:
    found = read(write(status))
    assert found == status
    assert found.notes == ()


@settings(max_examples=30, deadline=None)
@given(envelopes())
def test_read_any_order_of_elements_is_the_same_message(envelope: Envelope) -> None:
    root = etree.fromstring(write(envelope))
    kept_order = {"To", "ToPlaces", "Appendixes", "ResponseFor", "TraceHeader", "ReceiverList", "ReplacementInfoList"}
    dice = random.Random(7)
    for element in list(root.iter()):
        children = list(element)
        names = [etree.QName(child).localname for child in children]
        if len(set(names)) == len(names) and etree.QName(element).localname not in kept_order:
            dice.shuffle(children)
            element[:] = children
    assert read(etree.tostring(root, encoding="UTF-8")) == envelope


def test_write_uses_the_spelling_of_the_standard() -> None:
    text = write(_plain()).decode()
    assert f'<edXML xmlns="{NAMESPACE}">' in text
    assert "<edXML:Bussiness>" in text
    assert text.startswith("<?xml version='1.0' encoding='UTF-8'?>")


def _plain() -> Message:
    path = Path(__file__).parent / "data" / "van-ban-moi.edxml"
    return read(path.read_bytes())


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample envelopes are not at hand")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*.edxml")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_read_sample_of_real_senders_is_understood_or_refused(path: Path) -> None:
    if path.name in NEGATIVE:
        with pytest.raises(RemoteViolation):
            read(path.read_bytes())
        assert check_file(path)[0] == 1
        return
    message = read(path.read_bytes())
    assert check_file(path)[0] == 0
    if isinstance(message, Envelope):
        assert message.signature in (SignatureState.LEGACY, SignatureState.ABSENT)
        assert message.attachments
        assert message.business.kind is not BusinessKind.RECALL or message.business.document_id
        assert len(set(message.business.replacements)) == len(message.business.replacements)
