"""Takes from this process what it has no need of: other people's files, programs, TCP, signals (Linux Landlock).

Reads remain possible below the Python installation, this package and the system's libraries and fonts, where nothing
is secret. Kernels before 5.13 lack it, older ones lack parts of it: then the other limits stand alone.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# One number on every architecture (asm-generic/unistd.h).
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_NO_NEW_PRIVILEGES = 38
_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# Bits of file access known to each version of the interface (linux/landlock.h).
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15}
_MOST_FILE_BITS = 16
_WITH_NETWORK, _WITH_SCOPES = 4, 6
_TCP, _SIGNALS_AND_ABSTRACT_SOCKETS = 0b11, 0b11

READABLE = ("/usr", "/lib", "/lib64", "/etc/fonts", "/dev/null", "/dev/urandom")


def version() -> int:
    """Of the kernel's interface; 0 where there is none."""
    return max(_call(_CREATE, None, 0, 1), 0)


def confine(more: Iterable[str] = ()) -> bool:
    """From now on, for this process and its children and never to be undone. False when the kernel can't."""
    known = version()
    if known == 0:
        return False
    access = (1 << _FILE_BITS.get(known, _MOST_FILE_BITS)) - 1
    asked = [access]
    asked += [_TCP] if known >= _WITH_NETWORK else []
    asked += [_SIGNALS_AND_ABSTRACT_SOCKETS] if known >= _WITH_SCOPES else []
    attributes = struct.pack(f"={len(asked)}Q", *asked)
    rules = _call(_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        for place in (*READABLE, sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]), *more):
            _allow(rules, place)
        privileges = ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return privileges == 0 and _call(_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)


def _allow(rules: int, place: str) -> None:
    with suppress(OSError):  # not every system has all of them
        found = os.open(place, os.O_PATH | os.O_CLOEXEC)
        try:
            access = _READ_FILE | (_READ_DIR if Path(place).is_dir() else 0)
            _call(_ADD_RULE, rules, _BENEATH, struct.pack("=Qi", access, found), 0)
        finally:
            os.close(found)


def _call(number: int, *arguments: object) -> int:
    """The system call's answer, -1 for any failure."""
    given = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return int(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *given))
