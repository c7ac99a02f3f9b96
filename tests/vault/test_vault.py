"""The vault on real disk and database: what goes in comes out, and nothing else ever does."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from antin.regulation import RuleViolation
from antin.values import Actor, new_id
from antin.vault import acts, ports, queries
from antin.vault.adapters.directory_store import DirectoryStore
from antin.vault.adapters.file_key_keeper import FileKeyKeeper
from antin.vault.cipher import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES
from antin.vault.models import DataKey, StoredContent
from antin.vault.rules import ContentDamaged, ContentDestroyed

pytestmark = pytest.mark.django_db
SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES


@pytest.fixture(autouse=True)
def places(tmp_path: Path) -> Iterator[ports.Ports]:
    before = ports.bound()
    bound = ports.Ports(DirectoryStore(tmp_path / "blobs"), FileKeyKeeper.create(tmp_path / "vault.key"))
    ports.bind(bound)
    yield bound
    ports.bind(before)


def file_of(content: queries.Content) -> Path:
    name = StoredContent.objects.get(id=content.id).sealed_digest
    return ports.bound().store.folder / name[:2] / name  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 200_001])
def test_store_any_size_comes_back_with_digest(size: int):
    data, owner = os.urandom(size), new_id()
    content = acts.store(data, owner=owner, media_type="application/pdf")
    assert queries.read(content.id) == data
    assert content == queries.describe(content.id)
    assert (content.owner, content.size, content.media_type) == (owner, size, "application/pdf")
    assert content.digest == hashlib.sha256(data).hexdigest()
    assert queries.intact(content.id)


def test_store_pieces_of_any_length_equal_one_piece():
    data = os.urandom(300_000)
    pieces = (data[at : at + 7_001] for at in range(0, len(data), 7_001))
    assert queries.read(acts.store(pieces, owner=new_id()).id) == data


def test_store_a_large_stream_takes_constant_memory():
    piece = os.urandom(1 << 20)
    tracemalloc.start()
    content = acts.store((piece for _ in range(48)), owner=new_id())
    total = sum(len(part) for part in queries.stream(content.id))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == 48 << 20
    assert peak < 8 << 20


@pytest.mark.clause("379/4.5")
def test_store_leaves_no_plaintext_on_disk_and_names_the_file_by_its_sealed_bytes():
    data = b"tuyet doi khong doc duoc" * 1000
    content = acts.store(data, owner=new_id())
    sealed = file_of(content).read_bytes()
    assert b"khong doc" not in sealed
    assert file_of(content).name == hashlib.sha256(sealed).hexdigest()
    assert file_of(content).stat().st_mode & 0o077 == 0


def test_store_the_same_bytes_twice_makes_two_unlike_objects():
    owner = new_id()
    one, two = acts.store(b"same" * 99, owner=owner), acts.store(b"same" * 99, owner=owner)
    assert file_of(one).read_bytes() != file_of(two).read_bytes()
    assert one.digest == two.digest


@pytest.mark.clause("379/4.5")
def test_store_keeps_the_key_in_the_database_only_wrapped(places: ports.Ports):
    content = acts.store(b"x", owner=new_id())
    row = DataKey.objects.get(owner=content.owner)
    key = places.keeper.unwrap(bytes(row.wrapped), queries.key_context(content.owner, 1))
    assert len(key) == 32
    assert key not in bytes(row.wrapped)
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(t::text, '') from vault_data_key t")
        assert key.hex() not in cursor.fetchone()[0]


def test_store_uses_one_key_per_owner_and_different_ones_for_two():
    first, second = new_id(), new_id()
    for owner in (first, first, second):
        acts.store(b"x", owner=owner)
    assert DataKey.objects.filter(owner=first).count() == 1
    keys = [queries.unwrapped(DataKey.objects.get(owner=owner)) for owner in (first, second)]
    assert keys[0] != keys[1]


def flip(sealed: bytes, at: int) -> bytes:
    return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]


DAMAGE = {
    "a bit of the magic": lambda b: flip(b, 0),
    "a bit of the prefix": lambda b: flip(b, HEADER_BYTES - 1),
    "a bit of the first chunk": lambda b: flip(b, HEADER_BYTES),
    "a bit of a tag": lambda b: flip(b, HEADER_BYTES + SEALED_CHUNK - 1),
    "the last bit": lambda b: flip(b, len(b) - 1),
    "cut at a chunk's end": lambda b: b[: HEADER_BYTES + 2 * SEALED_CHUNK],
    "cut within a chunk": lambda b: b[:-1],
    "cut to the header": lambda b: b[:HEADER_BYTES],
    "empty": lambda b: b"",
    "a byte appended": lambda b: b + b"\x00",
    "last chunk repeated": lambda b: b + b[HEADER_BYTES + 2 * SEALED_CHUNK :],
    "chunks exchanged": lambda b: (
        b[:HEADER_BYTES]
        + b[HEADER_BYTES + SEALED_CHUNK : HEADER_BYTES + 2 * SEALED_CHUNK]
        + b[HEADER_BYTES : HEADER_BYTES + SEALED_CHUNK]
        + b[HEADER_BYTES + 2 * SEALED_CHUNK :]
    ),
    "first chunk dropped": lambda b: b[:HEADER_BYTES] + b[HEADER_BYTES + SEALED_CHUNK :],
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
@pytest.mark.clause("379/5.3")
def test_read_damaged_bytes_are_refused(damage):
    content = acts.store(os.urandom(2 * CHUNK_BYTES + 100), owner=new_id())
    path = file_of(content)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ContentDamaged):
        queries.read(content.id)
    assert not queries.intact(content.id)


@pytest.mark.clause("379/5.3")
def test_read_another_content_of_the_same_owner_in_its_place_is_refused():
    owner = new_id()
    one, two = acts.store(b"one" * 100, owner=owner), acts.store(b"two" * 100, owner=owner)
    names = [StoredContent.objects.get(id=content.id).sealed_digest for content in (one, two)]
    StoredContent.objects.filter(id=one.id).update(sealed_digest="0" * 64)
    StoredContent.objects.filter(id=two.id).update(sealed_digest=names[0])
    StoredContent.objects.filter(id=one.id).update(sealed_digest=names[1])
    for content in (one, two):
        with pytest.raises(ContentDamaged):
            queries.read(content.id)


def test_read_a_content_moved_to_another_owners_key_is_refused():
    one, two = acts.store(b"one", owner=new_id()), acts.store(b"two", owner=new_id())
    other_key = StoredContent.objects.get(id=two.id).key_id
    StoredContent.objects.filter(id=one.id).update(key_id=other_key)
    with pytest.raises(ContentDamaged):
        queries.read(one.id)


def test_read_a_wrapped_key_moved_to_another_owner_is_refused():
    one, two = acts.store(b"one", owner=new_id()), acts.store(b"two", owner=new_id())
    wrapped = DataKey.objects.get(owner=two.owner).wrapped
    DataKey.objects.filter(owner=one.owner).update(wrapped=wrapped)
    with pytest.raises(ContentDamaged):
        queries.read(one.id)


def test_read_with_the_digest_in_the_database_altered_is_refused():
    content = acts.store(b"one", owner=new_id())
    StoredContent.objects.filter(id=content.id).update(digest="0" * 64)
    with pytest.raises(ContentDamaged):
        queries.read(content.id)


def test_read_a_missing_object_is_refused_and_an_unknown_id_is_no_content():
    content = acts.store(b"one", owner=new_id())
    file_of(content).unlink()
    with pytest.raises(ContentDamaged) as refused:
        queries.read(content.id)
    assert refused.value.clause == "379/5.3"
    with pytest.raises(LookupError):
        queries.read(new_id())


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("379/20.2")
def test_shred_destroys_this_owners_contents_and_no_other():
    doomed, kept = new_id(), new_id()
    gone = [acts.store(os.urandom(1000), owner=doomed) for _ in range(3)]
    stays = acts.store(b"stays", owner=kept)
    files = [file_of(content) for content in gone]
    assert acts.shred(owner=doomed) == 3
    assert not any(path.exists() for path in files)
    for content in gone:
        with pytest.raises(ContentDestroyed):
            queries.stream(content.id)
        assert queries.describe(content.id).digest == content.digest
    assert queries.read(stays.id) == b"stays"
    assert bytes(DataKey.objects.get(owner=kept).wrapped)
    assert DataKey.objects.get(owner=doomed).wrapped is None
    with pytest.raises(RuleViolation):
        acts.store(b"again", owner=doomed)


@pytest.mark.django_db(transaction=True)
def test_shred_in_a_transaction_that_fails_destroys_nothing():
    content = acts.store(b"stays", owner=new_id())
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        acts.shred(owner=content.owner)
        raise ZeroDivisionError
    assert queries.read(content.id) == b"stays"


@pytest.mark.django_db(transaction=True)
def test_sweep_takes_orphans_and_leftovers_and_leaves_what_is_needed(places: ports.Ports):
    stays = acts.store(b"stays", owner=new_id())
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        acts.store(b"orphan", owner=new_id())
        raise ZeroDivisionError
    (places.store.unfinished / "leftover").write_bytes(b"half")  # type: ignore[attr-defined]
    assert acts.sweep() == 0  # all too young to judge
    assert acts.sweep(older_than_s=-1) == 2
    assert list(places.store.names(-1)) == [StoredContent.objects.get().sealed_digest]
    assert queries.read(stays.id) == b"stays"


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("379/4.5")
def test_rotate_keeper_keeps_contents_readable_and_makes_old_copies_worthless(places: ports.Ports):
    contents = [acts.store(os.urandom(100), owner=new_id()) for _ in range(4)]
    plain = [queries.read(content.id) for content in contents]
    old = {row.owner: bytes(row.wrapped) for row in DataKey.objects.all()}
    sealed = [file_of(content).read_bytes() for content in contents]
    assert acts.rotate_keeper(actor=Actor.system(), reason="định kỳ") == 4
    assert [queries.read(content.id) for content in contents] == plain
    assert [file_of(content).read_bytes() for content in contents] == sealed
    for owner, wrapped in old.items():
        with pytest.raises(ports.KeyRefused):
            places.keeper.unwrap(wrapped, queries.key_context(owner, 1))
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ledger_entry where act = 'vault.key.rotated'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_rotate_keeper_that_fails_keeps_everything_readable(places: ports.Ports):
    content = acts.store(b"stays", owner=new_id())
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        acts.rotate_keeper(actor=Actor.system())
        raise ZeroDivisionError
    assert queries.read(content.id) == b"stays"
    acts.rotate_keeper(actor=Actor.system())
    assert queries.read(content.id) == b"stays"
