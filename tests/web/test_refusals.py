"""Nobody is turned away without the rule and the way forward, in both languages, wherever the code says no (379/5.1)."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real

import antin
from antin.conversion.rules import digitising
from antin.documents.adapters import pdf_process
from antin.regulation import RemoteViolation, RuleViolation, clauses
from antin.rulebook import sets
from antin.steps import Life
from antin.web import catalogue, refusals
from world import CLERK, PROVINCE_CLERK, World

from .conftest import Visit
from .told import Sources, Told

CODE = Path(antin.__file__).parent
PLACES_LEAST = 400
OF_DATA = {
    "step.clauses[0]",
    "self._clause_of(act)",
    "one.clause",
    "one.message",
    "one.next_step",
    "choice.words",
    "reason",
    "next_step",
    "missing",
}
"""Clauses and next steps that tables and lists give; the tests below look at those."""
REASONS_OF_DATA = {
    "standing[0]",
    "letter.trouble",
    "violation.message()",
    "FAULTS[fault]",
    "facts.level_warning",
    "trace.at",
    "status.at",
    "_FAMILIES.get(family, N_('Loại văn bản này không phải giao dịch hai chiều có yếu tố thoả thuận.'))",
}
"""Reasons that other sentences of the catalogue give; the rule and the way forward stand beside them."""

pytestmark = pytest.mark.clause("379/5.1")


@pytest.fixture(scope="module")
def sources() -> Sources:
    return Sources(CODE)


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    """Message → English; those with a plural have no place in a refusal."""
    return {str(one.id): str(one.string) for one in catalogue.read() if one.id and isinstance(one.id, str)}


@pytest.fixture(autouse=True)
def compiled() -> None:
    catalogue.compile_catalogue()
    trans_real._translations.clear()  # type: ignore[attr-defined]


def untold(told: Told) -> bool:
    """A part is missing: neither a text, nor data that another test looks at."""
    parts = (told.clause, told.reason, told.next_step)
    return "" in frozenset().union(*parts) or (not all(parts) and not told.asked)


def test_every_refusal_of_the_code_names_its_rule_its_reason_and_the_way_forward(sources: Sources) -> None:
    found = [*sources.refusals(), *sources.findings()]
    assert len(found) > PLACES_LEAST
    assert not [told.place for told in found if untold(told)]
    assert not [(told.place, told.clause - set(clauses())) for told in found if told.clause - set(clauses())]
    assert {one for told in found for one in told.asked} == OF_DATA | REASONS_OF_DATA


def test_a_refusal_without_a_way_forward_would_be_found(tmp_path: Path) -> None:
    code = 'def f(why):\n    raise RuleViolation("379/5.1", N_("Sai."){more})\n\n\ndef g():\n    f({why})\n'
    for more, why, missing in (
        ("", "1", True),
        (', N_("")', "1", True),
        (", why", '""', True),
        (", why", '"Sửa."', False),
    ):
        (tmp_path / "a.py").write_text(code.format(more=more, why=why))
        (told,) = Sources(tmp_path).refusals()
        assert untold(told) is missing, (more, why)


def test_what_refusals_say_stands_in_the_catalogue_with_its_english(sources: Sources, english: dict[str, str]) -> None:
    said = {text for told in (*sources.refusals(), *sources.findings()) for text in told.reason | told.next_step}
    assert not sorted(text for text in said if not english.get(text))


def test_rows_of_the_tables_of_life_each_name_a_clause_that_exists() -> None:
    names = [
        f"antin.{file.relative_to(CODE).parent}.lifecycle".replace("/", ".") for file in CODE.rglob("lifecycle.py")
    ]
    tables = [one for name in names for one in vars(import_module(name)).values() if isinstance(one, Life)]
    assert len(tables) > 15
    for table in tables:
        for step in table.rows.values():
            assert step.clauses and set(step.clauses) <= set(clauses()), (table.name, step.act)


def test_lists_that_give_a_rule_or_a_way_forward_are_whole(english: dict[str, str]) -> None:
    for row in sets.in_force("channel_policy").rows:
        assert row["clause"] in clauses() and row["words"] and row["words_en"], row
        assert row["verdict"] in ("send", "wait") or (row["next"] and row["next_en"]), row
    for reason, next_step in pdf_process.REASONS.values():
        assert english[reason] and english[next_step]
    assert all(english[next_step] for _name, next_step in digitising._NEEDED)


@pytest.mark.parametrize("clause", ["", "379/" + "99"])
def test_a_refusal_that_brings_no_rule_of_ours_still_names_one_and_a_way_forward(clause: str) -> None:
    for language, step in (("vi", "hỏi quản trị"), ("en", "ask the administrator")):
        with translation.override(language):
            said = refusals.refusal(RemoteViolation(clause, "Không nhận."))
        assert said.clause == "379/5.1"
        assert said.statement == clauses()["379/5.1"].statement(language)
        assert step in said.next_step


def test_a_next_step_of_its_own_is_never_replaced() -> None:
    said = refusals.refusal(RuleViolation("379/17.2", "Đã ban hành.", "Đính chính."))
    assert (said.clause, said.next_step) == ("379/17.2", "Đính chính.")


@pytest.mark.django_db
def test_pages_that_say_no_lead_to_the_rule_and_say_what_to_do(world: World, visit: Visit) -> None:
    """A visitor without right, a document that is none, an act that may not be: each page has its link and its step."""
    arrived = world.arrived(world.original())
    asked = (
        (visit(CLERK), "get", f"/van-ban/{arrived}", "379/4.4", ("Kiểm tra địa chỉ", "Check the address")),
        (visit(CLERK), "get", "/mau-luong/moi", "379/4.4", ("Kiểm tra địa chỉ", "Check the address")),
        (visit(PROVINCE_CLERK), "post", f"/tiep-nhan/{arrived}/tra", "", ("Ghi", "Write")),
        (Client(enforce_csrf_checks=True), "post", "/vao", "379/5.3", ("tải lại", "reload")),
    )
    for client, method, address, clause, steps in asked:
        for language, step in zip(("vi", "en"), steps, strict=True):
            client.cookies["antin_lang"] = language
            answer = getattr(client, method)(address, {"reason": " "})
            page = answer.content.decode()
            assert answer.status_code >= 400, address
            assert f'href="/quy-dinh/{clause}' in page and step in page, (address, language)
