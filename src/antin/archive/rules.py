"""What the archive decides: what is due, who may not do two things, what a list binds (379/20)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from antin.regulation import RuleViolation
from antin.steps import Step
from antin.values import N_, Actor, Office, canonical_json, sha256_hex

ITEMS_MOST = 5_000
PURGED_AT_ONCE_BYTES = 1024**3
PURGE_FROM_HOUR, PURGE_NOT_FROM_HOUR = 21, 5
WORKING_HERE = (Office.ARCHIVIST, Office.APPRAISER, Office.COMPETENT_AUTHORITY, Office.EXECUTOR, Office.AUDITOR)
"""Offices that see the archive's lists of their organisation."""


def not_found() -> RuleViolation:
    return RuleViolation(
        "379/4.4",
        N_("Không có mục lưu trữ này, hoặc đồng chí không có quyền xem."),
        N_("Kho mở theo phân quyền (379/23.2.d): hỏi cán bộ lưu trữ của cơ quan."),
    )


def office_for(step: Step, actor: Actor, organisation_id: UUID) -> Office:
    """The office of the row that the actor holds in the organisation; RuleViolation 379/20.1 when it is none."""
    found = next((office for office in step.offices if actor.holds(office, organisation_id)), None)
    if found is None or not actor.method.is_strong:
        raise RuleViolation(
            "379/20.1",
            N_("Việc này thuộc về {office}."),
            N_("Chuyển cho đúng người có thẩm quyền."),
            office=", ".join(office.value for office in step.offices),
            act=step.act,
        )
    return found


def fixity_ok(damaged: Collection[str]) -> None:
    """379/23.2.b: nothing is taken over that differs from what was stored."""
    if damaged:
        raise RuleViolation(
            "379/23.2.b",
            N_("{count} tệp trong hồ sơ không còn nguyên vẹn."),
            N_("Báo cán bộ an toàn thông tin, khôi phục từ bản sao lưu rồi giao nộp lại."),
            count=len(damaged),
        )


def cipher_if_mat(bare: Collection[UUID]) -> None:
    """379/24.4: what is Mật goes into the archive under the cipher product that protects it, or not at all."""
    if bare:
        raise RuleViolation(
            "379/24.4",
            N_("{count} văn bản Mật trong hồ sơ không được sản phẩm mật mã đang cài ở đây bảo vệ."),
            N_("Đề nghị cơ quan cơ yếu cài sản phẩm mật mã đã dùng, rồi nhận hồ sơ."),
            count=len(bare),
        )


def why_not(retained_until: date | None, *, today: date, held: bool) -> str:
    """What stands in the way of destroying a case file, in words; "" for nothing (379/20.1)."""
    if retained_until is None:
        return N_("Bảo quản vĩnh viễn.")
    if retained_until >= today:
        return N_("Chưa hết thời hạn bảo quản.")
    return N_("Đang có lệnh giữ lại.") if held else ""


def retention_ended(reasons: Mapping[UUID, str]) -> None:
    """379/20.1: every case file of the list is due and held by nobody's word; `reasons` by case file."""
    standing = [reason for reason in reasons.values() if reason]
    if not reasons or standing:
        raise RuleViolation(
            "379/20.1",
            standing[0] if standing else N_("Danh mục huỷ chưa có hồ sơ nào."),
            N_("Chỉ chọn hồ sơ đã hết thời hạn bảo quản."),
        )


def longest_ended(ends: Iterable[date | None], today: date) -> None:
    """A document in several case files is kept as long as the longest of them (379/24.2)."""
    if any(end is None or end >= today for end in ends):
        raise RuleViolation(
            "379/20.1",
            N_("Có văn bản còn nằm trong hồ sơ khác chưa hết thời hạn bảo quản."),
            N_("Bỏ hồ sơ đó khỏi danh mục."),
        )


def list_digest(items: Iterable[tuple[UUID, str]]) -> str:
    """What examination, decision and execution are bound to: these documents with this content, no other."""
    return sha256_hex(canonical_json(sorted([str(one), digest] for one, digest in items)))


def list_digest_bound(standing: str, shown: str) -> None:
    """379/20.1: what is decided is the list that was shown."""
    if standing != shown:
        raise RuleViolation(
            "379/20.1", N_("Danh mục đã thay đổi so với danh mục đã xem."), N_("Tải lại danh mục rồi làm lại.")
        )


def apart(person: UUID | None, others: Collection[UUID | None], reason: str) -> None:
    """379/20.1: nobody does two of the things that need two people."""
    if person is None or person in others:
        raise RuleViolation("379/20.1", reason, N_("Người khác thực hiện bước này."))


def not_the_proposer(person: UUID | None, proposed_by: UUID) -> None:
    apart(person, {proposed_by}, N_("Người đề nghị huỷ không tự thẩm định danh mục của mình."))


def not_proposer_nor_appraiser(person: UUID | None, proposed_by: UUID, examined_by: UUID | None) -> None:
    apart(person, {proposed_by, examined_by}, N_("Người đề nghị hoặc thẩm định không tự quyết định huỷ."))


def approver_is_not_executor(person: UUID | None, decided_by: UUID | None) -> None:
    apart(person, {decided_by}, N_("Người quyết định huỷ không tự thi hành."))


def words_given(text: str, clause: str = "379/20.1") -> str:
    """The words, trimmed; a basis, an opinion or a reason is never left out."""
    trimmed = text.strip()
    if not trimmed or len(trimmed) > 2000:
        raise RuleViolation(clause, N_("Cần ghi căn cứ hoặc lý do, không quá 2000 ký tự."), N_("Ghi rồi làm lại."))
    return trimmed


def something_left(items: int) -> None:
    if not items:
        raise RuleViolation(
            "379/20.1", N_("Danh mục không còn văn bản nào."), N_("Rút lại danh mục rồi lập danh mục khác.")
        )


def keys_gone(left: Collection[UUID]) -> None:
    """379/3.4: not one document of the list can be read any more."""
    if left:
        raise RuleViolation(
            "379/3.4", N_("Còn {count} văn bản vẫn đọc được."), N_("Báo sự cố, thi hành lại."), count=len(left)
        )


def may_purge_now(size_bytes: int, local: datetime) -> bool:
    """A small database is written anew in a second or two; a large one at night, when few wait for a table."""
    return size_bytes <= PURGED_AT_ONCE_BYTES or not PURGE_NOT_FROM_HOUR <= local.hour < PURGE_FROM_HOUR


def traces_purged(*, waiting: bool) -> None:
    """379/3.4: what was blanked stands in no old version of a row either."""
    if waiting:
        raise RuleViolation(
            "379/3.4",
            N_("Dấu vết trong tệp của cơ sở dữ liệu chưa xoá xong."),
            N_("Hệ thống tự làm trong ít phút, hoặc ban đêm nếu cơ sở dữ liệu lớn; xác nhận sau đó."),
        )


def neighbours_intact(damaged: Collection[UUID]) -> None:
    """379/20.2: what was not on the list is as it was."""
    if damaged:
        raise RuleViolation(
            "379/20.2",
            N_("Có {count} hồ sơ khác không còn nguyên vẹn."),
            N_("Báo sự cố, khôi phục từ bản sao lưu."),
            count=len(damaged),
        )
