"""The scenes of the national axis: a document to a State body, a letter from one (217/7.3)."""

from __future__ import annotations

from collections.abc import Callable

from antin.house.demo.scenes import STATE_CODE, Stage, delivery, expect, option, state_of, until


def axis_takes_it_to_a_state_body(stage: Stage) -> str:
    for state in ("relayed", "arrived", "accepted", "in_process"):
        delivery(stage, STATE_CODE, state)
    page = stage.as_person("chi.le").get(f"/van-ban/{stage.facts['document']}/gui-nhan")
    for words in ("Trục liên thông văn bản quốc gia", "Lý Thị Mẫu Vân"):
        expect(words in page.text, f"the matrix does not say {words!r}")
    return "handed to the axis; the State body's statuses come back by it"


def axis_brings_a_letter(stage: Stage) -> str:
    chi, found = stage.as_person("chi.le"), []

    def arrived() -> str:
        rows = chi.api("/api/v1/documents?box=arrived")
        assert isinstance(rows, dict)
        found[:] = [row["id"] for row in rows["rows"] if row["reference_number"].startswith("218/")]
        return found[0] if found else ""

    letter = until("a letter by the axis", arrived)
    report = chi.get(f"/van-ban/{letter}/kiem-tra").text
    for words in ("Trương Mẫu Hải", "Hợp lệ", "Chữ ký phong bì hợp lệ"):
        expect(words in report, f"the report does not say {words!r}: {report[:400]}")
    page = chi.get(f"/tiep-nhan/{letter}")
    chi.submit(page, f"/tiep-nhan/{letter}/vao-so", {"forward_to": option(page, "forward_to", "Hoàng Mẫu Giang")})
    state = state_of(chi, letter)
    expect(state["arrival_number"], f"no arrival number: {state}")
    return f"its signatures and its envelope's are valid; arrival number {state['arrival_number']}"


SCENES: tuple[tuple[str, Callable[[Stage], str]], ...] = (
    ("the axis takes it to a State body", axis_takes_it_to_a_state_body),
    ("the axis brings a State body's letter", axis_brings_a_letter),
)
