"""Paper copies, pure: codes that survive paper, what may be printed, marks that may not be missing, what a copy is worth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.conversion import rules
from antin.conversion.lifecycle import PAPER_OUTPUT
from antin.regulation import RuleViolation
from antin.values import Secrecy, Validity
from world import refused

WHOLE = rules.Marks(
    "Ấn Tín",
    "Văn phòng (mẫu)",
    "A,2026/11/26,01/QĐ",
    "Lê Mẫu Chi",
    "2026-11-26T08:00:00+07:00",
    "0" * 16,
    1,
    "https://x/k/0",
)


@given(st.binary(min_size=rules.CODE_BYTES, max_size=rules.CODE_BYTES))
def test_a_code_is_read_back_from_what_was_printed(random: bytes) -> None:
    code = rules.new_code(random)
    shown = rules.shown_code(code)
    assert len(code) == rules.CODE_SIGNS and shown.count("-") == 3
    for typed in (shown, shown.lower(), f" {code} ", shown.replace("-", " "), code.replace("0", "o").replace("1", "l")):
        assert rules.read_code(typed) == code


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_no_two_codes_are_the_same(one: bytes, other: bytes) -> None:
    assert (rules.new_code(one) == rules.new_code(other)) == (one == other)


@given(st.text(max_size=40))
def test_what_is_no_code_is_read_as_none(typed: str) -> None:
    read = rules.read_code(typed)
    assert read == "" or (len(read) == rules.CODE_SIGNS and set(read) <= set(rules.ALPHABET))


def test_a_code_needs_its_ten_random_bytes() -> None:
    with pytest.raises(ValueError, match="ten random bytes"):
        rules.new_code(b"short")


@pytest.mark.clause("379/16.1")
@pytest.mark.parametrize(("purpose", "for_whom"), [("", "Phòng A"), ("Lưu", "  "), ("x" * 1001, "Phòng A")])
def test_a_purpose_and_somebody_are_named(purpose: str, for_whom: str) -> None:
    with refused("379/16.1"):
        rules.purpose_named(purpose, for_whom)


@pytest.mark.clause("379/16.1", "379/19.4")
@pytest.mark.parametrize("validity", list(Validity))
@pytest.mark.parametrize("direction", ["outgoing", "incoming"])
def test_out_of_force_only_for_a_competent_body(direction: str, validity: Validity) -> None:
    state = rules.FINAL[direction][0]
    rules.printable(direction, state, validity, for_authority=True)
    if validity is Validity.IN_FORCE:
        rules.printable(direction, state, validity, for_authority=False)
    else:
        with refused("379/19.4"):
            rules.printable(direction, state, validity, for_authority=False)
    for early in ("draft", "approved", "signed", "arrived", "returned", "discarded"):
        with refused("379/16.1"):
            rules.printable(direction, early, validity, for_authority=True)


@pytest.mark.clause("379/22.2")
@pytest.mark.parametrize("secrecy", [one for one in Secrecy if one is not Secrecy.OPEN])
def test_what_is_secret_is_not_printed(secrecy: Secrecy) -> None:
    with refused("379/22.2"):
        rules.paper_permitted(secrecy)


@pytest.mark.clause("379/16.3", "379/16.3.b", "379/16.3.c", "379/16.4")
@pytest.mark.parametrize("missing", ["system", "owner", "document_code", "converter", "at", "code", "address"])
def test_no_copy_without_every_mark(missing: str) -> None:
    assert rules.marks_present(WHOLE) is WHOLE
    with refused("379/16.3.c") as caught:
        rules.marks_present(replace(WHOLE, **{missing: ""}))
    assert missing in str(caught.value)


@pytest.mark.clause("379/16.3.a")
@pytest.mark.parametrize(("of_source", "printed"), [(2, 1), (1, 2), (0, 0)])
def test_a_page_short_is_no_copy(of_source: int, printed: int) -> None:
    with refused("379/16.3.a"):
        rules.whole_content(of_source, printed)


@pytest.mark.clause("379/16.5", "379/19.5")
@given(
    st.sampled_from(["printed", "spoiled"]),
    st.sampled_from(list(Validity)),
    st.sampled_from(["current", "archived", "destroyed"]),
    st.sampled_from(["issued", "registered", "completed", "discarded", "returned"]),
)
def test_a_copy_is_never_worth_more_than_its_source(copy: str, validity: Validity, custody: str, state: str) -> None:
    """I09: of full worth exactly while the copy stands and its source is in force and in use."""
    found = rules.worth(copy, validity, custody, state)
    sound = (
        copy == "printed" and validity is Validity.IN_FORCE and custody != "destroyed" and state not in rules.LAID_DOWN
    )
    assert (found == rules.IN_FORCE) is sound


def test_nothing_follows_a_refusal_or_a_voided_copy() -> None:
    assert PAPER_OUTPUT.acts("refused") == PAPER_OUTPUT.acts("spoiled") == ()
    with pytest.raises(RuleViolation):
        PAPER_OUTPUT.step("asked", "print_copy")
