"""Freezing figures, taking a list away, putting a report into a document for the level above."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.documents.facts import DraftFields
from antin.identity import acts as identity
from antin.ledger import acts as ledger
from antin.reports import ports, queries, rules, sheets
from antin.reports.figures import Figures
from antin.reports.models import Report
from antin.sql import insert_once
from antin.values import Actor

CSV = "text/csv"
MADE_OF = "bao_cao"
PERIODS = {
    "month": "tháng {number} năm {year}",
    "quarter": "quý {number} năm {year}",
    "half": "{number} tháng đầu năm {year}",
    "year": "năm {year}",
}


@transaction.atomic
def publish_report(*, actor: Actor, organisation_id: UUID, period: str) -> UUID:
    """The office head freezes the figures of a period that is over, as confirmed; the report's id (217/12, 379/30.2).

    Spends the challenge on the figures' digest: other figures than those shown are not frozen. A further one is a new
    edition. RuleViolation 217/15.3 for who does not head that office, and what `rules.figures_may_be_frozen` says.
    """
    rules.heads_the_office(heads=queries.may_publish(actor, organisation_id))
    chosen = rules.period_of(period, queries.today())
    found = queries.draw(organisation_id, chosen)
    rules.figures_may_be_frozen(chosen, queries.today(), agrees=found.ledger.holds)
    identity.spend_challenge(actor=actor, act="publish_report", digest=found.digest)
    row = _frozen(actor, organisation_id, found)
    ledger.append(
        "reports.report.published",
        actor,
        object_kind="report",
        object_id=row.id,
        organisation_id=organisation_id,
        facts={
            "period": row.period,
            "edition": row.edition,
            "digest": row.digest,
            "sent": found.sent["total"],
            "came": found.came["total"],
        },
        clause="217/12.p1",
    )
    return row.id


def export_list(*, actor: Actor, period: str, body_id: UUID | None) -> tuple[str, bytes]:
    """The live figures as a file (name, bytes); who took it and its digest are on record (379/4.1, 217/12.p1)."""
    found = queries.exchange_statistics(actor, period, body_id)
    data = sheets.spreadsheet(found)
    with transaction.atomic():
        ledger.append(
            "reports.list.exported",
            actor,
            object_kind="list",
            object_id=None,
            facts={"period": found.period.name, "digest": found.digest, "rows": data.count(b"\n") - 1},
            clause="217/12.p1",
        )
    return f"gui-nhan-{found.period.name}.csv", data


@transaction.atomic
def draft_report(*, actor: Actor, report_id: UUID) -> UUID:
    """A draft of type "báo cáo" with the frozen figures in words and as a table beside; then it lives as any document.

    The drafter's own office decides, as in `documents.create_draft`. One report becomes one document.
    """
    row = Report.objects.select_for_update().filter(id=report_id).first()
    shown, found = queries.report(actor, report_id)
    assert row is not None
    rules.not_in_a_document_yet(row.document_id)
    title = f"Tình hình gửi, nhận văn bản điện tử {period_words(found)}"
    fields = DraftFields(type_code=MADE_OF, abstract=title, body="\n\n".join(_paragraphs(found, shown.digest)))
    row.document_id = documents.create_draft(actor=actor, organisation_id=row.organisation_id, fields=fields)
    documents.attach(
        actor=actor,
        document_id=row.document_id,
        name=f"so-lieu-{row.period}.csv",
        media_type=CSV,
        data=sheets.spreadsheet(found),
    )
    row.save(update_fields=["document_id"])
    return row.document_id


def period_words(found: Figures) -> str:
    """The period as a Vietnamese document names it."""
    period = found.period
    if period.kind == "half" and period.number == 2:
        return f"6 tháng cuối năm {period.first.year}"
    number = 6 if period.kind == "half" else period.number
    return PERIODS[period.kind].format(number=number, year=period.first.year)


def _frozen(actor: Actor, organisation_id: UUID, found: Figures) -> Report:
    assert actor.person_id is not None
    editions = Report.objects.filter(organisation_id=organisation_id, period=found.period.name).count()
    row = Report(
        organisation_id=organisation_id,
        period=found.period.name,
        edition=editions + 1,
        figures=found.to_dict(),
        digest=found.digest,
        published_at=ports.bound().clock.now(),
        published_by=actor.person_id,
    )
    rules.first_of_its_edition(stands=insert_once(row))
    return row


def _paragraphs(found: Figures, digest: str) -> tuple[str, ...]:
    sent, came = found.sent, found.came
    return (
        f"Trong {period_words(found)}, {found.body_name} và các đơn vị trực thuộc gửi {sent['total']} lượt văn bản điện tử "
        f"({sent['urgent']} lượt khẩn) đến {len(found.recipients)} nơi nhận: {sent['there']} lượt đã đến và đang được xử lý hoặc đã hoàn thành, "
        f"{sent['returned']} lượt bị trả lại, {sent['recalled']} lượt đã thu hồi, {sent['failed']} lượt gửi lỗi; "
        f"{sent['late']} lượt gửi sau thời hạn tại Điều 6 khoản 3 Quy định 217-QĐ/TW.",
        f"Nhận {came['total']} văn bản ({came['urgent']} văn bản khẩn) từ {len(found.senders)} nơi gửi: "
        f"{came['taken']} văn bản đã tiếp nhận, trong đó {came['completed']} văn bản đã hoàn thành, "
        f"{came['returned']} văn bản trả lại; {came['overdue']} văn bản quá hạn xử lý.",
        f"Số liệu do hệ thống tự tổng hợp, khớp với nhật ký (mã băm SHA-256: {digest}). Bảng chi tiết theo nơi gửi, nơi nhận, "
        "kênh và đơn vị trực thuộc gửi kèm.",
    )


__all__ = ["draft_report", "export_list", "publish_report"]
