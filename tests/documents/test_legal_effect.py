"""What a document is worth: never better than its signatures (I32)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.documents import rules
from antin.documents.facts import Direction
from antin.documents.rules.effect import RANK
from antin.documents.worth import EffectFacts
from antin.regulation import clauses
from antin.values import Validity

RECEIVED = EffectFacts(Direction.INCOMING, "verified", Validity.IN_FORCE, personal="valid", seal="valid")
TERMS = "05-TT/VPTW, 02/03/2026"
STATUSES = ("valid", "invalid", "indeterminate", "absent")
facts_strategy = st.builds(
    EffectFacts,
    direction=st.sampled_from(Direction),
    state=st.sampled_from(["draft", "approved", "signed", "sealed", "issued", "arrived", "registered", "discarded"]),
    validity=st.sampled_from(Validity),
    personal=st.sampled_from(STATUSES),
    seal=st.sampled_from(STATUSES),
    seal_needed=st.booleans(),
    changed=st.booleans(),
    checked=st.booleans(),
    digitised=st.booleans(),
    tolerated_defect=st.booleans(),
    agreed=st.sampled_from(["", TERMS]),
)


@pytest.mark.parametrize(
    ("change", "verdict", "clause"),
    [
        ({}, "original_sealed", "379/12.4"),
        ({"seal": "absent", "seal_needed": False}, "original_signed", "379/12.3"),
        ({"seal": "absent"}, "reference_only", "379/13.2"),
        ({"personal": "absent", "seal": "absent"}, "reference_only", "217/4.2"),
        ({"personal": "absent", "digitised": True}, "original_sealed", "379/12.5"),
        ({"seal": "invalid"}, "reference_only", "379/13.4"),
        ({"personal": "indeterminate"}, "undecided", "379/13.4"),
        ({"checked": False}, "undecided", "217/10.1"),
        ({"changed": True}, "reference_only", "217/4.2"),
        ({"validity": Validity.REPLACED}, "not_in_force", "379/17.2"),
        ({"validity": Validity.RECALLED}, "not_in_force", "217/10.2.p2"),
        ({"validity": Validity.INVALIDATED}, "not_in_force", "379/19.1"),
        ({"state": "discarded"}, "not_in_force", "217/10.2.p2"),
        ({"tolerated_defect": True}, "reference_only", "379/13.4"),
        ({"direction": Direction.OUTGOING, "state": "sealed", "validity": Validity.NONE}, "draft", "217/4.1"),
        ({"direction": Direction.OUTGOING, "state": "issued"}, "original_sealed", "379/12.2.a"),
    ],
)
@pytest.mark.clause("379/12.2.a", "379/12.3", "379/12.4", "379/12.5", "217/4.1", "217/4.2")
def test_legal_effect_of_each_case_names_its_clause(change: dict[str, object], verdict: str, clause: str) -> None:
    effect = rules.legal_effect(replace(RECEIVED, **change))  # type: ignore[arg-type]
    assert effect.verdict == verdict
    assert clause in effect.clauses
    assert effect.sentence and effect.why


@given(facts_strategy)
def test_legal_effect_is_never_better_than_the_validation(facts: EffectFacts) -> None:
    effect = rules.legal_effect(facts)
    assert set(effect.clauses) <= set(clauses())
    worth = RANK.index(effect.verdict)
    if effect.verdict.startswith("original"):
        assert facts.checked and not facts.changed
        assert "invalid" not in (facts.personal, facts.seal)
        assert "indeterminate" not in (facts.personal, facts.seal)
        by_terms = bool(facts.agreed) and facts.direction is Direction.INCOMING and not facts.digitised
        assert by_terms or facts.personal == "valid" or (facts.digitised and facts.seal == "valid")
        assert (effect.verdict == "original_agreed") <= by_terms
        assert facts.validity not in (Validity.REPLACED, Validity.RECALLED, Validity.INVALIDATED)
    for weaker in (
        replace(facts, personal="invalid"),
        replace(facts, seal="invalid"),
        replace(facts, seal="indeterminate"),
        replace(facts, changed=True),
        replace(facts, validity=Validity.INVALIDATED),
    ):
        got = rules.legal_effect(weaker)
        assert not got.verdict.startswith("original")
        if worth < RANK.index("original_signed"):
            assert RANK.index(got.verdict) < RANK.index("original_signed")
    without = rules.legal_effect(replace(facts, agreed=""))
    assert effect == without or (without.verdict, effect.verdict) == ("reference_only", "original_agreed")


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"personal": "absent", "seal": "absent"}, "original_agreed"),
        ({"personal": "absent"}, "original_agreed"),
        ({"seal": "absent"}, "original_agreed"),
        ({}, "original_sealed"),
        ({"seal": "absent", "seal_needed": False}, "original_signed"),
        ({"personal": "invalid", "seal": "absent"}, "reference_only"),
        ({"personal": "indeterminate", "seal": "absent"}, "undecided"),
        ({"personal": "absent", "seal": "absent", "changed": True}, "reference_only"),
        ({"personal": "absent", "seal": "absent", "checked": False}, "undecided"),
        ({"personal": "absent", "seal": "absent", "tolerated_defect": True}, "reference_only"),
        ({"personal": "absent", "seal": "absent", "digitised": True}, "reference_only"),
        ({"personal": "absent", "seal": "absent", "state": "discarded"}, "not_in_force"),
        ({"personal": "absent", "seal": "absent", "validity": Validity.RECALLED}, "not_in_force"),
        (
            {"personal": "absent", "seal": "absent", "direction": Direction.OUTGOING, "state": "issued"},
            "reference_only",
        ),
    ],
)
@pytest.mark.clause("379/12.2.c", "217/4.1")
def test_terms_stand_in_for_absent_signatures_alone(change: dict[str, object], verdict: str) -> None:
    effect = rules.legal_effect(replace(RECEIVED, agreed=TERMS, **change))  # type: ignore[arg-type]
    assert effect.verdict == verdict
    if verdict == "original_agreed":
        assert effect.clauses == ("379/12.2.c", "217/4.1") and TERMS in effect.why.format(**effect.facts)
