"""A worker that does on purpose what a hostile file would make a parser do."""

from __future__ import annotations

import os
import signal
import socket
import stat
from pathlib import Path
from typing import Any

from antin.sandbox import Answer, Limits, serve

kept: list[int] = []


def answer(task: str, blobs: list[bytes], options: dict[str, Any]) -> Answer:
    if task == "echo":
        return {"said": options["word"]}, b"".join(blobs)
    if task == "remember":
        kept.append(len(blobs))
        return {"kept": len(kept)}, b""
    if task in FACTS:
        return FACTS[task](), b""
    if task == "write":
        return _write(Path(options["path"]))
    if task in OUTWARD:
        return _outward(task, options)
    if task == "hang":
        signal.sigtimedwait({signal.SIGUSR1}, 60)  # which nobody sends
    while task == "burn":
        pass
    if task == "die":
        os.abort()
    raise ValueError(task)


OUTWARD = ("read", "list", "connect", "signal", "run")


def _outward(task: str, options: dict[str, Any]) -> Answer:
    try:
        if task == "read":
            Path(options["path"]).read_bytes()
        elif task == "list":
            list(Path(options["path"]).iterdir())
        elif task == "connect":
            socket.create_connection(("127.0.0.1", options["port"]), timeout=2).close()
        elif task == "signal":
            os.kill(options["pid"], 0)
        else:
            os.execv("/bin/true", ["true"])
    except PermissionError:
        return {"refused": task}, b""
    return {}, b""


def _fragile() -> dict[str, Any]:
    """What an earlier file has harmed fails at the next one."""
    if kept:
        os.abort()
    kept.append(1)
    return {"fresh": True}


def _pipes() -> dict[str, Any]:
    return {"pipes": sum(_is_pipe(number) for number in range(64))}


def _is_pipe(number: int) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(number).st_mode)
    except OSError:
        return False


def _memory() -> dict[str, Any]:
    try:
        bytearray(2 << 30)
    except MemoryError:
        return {"refused": "memory"}
    return {}


def _write(path: Path) -> Answer:
    try:
        path.write_bytes(b"something")
    except OSError:
        return {"refused": "file"}, b""
    return {}, b""


FACTS = {"fragile": _fragile, "pipes": _pipes, "memory": _memory}


if __name__ == "__main__":
    serve(answer, Limits(memory_bytes=1 << 30, cpu_s=1))
