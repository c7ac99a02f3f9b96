"""RFC 6962 section 2.1 once more, by its recursive definitions, sharing nothing with the product."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import tempfile
from pathlib import Path


def mth(entries: list[bytes]) -> bytes:
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(bytes([0]) + entries[0]).digest()
    k = largest_power_below(len(entries))
    return hashlib.sha256(bytes([1]) + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: list[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = largest_power_below(len(entries))
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m: int, entries: list[bytes]) -> list[bytes]:
    return subproof(m, entries, True)


def subproof(m: int, entries: list[bytes], complete: bool) -> list[bytes]:
    n = len(entries)
    if m == n:
        return [] if complete else [mth(entries)]
    k = largest_power_below(n)
    if m <= k:
        return [*subproof(m, entries[:k], complete), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def read_export(folder: Path) -> tuple[list[bytes], str, int, bytes]:
    """(entries out of the bundles, origin, size, signed root) of an exported log; AssertionError if it is wrong."""
    note = (folder / "checkpoint").read_bytes()
    body, signature_line = note.split(b"\n\n")
    origin, size, root = body.decode().split("\n")
    name, code = signature_line.decode().removeprefix("— ").split()
    public = base64.b64decode((folder / "log.vkey").read_text().strip().split("+", 2)[2])[1:]
    assert name == origin
    assert openssl_verifies(public, body + b"\n", base64.b64decode(code)[4:])
    entries: list[bytes] = []
    for bundle in sorted((folder / "tile/entries").rglob("*"), key=bundle_number):
        data = bundle.read_bytes() if bundle.is_file() else b""
        while data:
            length = data[0] * 256 + data[1]
            entries.append(data[2 : 2 + length])
            data = data[2 + length :]
    assert len(entries) == int(size)
    return entries, origin, int(size), base64.b64decode(root)


def bundle_number(file: Path) -> int:
    parts = [part.removesuffix(".p") for part in file.parts[file.parts.index("entries") + 1 :]]
    digits = [part.lstrip("x") for part in parts if part.startswith("x") or len(part) == 3]
    return int("".join(digits) or "0")


def openssl_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """OpenSSL's command line on the raw Ed25519 key wrapped as SubjectPublicKeyInfo (RFC 8410)."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name for name in ("key.der", "message", "signature")}
        paths["key.der"].write_bytes(bytes.fromhex("302a300506032b6570032100") + public)
        paths["message"].write_bytes(message)
        paths["signature"].write_bytes(signature)
        done = subprocess.run(
            [
                *("openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"),
                *("-inkey", str(paths["key.der"]), "-in", str(paths["message"]), "-sigfile", str(paths["signature"])),
            ],
            capture_output=True,
            check=False,
        )
    return done.returncode == 0
