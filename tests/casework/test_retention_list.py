"""The list of retention by class as the Central Office gives it: dated, with its basis; a class holds to it (379/24.2.p2)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from antin.casework import acts, queries
from antin.ledger import queries as ledger
from antin.rulebook import queries as rulebook
from antin.rulebook import sets
from world import PROVINCE, PROVINCE_CLERK, PROVINCE_LEADER, World, refused

LIST = "Danh mục của Văn phòng Trung ương số 12 (mẫu)"


def entered(world: World, code: str, retention: str, *, basis: str = LIST, years: int | None = None) -> UUID:
    return acts.open_file_class(
        actor=world.actor(PROVINCE_CLERK),
        organisation_id=world.organisation(PROVINCE),
        code=code,
        title=f"Nhóm {code}",
        retention=retention,
        basis=basis,
        years=years,
    )


@pytest.mark.clause("379/24.2.p2", "379/24.2")
def test_the_list_enters_by_class_with_its_basis_and_counts_by_class(world: World) -> None:
    clerk, document = world.actor(PROVINCE_CLERK), world.registered(world.original())
    acts.complete(actor=world.actor(PROVINCE_LEADER), document_id=document)
    year = world.today().year
    kept = {"NS": ("01", None), "TH": ("06", 10), "KT": ("03", 50)}
    for code, (retention, years) in kept.items():
        found = entered(world, code, retention)
        (entry,) = ledger.history(found)
        assert (entry.reason, entry.facts["retention"]) == (LIST, retention)
        case = acts.open_case_file(actor=clerk, class_id=found, title=f"Hồ sơ {code} (mẫu)").id
        acts.place_in_case_file(actor=clerk, case_file_id=case, document_id=document)
        closed = acts.close_case_file(actor=clerk, case_file_id=case)
        assert closed.retained_until == (date(year + years, 12, 31) if years else None), "for ever has no end"
    plan = {one.code: (one.retention, one.basis) for one in queries.file_plan(world.organisation(PROVINCE))}
    assert plan == {code: (retention, LIST) for code, (retention, _years) in kept.items()}


@pytest.mark.clause("379/24.2.p2")
def test_a_class_without_basis_or_with_a_period_that_the_list_of_the_day_has_not_is_refused(world: World) -> None:
    for retention, basis in (("99", LIST), ("06", "  ")):
        with refused("379/24.2"):
            entered(world, "TH", retention, basis=basis)
    assert queries.file_plan(world.organisation(PROVINCE)) == ()


@pytest.mark.clause("379/24.2.p2")
def test_the_periods_are_a_dated_set_with_basis_and_clause() -> None:
    for version in sets.versions("retention_schedule"):
        assert version.basis and "379/24.2.p2" in version.clauses
    today = rulebook.today()
    assert sets.in_force("retention_schedule", today).valid_from <= today
    assert {one.code for one in rulebook.retention_periods(today)} >= {"01", "06"}
