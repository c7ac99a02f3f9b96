"""The pure rules: texts, drafts, routes, access, effect, differences, words."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.documents import rules
from antin.documents.facts import DraftFields, EndorsementKind, IncomingFacts, RouteStep
from antin.regulation import RuleViolation, clauses
from antin.values import Actor, MandateView, Method, Office, Urgency, fold

A, B, C, D = (UUID(int=n) for n in (10, 11, 12, 13))
ORG = UUID(int=1)
FIELDS = DraftFields(type_code="quyet_dinh", abstract="về chuyển đổi số")
CONSENT = EndorsementKind.CONSENT


def person(person_id: UUID, *mandates: MandateView, behalf: UUID | None = None) -> Actor:
    return Actor(person_id, "Người mẫu", Method.PASSWORD_TOTP, mandates, on_behalf_of=behalf)


def refused(clause: str) -> pytest.RaisesExc[RuleViolation]:
    """Expects a refusal that cites this clause."""
    return pytest.raises(RuleViolation, check=lambda e: e.clause == clause)


@given(st.text(max_size=200))
def test_stored_text_has_one_normal_form_and_no_control_characters(raw: str) -> None:
    for stored in (rules.line(raw), rules.text(raw)):
        assert unicodedata.is_normalized("NFC", stored)
        assert not {c for c in stored if unicodedata.category(c) in ("Cc", "Cs")} - {"\n", "\t"}
        assert not set(stored) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "\n" not in rules.line(raw)
    assert rules.line(rules.line(raw)) == rules.line(raw)


@pytest.mark.clause("217/11.6")
def test_abstract_too_long_is_refused_with_its_limit() -> None:
    with refused("217/11.6") as caught:
        rules.check_fields(replace(FIELDS, abstract="a" * 501))
    assert "500" in str(caught.value)


@pytest.mark.parametrize("abstract", ["", "   ", "\x00\x1f", "\u202e\u200b"])
def test_abstract_of_nothing_visible_is_refused(abstract: str) -> None:
    with refused("217/11.6"):
        rules.check_fields(replace(FIELDS, abstract=abstract))


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ({"body": "x" * 400_001}, "379/13.1"),
        ({"salutation": ("x",) * 31}, "379/13.1"),
        ({"addressees": ("x" * 301,)}, "379/13.1"),
        ({"recipients": tuple(f"A{n}" for n in range(501))}, "217/11.11"),
        ({"recipients": ("../etc",)}, "217/11.11"),
        ({"recipients": ("A B",)}, "217/11.11"),
        ({"urgency": Urgency.TIMED}, "217/11.5"),
        ({"urgent_at": datetime(2026, 1, 1, tzinfo=UTC)}, "217/11.5"),
    ],
)
def test_field_beyond_its_limit_is_refused(change: dict[str, object], clause: str) -> None:
    with refused(clause):
        rules.check_fields(replace(FIELDS, **change))  # type: ignore[arg-type]


def test_fields_are_stored_in_normal_form() -> None:
    kept = rules.check_fields(
        replace(FIELDS, abstract=unicodedata.normalize("NFD", "Về  Đảng\nuỷ"), recipients=("A1", " A1 ", ""))
    )
    assert kept.abstract == "Về Đảng uỷ"
    assert kept.recipients == ("A1",)


fields_strategy = st.builds(
    DraftFields,
    type_code=st.sampled_from(["quyet_dinh", "cong_van"]),
    abstract=st.text(min_size=1, max_size=40),
    body=st.text(max_size=100),
    salutation=st.tuples(st.text(max_size=10)),
    recipients=st.tuples(st.sampled_from(["A1", "B2"])),
    signatory_id=st.none() | st.uuids(),
    due_on=st.none() | st.dates(),
)


@given(fields_strategy)
def test_canonical_form_of_fields_comes_back_the_same(fields: DraftFields) -> None:
    assert rules.fields_from_bytes(rules.fields_to_bytes(fields)) == fields


@pytest.mark.clause("379/17.2")
@given(fields_strategy, fields_strategy)
def test_digest_differs_when_anything_differs(a: DraftFields, b: DraftFields) -> None:
    same = rules.revision_digest(a, [("t.pdf", "00")], "") == rules.revision_digest(b, [("t.pdf", "00")], "")
    assert same == (a == b)
    assert rules.revision_digest(a, [], "") != rules.revision_digest(a, [("t", "00")], "")
    assert rules.revision_digest(a, [], "") != rules.revision_digest(a, [], "00")


@pytest.mark.clause("379/14.p1")
def test_draft_type_outside_the_mandate_is_refused() -> None:
    drafter = MandateView(Office.DRAFTER, ORG, document_types=frozenset({"cong_van"}))
    rules.may_draft_type(person(A, drafter), ORG, "cong_van")
    with refused("379/14.p1"):
        rules.may_draft_type(person(A, drafter), ORG, "quyet_dinh")
    with refused("379/14.p1"):
        rules.may_draft_type(person(A, drafter), UUID(int=2), "cong_van")
    with refused("379/14.p1"):
        rules.may_draft_type(person(A, MandateView(Office.LEADER, ORG)), ORG, "cong_van")


@pytest.mark.clause("379/12.2.b")
def test_draft_by_password_alone_is_refused() -> None:
    weak = replace(person(A, MandateView(Office.DRAFTER, ORG)), method=Method.PASSWORD)
    with refused("379/12.2.b"):
        rules.may_draft_type(weak, ORG, "cong_van")


READY = replace(FIELDS, body="Điều 1.", signatory_id=B, addressees=("- Như trên", "Lưu Văn phòng"), recipients=("A1",))


def _submit(fields: DraftFields, *, prints_name: bool = True, has_pdf: bool = False) -> None:
    rules.ready_to_submit(fields, drafter_id=A, prints_name=prints_name, has_pdf=has_pdf)


def test_submit_of_a_complete_draft_is_admitted() -> None:
    _submit(READY)
    _submit(replace(READY, body=""), has_pdf=True)
    _submit(replace(READY, salutation=("Các tỉnh uỷ",)), prints_name=False)


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ({"signatory_id": None}, "379/13.2"),
        ({"signatory_id": A}, "379/13.3"),
        ({"approver_id": A}, "379/13.3"),
        ({"body": ""}, "379/13.1"),
        ({"addressees": ("Như trên",)}, "379/13.1"),
        ({"addressees": (), "recipients": ()}, "217/11.11"),
    ],
)
def test_submit_of_an_incomplete_draft_is_refused(change: dict[str, object], clause: str) -> None:
    with refused(clause):
        _submit(replace(READY, **change))  # type: ignore[arg-type]


def test_submit_of_a_letter_without_salutation_is_refused() -> None:
    with refused("379/13.1"):
        _submit(READY, prints_name=False)


# --- routes ---


@pytest.mark.parametrize(
    "route",
    [
        [RouteStep(1, ())],
        [RouteStep(0, (A,))],
        [RouteStep(1, (A,), quorum=2)],
        [RouteStep(1, (A,), quorum=0)],
        [RouteStep(1, (A, A), quorum=1)],
        [RouteStep(1, (A,)), RouteStep(1, (A, B))],
        [RouteStep(1, (A,), kind="sign")],
        [RouteStep(n, (A,)) for n in range(1, 23)],
        [RouteStep(1, tuple(UUID(int=n) for n in range(31)))],
    ],
)
@pytest.mark.clause("379/17.1")
def test_route_that_cannot_be_walked_is_refused(route: list[RouteStep]) -> None:
    with refused("379/17.1"):
        rules.check_route(route)


@st.composite
def routes(draw: st.DrawFn) -> tuple[RouteStep, ...]:
    steps = []
    for order in range(1, draw(st.integers(1, 4)) + 1):
        pool = draw(st.permutations([A, B, C, D]))
        for _ in range(draw(st.integers(1, 2))):
            size = draw(st.integers(1, 2))
            people, pool = tuple(pool[:size]), pool[size:]
            kind = draw(st.sampled_from(["review", "initial"]))
            steps.append(RouteStep(order, people, draw(st.integers(1, len(people))), kind))
    return rules.check_route(steps)


@pytest.mark.clause("379/13.3")
@given(routes(), st.data())
def test_route_walked_by_turn_completes_and_never_goes_back(route: tuple[RouteStep, ...], data: st.DataObject) -> None:
    answers: list[rules.Given] = []
    done: set[int] = set()
    for _ in range(40):
        state = rules.route_state(route, answers, revision=3)
        now = {s.step.order for s in state.steps if s.state == "now"}
        assert len(now) <= 1
        finished = {i for i, s in enumerate(state.steps) if s.state == "done"}
        assert done <= finished
        done = finished
        if state.complete:
            assert not state.waiting
            return
        assert state.waiting
        who = data.draw(st.sampled_from(sorted(state.waiting)))
        kind = next(
            EndorsementKind("consent" if s.step.kind == "review" else "initial")
            for s in state.steps
            if who in s.waiting
        )
        order, seat = rules.my_turn(state, person(who), kind)
        answers.append(rules.Given(order, seat, kind, 3))
    pytest.fail("the route never completes")


@pytest.mark.clause("379/17.1")
@given(routes())
def test_new_revision_voids_earlier_consents(route: tuple[RouteStep, ...]) -> None:
    everything = [
        rules.Given(s.order, p, EndorsementKind("consent" if s.kind == "review" else "initial"), 1)
        for s in route
        for p in s.people
    ]
    assert rules.route_state(route, everything, revision=1).complete
    fresh = rules.route_state(route, everything, revision=2)
    assert not fresh.complete
    assert all(not s.agreed for s in fresh.steps)


def test_endorse_out_of_turn_or_twice_or_of_the_wrong_kind_is_refused() -> None:
    route = (RouteStep(1, (A,)), RouteStep(2, (B,), kind="initial"))
    state = rules.route_state(route, [], revision=1)
    for who, kind in ((B, EndorsementKind.INITIAL), (A, EndorsementKind.INITIAL), (C, CONSENT)):
        with refused("379/13.3"):
            rules.my_turn(state, person(who), kind)
    after = rules.route_state(route, [rules.Given(1, A, CONSENT, 1)], revision=1)
    with refused("379/13.3"):
        rules.my_turn(after, person(A), CONSENT)
    assert rules.my_turn(after, person(A), EndorsementKind.OPINION) == (1, A)
    assert rules.my_turn(after, person(D, behalf=B), EndorsementKind.INITIAL) == (2, B)


def test_opinion_alone_does_not_count() -> None:
    state = rules.route_state((RouteStep(1, (A,)),), [rules.Given(1, A, EndorsementKind.OPINION, 1)], revision=1)
    assert not state.complete
    assert state.waiting == {A}


# --- differences ---


@given(st.text(alphabet="ab \nđ", max_size=60), st.text(alphabet="ab \nđ", max_size=60))
@pytest.mark.clause("379/17.3")
def test_comparison_rebuilds_both_texts(left: str, right: str) -> None:
    rows = rules.compare_texts(left, right)
    lefts = ["".join(s.text for s in r.left) for r in rows if r.left_line is not None]
    rights = ["".join(s.text for s in r.right) for r in rows if r.right_line is not None]
    assert "\n".join(lefts) == left
    assert "\n".join(rights) == right
    if left == right:
        assert all(r.kind == "same" for r in rows)
    for row in rows:
        if row.kind == "same":
            assert not any(s.changed for s in (*row.left, *row.right))


def test_comparison_of_words_marks_only_what_changed() -> None:
    left, right = rules.compare_words("trước ngày 20/11", "trước ngày 25/11")
    assert [s.text for s in left if s.changed] == ["20"]
    assert [s.text for s in right if s.changed] == ["25"]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(str(n * 7919 % 150) for n in range(100_000)),
        "a b " * 100_000,
        "\n".join("a b " * 350 for _ in range(280)),
    ],
)
def test_comparison_of_hostile_texts_stays_quick(text: str) -> None:
    started = time.perf_counter()
    rows = rules.compare_texts(text, "đầu\n" + text.replace("b", "c") + "\ncuối")
    assert rows
    assert time.perf_counter() - started < 10


# --- words ---


@given(st.text(alphabet="đĐăâêôơưáàảãạ abcDE-/12", max_size=30))
def test_words_typed_without_diacritics_find_what_was_written_with_them(text: str) -> None:
    indexed = set(rules.index_words([text]))
    assert set(rules.query_of(text.replace('"', "")).lexemes) <= indexed
    assert set(rules.query_of(fold(text)).lexemes) <= indexed


def test_words_typed_with_diacritics_are_exact_and_tone_placement_does_not_matter() -> None:
    indexed = set(rules.index_words(["Kế hoạch hoà giải, uỷ quyền"]))
    assert set(rules.query_of("hòa giải ủy").lexemes) <= indexed
    assert not set(rules.query_of("hoá").lexemes) <= indexed
    assert set(rules.query_of('"hoa giai"').lexemes) <= indexed
    assert not set(rules.query_of('"giai hoa"').lexemes) <= indexed


@pytest.mark.parametrize("typed", ["379-QĐ/TW", "379 qd tw", "379-qđ", "79-QD/T"])
def test_number_fragments_are_compared_without_separators(typed: str) -> None:
    assert rules.query_of(typed).fragment in rules.reference_key("379-QĐ/TW")


@given(st.text(max_size=300))
def test_query_lexemes_are_safe_words(typed: str) -> None:
    asked = rules.query_of(typed)
    assert all(
        lexeme.replace("_", "").isalnum() or all(c not in "'\\&|!():<>* " for c in lexeme) for lexeme in asked.lexemes
    )
    assert all(c.isalnum() or c == "-" for c in asked.fragment)


def test_incoming_texts_are_cut_by_size_not_by_content() -> None:
    kept = rules.check_incoming(IncomingFacts(type_code="x", abstract="Về\x00 việc", sender_name="A\u202eB"))
    assert (kept.abstract, kept.sender_name) == ("Về việc", "AB")
    with refused("217/11.p1"):
        rules.check_incoming(IncomingFacts(type_code="x", abstract="a", sender_name="x" * 401))


@pytest.mark.parametrize(("raw", "stored"), [("../../a.pdf", "_.._a.pdf"), ("b\x00.pdf", "b.pdf"), (".ẩn", "ẩn")])
def test_attachment_name_loses_folders_and_hidden_marks(raw: str, stored: str) -> None:
    assert rules.check_attachment_name(raw) == stored


def test_refusals_of_these_rules_cite_known_clauses() -> None:
    import re
    from pathlib import Path

    from antin.documents import rules as package

    folder = Path(package.__file__).parent.parent
    cited = {c for f in folder.rglob("*.py") for c in re.findall(r'"((?:379|217)/[0-9a-zđ.]+)"', f.read_text())}
    assert cited <= set(clauses())
