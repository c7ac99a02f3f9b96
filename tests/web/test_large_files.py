"""Large files through the pages: attached, fetched, and never in clear on a disk while they pass."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from antin.documents import queries as documents
from antin.documents import rules
from antin.values import sha256_hex
from antin.web import spooled_upload
from antin.web.spooled_upload import SpooledUpload
from world import CLERK, DRAFTER, World

from .conftest import Visit
from .test_drafting_pages import form, words

pytestmark = pytest.mark.clause("217/11.7", "379/4.5")

MB = 1024 * 1024


@pytest.fixture
def draft(world: World, visit: Visit) -> tuple[Client, str]:
    drafter = visit(DRAFTER)
    return drafter, drafter.post("/du-thao/moi", form(world))["Location"]


def file(data: bytes, name: str = "Số liệu.bin") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/octet-stream")


def test_file_of_20_mb_is_attached_and_comes_back_the_same(
    world: World, draft: tuple[Client, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drafter, address = draft
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not-there"))  # whoever lays it down there fails
    data = os.urandom(MB) * 20
    attached = drafter.post(f"{address}/tep", {"file": file(data)})
    assert attached.status_code == 303, words(attached)
    document_id = address.rsplit("/", 1)[1]
    (kept,) = documents.attachments(world.actor(DRAFTER), document_id)
    assert (kept.name, kept.size, kept.digest) == ("Số liệu.bin", 20 * MB, sha256_hex(data))
    fetched = drafter.get(f"/van-ban/{document_id}/tep/{kept.id}")
    assert fetched.streaming and fetched["Content-Length"] == str(20 * MB)
    assert b"".join(fetched.streaming_content) == data
    assert fetched["Content-Disposition"].startswith("attachment")


def test_file_beyond_the_limit_is_refused_and_changes_nothing(
    world: World, draft: tuple[Client, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drafter, address = draft
    monkeypatch.setattr(rules, "ATTACHMENT_LIMIT_BYTES", 2 * MB)
    refused = drafter.post(f"{address}/tep", {"file": file(bytes(2 * MB + 1))})
    assert refused.status_code == 422 and "2&nbsp;MB" in words(refused).replace(" ", "&nbsp;")
    assert documents.document(world.actor(DRAFTER), address.rsplit("/", 1)[1]).revision == 1


@pytest.mark.parametrize("sent", [{}, {"file": b""}])
def test_no_file_and_an_empty_one_are_refused(draft: tuple[Client, str], sent: dict[str, bytes]) -> None:
    drafter, address = draft
    given_ = {name: file(data) for name, data in sent.items()}
    assert drafter.post(f"{address}/tep", given_).status_code == 422


def test_file_without_the_forms_token_is_refused(draft: tuple[Client, str]) -> None:
    drafter, address = draft
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = drafter.cookies
    assert strict.post(f"{address}/tep", {"file": file(b"x")}).status_code == 403


def test_files_of_others_are_not_there(world: World, draft: tuple[Client, str], visit: Visit) -> None:
    drafter, address = draft
    drafter.post(f"{address}/tep", {"file": file(b"x")})
    document_id = address.rsplit("/", 1)[1]
    (kept,) = documents.attachments(world.actor(DRAFTER), document_id)
    assert visit(CLERK).get(f"/van-ban/{document_id}/tep/{kept.id}").status_code == 404


@given(st.lists(st.binary(max_size=3000), max_size=8), st.integers(0, 9000))
def test_spooled_upload_keeps_a_byte_more_than_its_limit_at_most(pieces: list[bytes], limit: int) -> None:
    usual = spooled_upload.IN_MEMORY_BYTES
    spooled_upload.IN_MEMORY_BYTES = 2000
    try:
        handler = SpooledUpload(limit_bytes=limit)
        handler.new_file("file", "a.bin", "application/octet-stream", None, None)
        for piece in pieces:
            handler.receive_data_chunk(piece, 0)
        came = handler.file_complete(0)
        assert came is not None
        whole = b"".join(pieces)
        assert came.read() == whole[: limit + 1] and came.size == min(len(whole), limit + 1)
        assert b"".join(came.chunks(700)) == whole[: limit + 1]
        came.close()
    finally:
        spooled_upload.IN_MEMORY_BYTES = usual
