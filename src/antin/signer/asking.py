"""One question to the person: what is to be signed, then the PIN, then the signature on its way. Page and terminal share it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from antin.signer.door import Door
from antin.signer.keys import KeySource, WrongPin
from antin.signer.task import Task, fetched
from antin.signer.telling import Told
from antin.values import N_

MAX_WRONG_PINS = 2
"""Fewer than any token allows before it locks itself: a mistyped PIN must not cost the token."""


class TooManyPins(Told):
    """Nothing more is tried on this ticket."""

    def __init__(self) -> None:
        super().__init__(
            N_("Sai mã PIN nhiều lần nên dừng lại, để thiết bị không tự khoá. Mở lại trang ký khi nhớ đúng mã.")
        )


@dataclass
class Question:
    """A fetched task with its door and the person's key; `sign` answers what became of the document."""

    task: Task
    door: Door
    source: KeySource
    wrong_pins: int = field(default=0)

    @staticmethod
    def about(door: Door, source: KeySource) -> Question:
        """Fetches the task; Refused when the installation says no."""
        return Question(fetched(door), door, source)

    def sign(self, pin: str) -> dict[str, Any]:
        """Signs and hands in. WrongPin (then ask again), TooManyPins, NotHere, or Refused by the installation."""
        if self.wrong_pins >= MAX_WRONG_PINS:
            raise TooManyPins
        try:
            value = self.source.sign(pin, self.task.certificate, self.task.data, self.task.algorithm)
        except WrongPin:
            self.wrong_pins += 1
            if self.wrong_pins >= MAX_WRONG_PINS:
                raise TooManyPins from None
            raise
        return self.door.answer(value)
