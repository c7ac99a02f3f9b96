"""One suite per port, run against every adapter."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.values import new_id
from antin.vault import cipher
from antin.vault.adapters.directory_store import DirectoryStore
from antin.vault.adapters.file_key_keeper import FileKeyKeeper
from antin.vault.ports import BlobStore, KeyKeeper, KeyRefused


@pytest.fixture(params=[DirectoryStore])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return request.param(tmp_path / "blobs")


@pytest.fixture(params=[FileKeyKeeper])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> KeyKeeper:
    return request.param.create(tmp_path / "keys" / "vault.key")


def test_put_answers_the_sha256_of_the_bytes_and_get_gives_them_back(store: BlobStore):
    name = store.put([b"one", b"", b"two" * 100_000])
    assert name == hashlib.sha256(b"one" + b"two" * 100_000).hexdigest()
    assert b"".join(store.get(name)) == b"one" + b"two" * 100_000
    assert store.put([b"one" + b"two" * 100_000]) == name


def test_put_that_fails_midway_leaves_no_object(store: BlobStore):
    def broken():
        yield b"first"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.put(broken())
    assert list(store.names(-1)) == []
    assert store.tidy(-1) == 0


def test_delete_removes_and_is_quiet_about_nothing(store: BlobStore):
    name = store.put([b"x"])
    store.delete(name)
    store.delete(name)
    with pytest.raises(FileNotFoundError):
        list(store.get(name))


def test_names_lists_objects_of_that_age_alone(store: BlobStore):
    name = store.put([b"x"])
    assert list(store.names(3600)) == []
    assert list(store.names(-1)) == [name]


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "/x", "0" * 64 + "\n"])
def test_get_of_a_name_that_is_no_digest_is_refused(store: BlobStore, name: str):
    with pytest.raises(ValueError, match="name"):
        list(store.get(name))


def test_put_killed_midway_leaves_only_what_tidy_removes(tmp_path: Path):
    code = """
import sys, time
from pathlib import Path
from antin.vault.adapters.directory_store import DirectoryStore
def slow():
    yield b"x" * 100_000
    print("half", flush=True)
    time.sleep(60)
DirectoryStore(Path(sys.argv[1])).put(slow())
"""
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.kill()
    store = DirectoryStore(tmp_path)
    assert list(store.names(-1)) == []
    assert store.tidy(-1) == 1


def test_unwrap_gives_the_key_for_its_own_context_alone(keeper: KeyKeeper):
    key = os.urandom(32)
    wrapped = keeper.wrap(key, b"place one")
    assert key not in wrapped
    assert keeper.unwrap(wrapped, b"place one") == key
    with pytest.raises(KeyRefused):
        keeper.unwrap(wrapped, b"place two")


def test_unwrap_altered_bytes_are_refused(keeper: KeyKeeper):
    wrapped = keeper.wrap(os.urandom(32), b"place")
    for at in range(len(wrapped)):
        with pytest.raises(KeyRefused):
            keeper.unwrap(wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1 :], b"place")
    for cut in (b"", wrapped[:1], wrapped[:9], wrapped[:-1], wrapped + b"x" * 8):
        with pytest.raises(KeyRefused):
            keeper.unwrap(cut, b"place")


def test_renew_keeps_older_keys_until_they_are_retired(keeper: KeyKeeper):
    old = keeper.wrap(b"k" * 32, b"place")
    key_id = keeper.renew()
    new = keeper.wrap(b"k" * 32, b"place")
    assert keeper.unwrap(old, b"place") == keeper.unwrap(new, b"place")
    assert len(keeper.retire_all_but(key_id)) == 1
    assert keeper.unwrap(new, b"place") == b"k" * 32
    with pytest.raises(KeyRefused):
        keeper.unwrap(old, b"place")


def test_file_key_keeper_another_process_rotating_is_noticed(tmp_path: Path):
    ours = FileKeyKeeper.create(tmp_path / "vault.key")
    theirs = FileKeyKeeper(tmp_path / "vault.key")
    time.sleep(0.01)
    theirs.retire_all_but(theirs.renew())
    assert theirs.unwrap(ours.wrap(b"k" * 32, b"c"), b"c") == b"k" * 32


def test_file_key_keeper_open_to_others_is_refused(tmp_path: Path):
    path = tmp_path / "vault.key"
    FileKeyKeeper.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(PermissionError):
        FileKeyKeeper(path)


def test_file_key_keeper_never_overwrites_and_refuses_rubbish(tmp_path: Path):
    path = tmp_path / "vault.key"
    FileKeyKeeper.create(path)
    with pytest.raises(FileExistsError):
        FileKeyKeeper.create(path)
    for rubbish in ("", "zz zz\n", "00" * 8 + " AAAA\n"):
        path.write_text(rubbish)
        with pytest.raises(ValueError, match=r".*"):
            FileKeyKeeper(path)


PLACE = cipher.Place(new_id(), new_id(), 1)


@given(st.lists(st.binary(max_size=200_000), max_size=4))
def test_unseal_of_seal_is_the_plaintext(pieces: list[bytes]):
    key = cipher.new_key()
    sealed = b"".join(cipher.seal(key, PLACE, pieces))
    assert b"".join(cipher.unseal(key, PLACE, [sealed])) == b"".join(pieces)


@given(st.binary(max_size=300), st.data())
def test_unseal_of_any_changed_byte_is_refused(plain: bytes, data: st.DataObject):
    key = cipher.new_key()
    sealed = bytearray(b"".join(cipher.seal(key, PLACE, [plain])))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(cipher.Broken):
        b"".join(cipher.unseal(key, PLACE, [bytes(sealed)]))


@pytest.mark.parametrize(
    "place",
    [
        cipher.Place(new_id(), PLACE.content_id, 1),
        cipher.Place(PLACE.owner, new_id(), 1),
        cipher.Place(PLACE.owner, PLACE.content_id, 2),
    ],
)
def test_unseal_at_another_place_is_refused(place: cipher.Place):
    key = cipher.new_key()
    sealed = b"".join(cipher.seal(key, PLACE, [b"text"]))
    with pytest.raises(cipher.Broken):
        b"".join(cipher.unseal(key, place, [sealed]))
