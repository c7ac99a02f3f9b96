"""The scene of official mail: a document to a body with a mail program, its signed answer (217/7.2)."""

from __future__ import annotations

from collections.abc import Callable

from antin.house.demo.scenes import MAIL_CODE, Stage, delivery, expect


def mail_takes_it_and_a_signed_answer_comes(stage: Stage) -> str:
    for state in ("relayed", "arrived"):
        delivery(stage, MAIL_CODE, state)
    page = stage.as_person("chi.le").get(f"/van-ban/{stage.facts['document']}/gui-nhan")
    expect("Thư điện tử công vụ" in page.text, "the matrix does not say by which way it went")
    return "a signed letter; the recipient's signed answer, which repeats the digest, is the receipt"


SCENES: tuple[tuple[str, Callable[[Stage], str]], ...] = (
    ("official mail takes it, a signed answer comes", mail_takes_it_and_a_signed_answer_comes),
)
