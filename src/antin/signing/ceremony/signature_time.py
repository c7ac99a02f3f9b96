"""The timestamp of a signature that was made before any authority answered (ETSI EN 319 142-1 §5.3: B-B becomes B-T).

A token is an unsigned attribute of the CMS, and the CMS stands in the hole of its own signed range: it is put in later
without touching a signed byte. A CMS that another program wrote is left as it is; a document timestamp covers it.
"""

from __future__ import annotations

import hashlib

from pyhanko.sign.fields import enumerate_sig_fields

from antin.signing import signed_data
from antin.signing.ceremony import foreign_cms
from antin.signing.ceremony.increment import Increment
from antin.signing.ceremony.long_term import add_archive_timestamp
from antin.signing.ports import Timestamper


def add_timestamp(pdf: bytes, *, timestamper: Timestamper, own: bool) -> bytes:
    """The page with a token over its newest signature; Indeterminate when no authority answers, the page unchanged.

    `own`: the CMS is of our making, with room kept for a token. Another program's is not written into.
    """
    if not own:
        return add_archive_timestamp(pdf, timestamper=timestamper)
    start, end = newest_hole(pdf)
    signed = signed_data.open_signed_data(bytes.fromhex(pdf[start + 1 : end - 1].decode()))
    token = timestamper.token(hashlib.sha256(signed.signature).digest())
    return fill(pdf, start, end, foreign_cms.rewritten(signed, signed.certificates, token))


def newest_hole(pdf: bytes) -> tuple[int, int]:
    """From `<` to behind `>` of the newest signature, by its own byte range; ValueError without a signature."""
    ranges = [
        [int(number) for number in value.get_object()["/ByteRange"]]
        for _, value, _ in enumerate_sig_fields(Increment(pdf), filled_status=True)
    ]
    if not ranges:
        raise ValueError("no signature in this page")
    newest = max(ranges, key=lambda found: found[2] + found[3])
    return newest[0] + newest[1], newest[2]


def fill(pdf: bytes, start: int, end: int, data: bytes) -> bytes:
    """Writes the CMS in hexadecimal into the place between `<` and `>`, zero padded; ValueError if it is too small."""
    room = end - start - 2
    text = data.hex().encode()
    if len(text) > room:
        raise ValueError(f"{len(text)} characters do not fit into {room}")
    return b"".join((pdf[: start + 1], text, b"0" * (room - len(text)), pdf[end - 1 :]))
