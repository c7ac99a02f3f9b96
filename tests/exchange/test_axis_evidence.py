"""Messages of the axis are evidence: as they went and came, in the proof bundle, to be checked by anybody with other tools."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.exchange.axis_scene import STATE, AxisIn, AxisOut, AxisScene
from tests.exchange.scene import SENDER, pdf

from antin.exchange import queries as exchange
from antin.exchange.edxml.reader import read
from antin.ledger import queries as proofs
from antin.ledger.bundle import MAX_TEXT_BYTES, BundleEntry, BundleParts, build_bundle, verify_bundle
from antin.signing.command import INDETERMINATE, VALID, validate_file
from antin.signing.pki.authority import DemoAuthority
from antin.values import sha256_hex

pytestmark = pytest.mark.clause("217/7.3", "217/6.2", "379/5.5")


def envelopes(axis: AxisScene, document_id: object) -> dict[tuple[str, str], exchange.EvidenceRow]:
    rows = exchange.evidence(axis.scene.clerk(), document_id)  # type: ignore[arg-type]
    return {(row.side, row.event): row for row in rows if row.kind == "envelope"}


def test_what_went_and_what_was_answered_stand_there_byte_for_byte(axis: AxisScene) -> None:
    dispatch = axis.issued()
    axis.work()
    axis.hand_in(axis.status(dispatch, "01"), kind="status")
    axis.hand_in(axis.status(dispatch, "03", after=60), kind="status")
    axis.work()
    rows = envelopes(axis, dispatch.document_id)
    sent = rows["ours", "RelayToNonERDS"]
    (at_the_axis,) = axis.arrived()
    assert sent.message == at_the_axis and sent.digest == sha256_hex(at_the_axis) == AxisOut.objects.get().digest
    assert sent.size == len(at_the_axis) and sent.extension == "edxml" and sent.signer_code == SENDER
    told = rows["theirs", "ContentConsignment"]
    assert read(told.message).code == "01" and told.signer_code == STATE  # type: ignore[union-attr]
    assert ("theirs", "Progress") in rows


def test_what_came_stands_there_with_its_signature(axis: AxisScene, pki: DemoAuthority) -> None:
    data = axis.letter()
    axis.hand_in(data)
    axis.work()
    rows = envelopes(axis, AxisIn.objects.get().document_id)
    assert rows["theirs", "ReceivedFromNonERDS"].message == data
    assert read(rows["ours", "ContentConsignment"].message).code == "01"  # type: ignore[union-attr]


def test_what_was_only_built_is_no_evidence(axis: AxisScene) -> None:
    dispatch = axis.issued()
    assert AxisOut.objects.get().state == "queued"
    assert envelopes(axis, dispatch.document_id) == {}


def test_bundle_with_a_message_of_the_axis_verifies_whatever_its_size(axis: AxisScene) -> None:
    """Such a message holds the document itself, so it may be as large as that."""
    page = pdf(MAX_TEXT_BYTES + 1)
    dispatch = axis.issued(data=page)
    axis.work()
    row = envelopes(axis, dispatch.document_id)["ours", "RelayToNonERDS"]
    assert row.size > MAX_TEXT_BYTES
    parts = BundleParts(
        document_id=dispatch.document_id,
        title="mẫu",
        document=page,
        vkey=proofs.log_key(),
        entries=tuple(BundleEntry(e.id, e.payload, e.proof, e.opening) for e in proofs.evidence(dispatch.document_id)),
        receipts=((f"{row.event}-{row.signer_code}.edxml", row.message),),
    )
    report = verify_bundle(build_bundle(parts))
    assert report.ok, report.problems


def test_our_envelope_is_checked_by_xmlsec1_and_by_our_own_command(
    axis: AxisScene, pki: DemoAuthority, tmp_path: Path
) -> None:
    dispatch = axis.issued()
    axis.work()
    file = tmp_path / "thong-diep.edxml"
    file.write_bytes(envelopes(axis, dispatch.document_id)["ours", "RelayToNonERDS"].message)
    ours = x509.load_der_x509_certificate(axis.scene.issued[SENDER].certificate_der)
    (tmp_path / "co-quan.pem").write_bytes(ours.public_bytes(Encoding.PEM))
    command = ["xmlsec1", "--verify", "--pubkey-cert-pem", str(tmp_path / "co-quan.pem"), str(file)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    code, words = validate_file(file, trust_dir=pki.trust_dir, required=("any",))
    assert code in (VALID, INDETERMINATE), words
    file.write_bytes(file.read_bytes().replace("điện tử".encode(), "điện tứ".encode(), 1))
    assert validate_file(file, trust_dir=pki.trust_dir, required=("any",))[0] not in (VALID, INDETERMINATE)
