"""Signed notes, checkpoints, keys and proofs: one written form, everything else refused."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from antin.ledger import note
from antin.ledger.tree import leaf_hash, node_hash

from . import naive

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VKEY = note.VerifierKey.of("log.example/mau", KEY)
ENTRY, OTHER = b'{"a":1}', leaf_hash(b"other")
HEAD = note.Checkpoint("log.example/mau", 2, node_hash(leaf_hash(ENTRY), OTHER))
SIGNED = note.sign_checkpoint(HEAD, KEY)
PROOF = note.Proof(0, (OTHER,), SIGNED).text()


def test_vkey_has_the_form_of_signed_note():
    name, key_id, encoded = str(VKEY).split("+", 2)
    raw = base64.b64decode(encoded)
    assert raw == b"\x01" + KEY.public_key().public_bytes_raw()
    assert key_id == hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]
    assert note.VerifierKey.parse(str(VKEY)) == VKEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b+c",
        f"other+{VKEY.key_id.hex()}+AQ==",
        str(VKEY).replace("log.example", "log.example2"),
        str(VKEY) + "A",
    ],
)
def test_vkey_that_does_not_fit_is_refused(text: str):
    with pytest.raises(note.NoteError):
        note.VerifierKey.parse(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_vkey_with_an_unfit_name_is_refused(name: str):
    with pytest.raises(note.NoteError):
        note.VerifierKey.of(name, KEY)


def test_checkpoint_is_signed_over_its_text_as_openssl_sees_it():
    body, line = SIGNED.split("\n\n")
    assert body == f"log.example/mau\n2\n{base64.b64encode(HEAD.root).decode()}"
    raw = base64.b64decode(line.split(" ")[2])
    assert raw[:4] == VKEY.key_id
    assert naive.openssl_verifies(KEY.public_key().public_bytes_raw(), (body + "\n").encode(), raw[4:])
    assert note.open_checkpoint(SIGNED, VKEY) == HEAD


def test_checkpoint_with_a_cosignature_beside_ours_is_opened():
    other = note.VerifierKey.of("witness.example", Ed25519PrivateKey.generate())
    line = f"— {other.name} {base64.b64encode(other.key_id + bytes(64)).decode()}\n"
    assert note.open_checkpoint(SIGNED + line, VKEY) == HEAD


def test_checkpoint_of_another_log_signed_by_the_same_key_is_refused():
    text = note.Checkpoint("another.log", 2, HEAD.root).text()
    signature = base64.b64encode(VKEY.key_id + KEY.sign(text.encode())).decode()
    with pytest.raises(note.NoteError, match="another log"):
        note.open_checkpoint(f"{text}\n— {VKEY.name} {signature}\n", VKEY)


@given(st.data())
def test_checkpoint_changed_anywhere_is_refused(data: st.DataObject):
    at = data.draw(st.integers(0, len(SIGNED) - 1))
    char = data.draw(st.characters(codec="utf-8").filter(lambda c: c != SIGNED[at]))
    changed = data.draw(st.sampled_from([SIGNED[:at] + char + SIGNED[at + 1 :], SIGNED[:at] + SIGNED[at + 1 :]]))
    with pytest.raises(note.NoteError):
        note.open_checkpoint(changed, VKEY)


@given(st.text())
def test_open_checkpoint_of_rubbish_is_refused(text: str):
    with pytest.raises(note.NoteError):
        note.open_checkpoint(text, VKEY)


def test_proof_reads_back_and_verifies():
    assert note.Proof.parse(PROOF).text() == PROOF
    assert note.Proof.parse(PROOF).verify(ENTRY, VKEY) == HEAD


def test_proof_of_another_entry_is_refused():
    with pytest.raises(note.NoteError):
        note.Proof.parse(PROOF).verify(b'{"a":2}', VKEY)


def test_proof_with_extra_data_is_admitted_and_not_kept():
    assert note.Proof.parse(PROOF.replace("index", "extra aGk=\nindex", 1)).text() == PROOF


@given(st.data())
def test_proof_changed_anywhere_is_refused(data: st.DataObject):
    at = data.draw(st.integers(0, len(PROOF) - 1))
    char = data.draw(st.sampled_from("0A=+/\n —x").filter(lambda c: c != PROOF[at]))
    with pytest.raises(note.NoteError):
        note.Proof.parse(PROOF[:at] + char + PROOF[at + 1 :]).verify(ENTRY, VKEY)


@pytest.mark.parametrize("number", ["00", "01", "+1", " 1", "1 ", "1_0", "１", "-1", "9" * 30])
def test_numbers_in_another_form_are_refused(number: str):
    with pytest.raises(note.NoteError):
        note.Proof.parse(PROOF.replace("index 0", f"index {number}"))
