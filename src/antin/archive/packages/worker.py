"""The other side of `sandboxed`: XML of a foreign package is parsed inside the sandbox."""

from __future__ import annotations

from typing import Any

from antin.archive.packages.reading import READERS
from antin.regulation import RemoteViolation
from antin.sandbox import Answer, Limits, serve

LIMITS = Limits(memory_bytes=3_000_000_000, cpu_s=60)


def answer(task: str, blobs: list[bytes], options: dict[str, Any]) -> Answer:
    """What the file says, or why it is refused."""
    try:
        return {"read": READERS[task](blobs[0])}, b""
    except RemoteViolation as refused:
        return {"refused": refused.reason.format(**refused.facts)}, b""


if __name__ == "__main__":
    answer("description", [b"<simpledc><title>x</title></simpledc>"], {})
    serve(answer, LIMITS)
