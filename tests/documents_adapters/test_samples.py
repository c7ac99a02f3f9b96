"""The sample documents: real substance, right form, all invented and marked so."""

from __future__ import annotations

from datetime import date

import pytest

from antin.documents.adapters.typst_layout import TypstLayout
from antin.documents.samples import Sample, samples
from antin.regulation import clauses
from antin.rulebook import queries
from antin.rulebook.rules import FormFacts
from antin.values import Urgency

from .test_layout import words

TODAY = date(2026, 11, 24)


def facts(sample: Sample) -> FormFacts:
    return FormFacts(
        body_name=sample.sender.body_name,
        place=sample.sender.place,
        abstract=sample.fields.abstract,
        body=sample.fields.body,
        salutation=sample.fields.salutation,
        addressees=sample.fields.addressees,
        signing_capacity=sample.fields.signing_capacity,
        signer_position=sample.fields.signer_position,
        signer_name=sample.sender.signer_name,
    )


def test_samples_are_six_types_with_one_immediate() -> None:
    assert [one.key for one in samples()] == ["ke_hoach", "quyet_dinh", "cong_van", "thong_bao", "bao_cao", "to_trinh"]
    assert [one.key for one in samples() if one.fields.urgency is Urgency.IMMEDIATE] == ["thong_bao"]


@pytest.mark.clause("379/13.1", "217/6.1")
@pytest.mark.parametrize("sample", samples(), ids=lambda one: one.key)
def test_samples_pass_the_check_of_form(sample: Sample) -> None:
    assert queries.form_findings(facts(sample), sample.fields.type_code, TODAY) == ()


@pytest.mark.parametrize("sample", samples(), ids=lambda one: one.key)
def test_samples_lay_out_with_their_signature_in_company(sample: Sample, layout: TypstLayout) -> None:
    laid = layout.lay_out(sample.sheet(5, TODAY))
    assert laid.pages in range(18, 26) if sample.key == "ke_hoach" else laid.pages <= 2
    page = laid.anchors["signature"]["page"]
    last = " ".join(sample.fields.body.split()[-4:])
    assert page == laid.pages and last in words(laid.pdf, page, page)


@pytest.mark.parametrize("sample", samples(), ids=lambda one: one.key)
def test_samples_are_marked_as_samples(sample: Sample, layout: TypstLayout) -> None:
    shown = words(layout.lay_out(sample.sheet(5, TODAY)).pdf)
    assert "Văn bản mẫu" in shown and "Mẫu" in sample.sender.signer_name
    assert "(mẫu)" in " ".join((*sample.fields.addressees, *sample.fields.salutation, sample.fields.body))


def test_plan_says_every_clause_that_asks_for_something() -> None:
    body = next(one for one in samples() if one.key == "ke_hoach").fields.body
    for clause in clauses().values():
        if clause.kind == "system":
            assert clause.statement_vi.rstrip(".").split(";")[0] in body
