"""Without a browser: the ticket is pasted, the question stands in the terminal, the PIN is typed unseen."""

from __future__ import annotations

import sys
from getpass import getpass

from antin.signer.asking import Question
from antin.signer.door import Door
from antin.signer.keys import KeySource, WrongPin
from antin.signer.pages import Words
from antin.signer.telling import Told
from antin.values import N_

SIGNED, NOT_SIGNED, WRONG_USE = 0, 1, 2


def sign_once(door: Door, source: KeySource, words: Words) -> int:
    """Asks once; answers the exit code."""
    try:
        question = Question.about(door, source)
        _show(question, words)
        while True:
            pin = secret(words(N_("Mã PIN để ký, để trống nếu không ký: ")))
            if not pin:
                _say(words(N_("Văn bản chưa được ký.")))
                return NOT_SIGNED
            try:
                done = question.sign(pin)
            except WrongPin:
                _say(words(N_("Mã PIN không đúng. Nhập lại cẩn thận: thiết bị tự khoá sau vài lần sai.")))
                continue
            _say(words(N_("Đã ký văn bản số {number}.")).format(number=done.get("reference_number", "")))
            return SIGNED
    except Told as refused:
        _say(refused.text(words))
        return NOT_SIGNED


def _show(question: Question, words: Words) -> None:
    task = question.task
    for name, text in (
        (N_("Văn bản"), task.title),
        (N_("Số và ký hiệu"), task.reference_number),
        (N_("Ngày ban hành"), task.issued_on),
        (N_("Người ký"), task.signer),
        (N_("Nơi yêu cầu"), task.installation),
        (N_("Giá trị băm (SHA-256)"), task.digest),
    ):
        _say(f"{words(name)}: {_plain(text)}")


def _plain(text: str) -> str:
    """Without what would move the cursor or colour the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def secret(prompt: str) -> str:
    """Typed unseen at a terminal; else the next line of what is piped in."""
    if sys.stdin.isatty():
        return getpass(prompt)
    sys.stdout.write(prompt)
    sys.stdout.flush()
    return sys.stdin.readline().rstrip("\n")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
