"""A small world for the acts on documents: one body, another one, and the people a document passes through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from antin.documents import acts, queries
from antin.documents.facts import DocumentView, DraftFields, IncomingFacts, RenditionKind, RouteStep
from antin.identity import models as identity_models
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Actor, MandateView, Method, Office, new_id

FIELDS = DraftFields(
    type_code="quyet_dinh",
    abstract="Về việc ban hành Kế hoạch chuyển đổi số năm 2026 (mẫu)",
    body="Điều 1. Ban hành kế hoạch.\n\nĐiều 2. Quyết định có hiệu lực từ ngày ký.",
    addressees=("- Như Điều 2", "- Lưu Văn phòng"),
    recipients=("A01.02",),
    signer_position="PHÓ BÍ THƯ",
)
PDF = b"%PDF-1.7\n% not opened by these acts\n%%EOF\n"


def refused(clause: str) -> pytest.RaisesExc[RuleViolation]:
    """Expects a refusal that cites this clause and says what to do."""
    return pytest.raises(RuleViolation, check=lambda e: e.clause == clause and bool(e.next_step))


@dataclass
class World:
    """Two bodies; `people` by the word for what they do in the first one."""

    body: UUID
    other: UUID
    people: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def fields(self, **changes: object) -> DraftFields:
        base = replace(FIELDS, signatory_id=self.leader.person_id)
        return replace(base, **changes)  # type: ignore[arg-type]

    def draft(self, **changes: object) -> UUID:
        return acts.create_draft(actor=self.drafter, organisation_id=self.body, fields=self.fields(**changes))

    def route(self) -> tuple[RouteStep, ...]:
        return (
            RouteStep(1, (self.reviewer.person_id, self.reviewer2.person_id), quorum=1),
            RouteStep(2, (self.head.person_id,), kind="initial"),
        )

    def in_review(self, route: Iterable[RouteStep] | None = None, **changes: object) -> UUID:
        document_id = self.draft(**changes)
        steps = self.route() if route is None else tuple(route)
        acts.submit(actor=self.drafter, document_id=document_id, route=steps)
        return document_id

    def approved(self, **changes: object) -> UUID:
        document_id = self.in_review(route=(), **changes)
        self.approve(document_id)
        return document_id

    def approve(self, document_id: UUID, actor: Actor | None = None) -> DocumentView:
        actor = actor or self.leader
        now = queries.facts(document_id)
        self.step_up(actor, "approve", now.digest)
        return acts.approve(actor=actor, document_id=document_id, revision=now.revision, digest=now.digest)

    def step_up(self, actor: Actor, act: str, digest: str) -> None:
        """An answered challenge; how it is answered is tested in `identity`."""
        now = datetime.now(UTC)
        identity_models.Challenge.objects.create(
            person_id=actor.person_id,
            session=actor.session,
            act=act,
            digest=digest,
            opened_at=now,
            expires_at=now + timedelta(seconds=120),
            answered_at=now,
            method=Method.PASSWORD_TOTP,
        )

    def signed(self, **changes: object) -> UUID:
        """Through the tables to `signed`, as the registry would walk."""
        document_id = self.approved(**changes)
        acts.advance(actor=self.clerk, document_id=document_id, act="check_form")
        acts.advance(actor=self.leader, document_id=document_id, act="prepare_signature")
        acts.keep_rendition(document_id=document_id, kind=RenditionKind.SIGNED, data=PDF, pages=1)
        acts.advance(actor=self.leader, document_id=document_id, act="sign(last)")
        return document_id

    def issued(self, **changes: object) -> UUID:
        document_id = self.signed(**changes)
        acts.keep_rendition(document_id=document_id, kind=RenditionKind.SEALED, data=PDF + b"seal", pages=1)
        acts.advance(actor=self.keeper, document_id=document_id, act="seal(last)")
        acts.advance(actor=self.clerk, document_id=document_id, act="issue")
        acts.advance(actor=self.clerk, document_id=document_id, act="issue", life="validity")
        return document_id

    def arrived(self, owner: UUID | None = None, **changes: object) -> UUID:
        stated = IncomingFacts(
            type_code="cong_van",
            type_name="Công văn",
            abstract="Về việc báo cáo tình hình (mẫu)",
            number_text="12",
            notation="CV/VPTW",
            reference_number="12-CV/VPTW",
            sender_name="Văn phòng Trung ương (mẫu)",
            sender_code="A00",
        )
        return acts.take_in(
            actor=Actor.peer("đối tác mẫu"),
            organisation_id=owner or self.body,
            facts=replace(stated, **changes),  # type: ignore[arg-type]
            pdf=PDF,
            attachments=(("phu-luc.pdf", "application/pdf", PDF),),
        )

    def entries(self, document_id: UUID) -> list[str]:
        """Acts in the ledger, oldest first."""
        return [entry.act for entry in reversed(ledger.history(document_id, limit=200))]


def _organisation(name: str) -> UUID:
    made = identity_models.Organisation.objects.create(
        name=name,
        short_name=name,
        kind="organisation",
        level="provincial",
        place="Lạc Giang",
        notation="TU",
        body_name=name,
        superior_name="Đảng bộ tỉnh Lạc Giang (mẫu)",
        founded_at=datetime.now(UTC),
    )
    return made.id


def _person(body: UUID, name: str, *mandates: MandateView) -> Actor:
    now = datetime.now(UTC)
    code = f"M{new_id().hex[-12:]}"
    row = identity_models.Person.objects.create(code=code, name=name, organisation_id=body, enrolled_at=now)
    identity_models.Account.objects.create(
        person=row, login_name=code.lower(), state="active", state_at=now, password="!"
    )
    for mandate in mandates:
        identity_models.Mandate.objects.create(
            person=row,
            organisation_id=mandate.organisation_id,
            office=mandate.office,
            basis="mẫu",
            valid_from=now.date() - timedelta(days=1),
            conferred_at=now,
        )
    return Actor(row.id, name, Method.PASSWORD_TOTP, mandates, session=f"session-{code}"[:64])


def make_world() -> World:
    world = World(_organisation("Tỉnh uỷ Lạc Giang (mẫu)"), _organisation("Huyện uỷ An Hà (mẫu)"))

    def give(word: str, name: str, *offices: Office, body: UUID | None = None) -> None:
        where = body or world.body
        world.people[word] = _person(where, name, *(MandateView(o, where) for o in offices))

    give("drafter", "Nguyễn Mẫu An", Office.DRAFTER)
    give("drafter2", "Trần Mẫu Bình", Office.DRAFTER)
    give("reviewer", "Lê Mẫu Cúc")
    give("reviewer2", "Phạm Mẫu Dũng")
    give("head", "Hoàng Mẫu Em", Office.DRAFTER)
    give("leader", "Vũ Mẫu Giang", Office.APPROVER, Office.SIGNATORY, Office.LEADER)
    give("clerk", "Đỗ Mẫu Hà", Office.CLERK)
    give("keeper", "Bùi Mẫu Khoa", Office.SEAL_KEEPER)
    give("auditor", "Cao Mẫu Lan", Office.AUDITOR)
    give("administrator", "Tô Mẫu Minh", Office.ADMINISTRATOR)
    give("stranger", "Lý Mẫu Nam", Office.CLERK, Office.LEADER, Office.DRAFTER, body=world.other)
    return world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(scope="session")
def small_pdf() -> bytes:
    """A whole, plain PDF of one page."""
    import io

    import pikepdf

    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page(page_size=(595, 842))
    made.save(out)
    return out.getvalue()
