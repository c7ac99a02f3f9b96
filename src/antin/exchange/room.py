"""Room on the disk: a parcel is taken in only while enough stays free behind it, else its sender comes again later.

Asked before the first byte of the body is read: a full disk would break off in the midst of evidence (217/13.1).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from antin.exchange import ports

RETRY_S = 120
COPIES = 3
"""Spool, vault and database write what came in about this many times, at most."""


def for_bytes(size: int) -> bool:
    """True when that much may come in and the least free space still stays."""
    return free_bytes() - COPIES * size >= ports.bound().limits.free_bytes_least


def free_bytes() -> int:
    """What is free where bodies and contents are written; the spool's folder may not exist before the first body."""
    return shutil.disk_usage(_existing(ports.bound().spool)).free


def _existing(folder: Path) -> Path:
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
