"""English is complete: the catalogue has every message of the code, and every page says it (ui.md §6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real
from tests.automation.conftest import Machine

import antin
from antin.automation import acts as automation
from antin.documents import acts as documents
from antin.documents import queries
from antin.documents.facts import RouteStep
from antin.house.demo import cast
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.steps import Life
from antin.web import catalogue, formats, refusals, table_words, words
from world import CLERK, DRAFTER, LEAD, PROVINCE_CLERK, PROVINCE_LEADER, REVIEWER, SIGNATORY, World

from .conftest import Visit
from .reading import Words, read, walk

CODE = Path(antin.__file__).parent
VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]", re.IGNORECASE)
QUOTED = re.compile(r"“[^”]*”|Lưu …|QĐ/TW|T/M BAN.*|Ấn Tín")
LONG = 15
ROOMS_WITH_TABLES = (
    "documents",
    "registry",
    "casework",
    "automation",
    "conversion",
    "exchange",
    "exchange.axis",
    "signing",
    "identity",
)
FROM_OUTSIDE = ("/vao", "/vao/mat", "/tro-giup", "/kiem-tra", "/quy-dinh", "/khong-co")
FROM_INSIDE = ("/", "/tim?q=quyet", "/du-thao", "/toi/du-lieu")
ROLES = (DRAFTER, REVIEWER, SIGNATORY, CLERK, PROVINCE_CLERK, PROVINCE_LEADER, LEAD, "quan.tri.tw")


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """The catalogue as it stands now, also when it was compiled before the last change."""
    catalogue.compile_catalogue()
    trans_real._translations.clear()  # type: ignore[attr-defined]


def forms(message: Message) -> Iterator[tuple[str, str]]:
    """(Vietnamese, English) of a message, both of them for one with a plural."""
    sources = message.id if isinstance(message.id, tuple) else (message.id,)
    given = message.string if isinstance(message.string, tuple) else (message.string,)
    return zip(sources, given, strict=True)


def messages() -> list[Message]:
    return [message for message in catalogue.read() if message.id]


def test_the_catalogue_has_every_message_and_no_other() -> None:
    wanted = catalogue.extract(passed_over=catalogue.unknown_to_git())
    kept = catalogue.read()
    names = {(message.id, message.context) for message in wanted if message.id}
    assert {(message.id, message.context) for message in kept if message.id} == names, "make catalogue"
    assert not kept.obsolete
    assert not [message.id for message in kept if message.fuzzy and message.id]
    assert not [message.id for message in messages() if not catalogue.is_translated(message.string)]
    assert (catalogue.FOLDER / "django.po").read_bytes() == catalogue.written(kept)


def test_placeholders_and_ends_of_sentences_are_the_same() -> None:
    for message in messages():
        for source, english in forms(message):
            assert catalogue.names_in(english) == catalogue.names_in(source), source
            assert (english[-1] in ".:,;") == (source[-1] in ".:,;"), (source, english)


def test_english_has_no_vietnamese_words_but_those_quoted_from_documents() -> None:
    left = [english for m in messages() for _s, english in forms(m) if VIETNAMESE.search(QUOTED.sub("", english))]
    assert not left


def test_sentences_of_dated_data_bring_their_english() -> None:
    assert all(kind.name_en for kind in (*rulebook.document_types(), *rulebook.state_types()))
    with translation.override("en"):
        assert words.ruled("Chi bộ không ban hành thể loại này.") == "Party cells do not promulgate this type."
    assert words.ruled("Chi bộ không ban hành thể loại này.") == "Chi bộ không ban hành thể loại này."


def test_every_act_and_state_of_the_tables_of_life_has_words() -> None:
    """A refusal says “phê duyệt”, never `approve` (379/5.1)."""
    for room in ROOMS_WITH_TABLES:
        tables = [one for one in vars(import_module(f"antin.{room}.lifecycle")).values() if isinstance(one, Life)]
        for table in tables:
            assert {act.partition("(")[0] for _state, act in table.rows} <= set(table_words.ACTS)
            assert set(table.states()) <= set(table_words.STATES.get(table.name, table_words.OTHER_STATES))


@pytest.mark.clause("379/5.1")
def test_refusals_are_translated_before_they_are_filled() -> None:
    reason = "Việc “{act}” không làm được khi văn bản đang ở trạng thái “{state}”."
    step = RuleViolation(
        "379/17.2", reason, "Thử lại sau {seconds} giây.", act="approve", state="signed", life="outgoing", seconds=5
    )
    owned = RuleViolation("379/14.p1", "Việc này thuộc về {office}.", office="văn thư của cơ quan, archivist")
    with translation.override("en"):
        said = refusals.refusal(step)
        assert said.reason == "“approve” cannot be done while the state is “Signed”."
        assert said.next_step == "Try again in 5 seconds."
        assert refusals.refusal(owned).reason == "This belongs to the organisation's clerk, archivist."
    assert refusals.refusal(step).reason == "Việc “phê duyệt” không làm được khi văn bản đang ở trạng thái “Đã ký”."


def test_deadlines_and_numbers_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    morning = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    monkeypatch.setattr(formats, "now", lambda: formats.to_vietnam(morning))
    ways = {timedelta(hours=8): "today 16:00", timedelta(days=4): "2 days left", timedelta(days=3): "1 day left"}
    ways |= {
        timedelta(days=-8): "6 days overdue",
        timedelta(days=-1): "1 day overdue",
        timedelta(hours=-2): "today 06:00",
    }
    with translation.override("en"):
        for away, said in ways.items():
            due = formats.due(morning + away)
            assert due is not None
            assert due.text == said or (away < timedelta() and "overdue" in due.text), (away, due)
        assert (formats.number(1847), formats.number(96.4)) == ("1,847", "96.4")


def test_no_room_below_the_pages_asks_for_the_language_of_the_viewer() -> None:
    """What is laid out, signed, sent or kept must not depend on who looks (379/13.1)."""
    asking = [file for file in CODE.rglob("*.py") if "django.utils.translation" in file.read_text(encoding="utf-8")]
    assert {file.relative_to(CODE).parts[0] for file in asking} <= {"web", "api"}


@pytest.mark.django_db
def test_a_document_is_laid_out_in_vietnamese_for_everyone(world: World) -> None:
    drafter, document = world.actor(DRAFTER), world.drafted()
    with translation.override("en"):
        seen = " ".join(line.text for line in queries.page_text(drafter, document, 1))
        english, _rendition = queries.pdf(drafter, document)
    vietnamese, _rendition = queries.pdf(drafter, document)
    assert english == vietnamese
    assert "QUYẾT ĐỊNH" in seen
    assert "Nơi nhận" in seen


@pytest.mark.django_db
def test_the_api_answers_in_the_language_asked_for(world: World, visit: Visit) -> None:
    document = world.issued()
    client = visit(CLERK)
    said = {}
    for asked in ("en-GB,en;q=0.8", "vi-VN", "fr", ""):
        answer = client.get(f"/api/v1/documents/{document}/status", headers={"Accept-Language": asked})
        said[asked] = (answer["Content-Language"], answer.json()["legal_effect"]["sentence"])
    assert said["en-GB,en;q=0.8"][0] == "en"
    assert said["en-GB,en;q=0.8"][1].startswith("Electronic original")
    assert said["vi-VN"] == said["fr"] == said[""]
    assert said["vi-VN"][1].startswith("Bản gốc điện tử")
    refused = client.post(
        f"/api/v1/documents/{document}/register", {}, "application/json", headers={"Accept-Language": "en"}
    )
    assert refused.status_code == 422
    assert not VIETNAMESE.search(QUOTED.sub("", refused.json()["reason"] + refused.json()["next_step"]))


def peopled(world: World) -> tuple[str, ...]:
    """Something in every list: drafts, a review, approved, signed, sealed, issued, arrived, assigned.

    Answers the addresses of the leader's two sheets, which only a button leads to.
    """
    route = (RouteStep(order=1, people=(world.person(REVIEWER),), quorum=1, kind="review"),)
    documents.submit(actor=world.actor(DRAFTER), document_id=world.drafted(type_code="ke_hoach"), route=route)
    world.drafted(body="1. Câu chưa có dấu chấm", addressees=())
    to_approve, to_sign = world.drafted(type_code="thong_bao"), world.checked()
    documents.submit(actor=world.actor(DRAFTER), document_id=to_approve, route=route)
    documents.endorse(actor=world.actor(REVIEWER), document_id=to_approve, kind="consent", text="", revision=1)
    for made in (world.approved, world.signed, world.sealed, world.issued):
        made()
    world.arrived(world.original())
    world.assigned(world.original())
    _automated(world)
    return f"/quyet/{to_approve}/duyet", f"/quyet/{to_sign}/ky"


def _automated(world: World) -> None:
    """A rule with a proposal that waits, one that was undone with its deviation open, and a draft."""
    machine, leader = Machine(world), world.actor(PROVINCE_LEADER)
    running = machine.enabled()
    _found, run = machine.met(running)
    automation.undo_automated_act(actor=leader, run_id=run.pk, reason="Wrong person")
    proposing = machine.enabled(mode="propose")
    machine.met(proposing)
    machine.drafted(kind="remind", lead=None)


def source_words() -> set[str]:
    """Vietnamese of the interface, without what is also the name or position of somebody."""
    bodies = [body for installation in cast.INSTALLATIONS for body in installation.organisations]
    data = {body.name for body in bodies} | {p.position for body in bodies for p in body.people}
    return {source for message in messages() for source, english in forms(message) if source != english} - data


def left_in(page: Words, source: set[str]) -> set[str]:
    """Texts of the page that are a message of the interface, or hold a long one."""
    long = [one for one in source if len(one) >= LONG and not catalogue.NAMED.search(one)]
    return page.texts & source | {text for text in page.texts for one in long if one in text}


@pytest.mark.django_db
def test_every_page_is_english_throughout_and_vietnamese_otherwise(world: World, visit: Visit) -> None:
    sheets = peopled(world)
    source = source_words()
    english = {said for message in messages() for original, said in forms(message) if said != original}
    visitors = [(Client(), FROM_OUTSIDE), *((visit(login), FROM_INSIDE) for login in ROLES)]
    visitors.append((visit(SIGNATORY), sheets))
    for visitor, begin in visitors:
        for address, page in walk(visitor, begin):
            assert page.language == "en", address
            assert not left_in(page, source), address
            other = read(visitor, address, "vi")
            assert other.language == "vi", address
            assert not other.texts & english, address


@pytest.mark.django_db
@pytest.mark.clause("379/5.1")
def test_refused_acts_answer_in_english(world: World, visit: Visit) -> None:
    source, arrived = source_words(), world.arrived(world.original())
    draft, clerk, drafter = world.drafted(), visit(PROVINCE_CLERK), visit(DRAFTER)
    for client, address, form in (
        (clerk, f"/tiep-nhan/{arrived}/tra", {"reason": " "}),
        (drafter, f"/du-thao/{draft}", {"type_code": "ke_hoach", "abstract": "", "expected_revision": "1"}),
        (drafter, f"/du-thao/{draft}/trinh", {"step-0-people": ["x"], "step-0-quorum": "0"}),
        (Client(), "/vao", {"login": "an.nguyen", "password": "sai"}),
    ):
        client.cookies["antin_lang"] = "en"
        answer = client.post(address, form)
        assert answer.status_code >= 400 or b'role="alert"' in answer.content, address
        assert not left_in(Words(answer.content.decode()), source), address
