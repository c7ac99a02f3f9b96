"""Who sees which entries (ui.md §2): the role follows from the mandates, the entries from the role and the offices.

At most ten entries in three groups; a counter names boxes of `documents.queries.counts` or keys of `COUNTERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from antin.casework import queries as casework
from antin.continuity import queries as backup_queries
from antin.continuity.rules import WATCHERS as WATCH_BACKUPS
from antin.conversion import queries as conversion
from antin.documents import queries as documents
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.identity.rules.lending import WATCHERS
from antin.registry import queries as registry
from antin.reports import queries as reports
from antin.signing.archival import queries as proof_queries
from antin.signing.rules import PROOF_WATCHERS, SUBSCRIBER_READERS, TRUST_READERS
from antin.values import N_, Actor, Office
from antin.web.desk import awaiting_instruction

O = Office  # noqa: E741 (a short name keeps the table readable)


class Role(StrEnum):
    CLERK = "clerk"
    SPECIALIST = "specialist"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ROLE_WORDS = {
    Role.CLERK: N_("Văn thư"),
    Role.SPECIALIST: N_("Chuyên viên"),
    Role.LEADER: N_("Lãnh đạo"),
    Role.ADMINISTRATOR: N_("Quản trị"),
    Role.AUDITOR: N_("Kiểm tra"),
}
DECIDES_ROLE = (
    (Role.ADMINISTRATOR, {O.ADMINISTRATOR}),
    (Role.AUDITOR, {O.AUDITOR}),
    (Role.LEADER, {O.LEADER, O.APPROVER, O.SIGNATORY}),
    (Role.CLERK, {O.CLERK, O.SEAL_KEEPER}),
)
CONTENT = frozenset({O.DRAFTER, O.REVIEWER, O.APPROVER, O.SIGNATORY, O.LEADER, O.CLERK, O.SEAL_KEEPER, O.OFFICE_HEAD})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: words, address, the counters it sums, the offices that see it (none: everybody), the `g` letter."""

    words: str
    href: str
    counts: tuple[str, ...] = ()
    offices: frozenset[Office] = field(default_factory=frozenset)
    key: str = ""
    hot: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    words: str
    entries: tuple[Entry, ...]


RECEIVING = Entry(N_("Tiếp nhận"), "/tiep-nhan", ("arrived",), frozenset({O.CLERK}), "t")
ISSUING = Entry(
    N_("Chờ phát hành"), "/phat-hanh", ("to_form_check", "to_seal", "to_issue"), frozenset({O.CLERK, O.SEAL_KEEPER}), "p",
    short=N_("Phát hành"),
)  # fmt: skip
SEND_DUE = Entry(
    N_("Hạn gửi trong ngày"), "/han-gui", ("send_due",), frozenset({O.CLERK}), "h", hot=True, short=N_("Hạn gửi")
)
SEND_LATE = Entry(N_("Quá hạn gửi"), "/han-gui", ("send_due",), frozenset({O.LEADER, O.OFFICE_HEAD}), "h", hot=True)
FOLLOW_UP = Entry(
    N_("Theo dõi gửi"), "/theo-doi", ("follow_up", "papers"), frozenset({O.CLERK}), "o", hot=True, short=N_("Theo dõi")
)
MY_WORK = Entry(N_("Việc của tôi"), "/viec", ("my_work",), CONTENT, "v", short=N_("Việc"))
OPINIONS = Entry(N_("Chờ góp ý"), "/gop-y", ("to_review",), CONTENT, "y", short=N_("Góp ý"))
DRAFTS = Entry(N_("Dự thảo của tôi"), "/du-thao", ("drafts",), frozenset({O.DRAFTER}), "d", short=N_("Dự thảo"))
DECISIONS = Entry(
    N_("Chờ tôi quyết"), "/quyet", ("to_approve", "to_sign", "to_instruct", "to_agree", "to_settle", "to_confirm"), frozenset({O.LEADER, O.APPROVER, O.SIGNATORY}), "q",
    short=N_("Chờ quyết"),
)  # fmt: skip
GIVEN_OUT = Entry(N_("Việc tôi giao"), "/giao-viec", ("given_out",), frozenset({O.LEADER}), "g", short=N_("Đã giao"))
INCOMING = Entry(N_("Văn bản đến"), "/van-ban-den", (), CONTENT, "n")
OUTGOING = Entry(N_("Văn bản đi"), "/van-ban-di", (), CONTENT, "i")
REGISTERS = Entry(N_("Sổ văn bản"), "/so", ("paper_copies", "scans"), frozenset({O.CLERK}), "s")
SCANS = Entry(N_("Số hoá văn bản giấy"), "/so-hoa", ("scans",), frozenset({O.CONVERTER}), "z", short=N_("Số hoá"))
CASE_FILES = Entry(N_("Hồ sơ"), "/ho-so", (), CONTENT | {O.ARCHIVIST}, "f")
ARCHIVE = Entry(
    N_("Lưu trữ"), "/luu-tru", (),
    frozenset({O.ARCHIVIST, O.APPRAISER, O.COMPETENT_AUTHORITY, O.EXECUTOR, O.AUDITOR}), "l",
)  # fmt: skip
IMPOUNDMENTS = Entry(
    N_("Sổ niêm phong"), "/niem-phong", (), frozenset({O.IMPOUNDING_AUTHORITY, O.AUDITOR, O.SECURITY_OFFICER}), "e",
    short=N_("Niêm phong"),
)  # fmt: skip
EXCHANGE = Entry(N_("Liên thông"), "/lien-thong", ("exchange",), frozenset({O.EXCHANGE_OPERATOR}), "k", hot=True)
STANDING_IN = Entry(
    N_("Uỷ quyền, vắng mặt"), "/uy-quyen", (),
    frozenset(WATCHERS), "x", short=N_("Uỷ quyền"),
)  # fmt: skip
BACKUPS = Entry(
    N_("Sao lưu, diễn tập"), "/sao-luu", ("backups_late",), WATCH_BACKUPS, "a", hot=True,
    short=N_("Sao lưu"),
)  # fmt: skip
PROOFS = Entry(
    N_("Dấu thời gian lưu trữ"), "/dau-thoi-gian", ("proofs_late",), PROOF_WATCHERS, "j", hot=True,
    short=N_("Dấu thời gian"),
)  # fmt: skip
CERTIFICATES = Entry(
    N_("Chứng thư số"), "/chung-thu", (), frozenset(SUBSCRIBER_READERS), "c",
)  # fmt: skip
VIOLATIONS = Entry(
    N_("Nghi vấn vi phạm"), "/vi-pham", ("violations",), frozenset({O.AUDITOR}), "w", hot=True, short=N_("Vi phạm")
)  # fmt: skip
STATISTICS = Entry(
    N_("Thống kê gửi, nhận"), "/thong-ke", (), frozenset({O.EXCHANGE_OPERATOR, O.SYSTEM_OWNER, O.OVERSEER, O.AUDITOR}), "r", short=N_("Thống kê")
)  # fmt: skip
TRUST = Entry(
    N_("Kho tin cậy"), "/kho-tin-cay", (), TRUST_READERS, "u",
)  # fmt: skip
AUTOMATION = Entry(
    N_("Việc tự động"), "/tu-dong", (), frozenset({O.ADMINISTRATOR, O.SECURITY_OFFICER}), short=N_("Tự động")
)  # fmt: skip
DIRECTORY = Entry(N_("Danh bạ cơ quan"), "/danh-ba", (), key="b", short=N_("Danh bạ"))
ACCOUNT = Entry(N_("Tài khoản và phiên"), "/toi", ("corrections", "incidents"), key="m", short=N_("Tài khoản"))

TODAY, PAPERS, MINE, WATCH = N_("Hôm nay"), N_("Văn bản"), N_("Của tôi"), N_("Theo dõi")
GROUPS: Mapping[Role, tuple[Group, ...]] = {
    Role.CLERK: (
        Group(TODAY, (RECEIVING, ISSUING, SEND_DUE, FOLLOW_UP)),
        Group(PAPERS, (INCOMING, OUTGOING, REGISTERS, CASE_FILES)),
        Group(MINE, (MY_WORK, ACCOUNT)),
    ),
    Role.SPECIALIST: (
        Group(TODAY, (MY_WORK, OPINIONS, DRAFTS)),
        Group(PAPERS, (INCOMING, OUTGOING, CASE_FILES, ARCHIVE, SCANS, DIRECTORY)),
        Group(MINE, (EXCHANGE, STATISTICS, BACKUPS, PROOFS, CERTIFICATES, TRUST, AUTOMATION, ACCOUNT)),
    ),
    Role.LEADER: (
        Group(TODAY, (DECISIONS, GIVEN_OUT, OPINIONS, SEND_LATE)),
        Group(PAPERS, (INCOMING, OUTGOING, CASE_FILES, ARCHIVE)),
        Group(MINE, (MY_WORK, DRAFTS, ACCOUNT)),
    ),
    Role.ADMINISTRATOR: (
        Group(WATCH, (EXCHANGE, STATISTICS, BACKUPS, PROOFS, CERTIFICATES, TRUST, AUTOMATION, DIRECTORY, STANDING_IN)),
        Group(MINE, (ACCOUNT,)),
    ),
    Role.AUDITOR: (
        Group(
            WATCH, (IMPOUNDMENTS, VIOLATIONS, ARCHIVE, STATISTICS, BACKUPS, PROOFS, CERTIFICATES, TRUST, STANDING_IN)
        ),
        Group(MINE, (ACCOUNT,)),
    ),
}

Counter = Callable[[Actor], int]
COUNTERS: dict[str, Counter] = {
    "to_instruct": lambda actor: len(awaiting_instruction(actor)),
    "to_agree": lambda actor: len(documents.agreements_waiting(actor)),
    "to_settle": lambda actor: len(registry.defects_waiting(actor)),
    "to_confirm": lambda actor: len(conversion.confirmations_waiting(actor)),
    "corrections": lambda actor: identity.open_corrections(actor),
    "violations": lambda actor: reports.open_violations(actor),
    "scans": lambda actor: conversion.scans_waiting(actor),
    "paper_copies": lambda actor: conversion.waiting_count(actor),
    "my_work": lambda actor: casework.open_count(actor),
    "send_due": lambda actor: exchange.send_clock_count(actor),
    "backups_late": lambda _: backup_queries.late_count(),
    "incidents": lambda actor: backup_queries.open_incidents(actor),
    "proofs_late": lambda _: proof_queries.late_count(),
    "exchange": lambda actor: exchange.waiting_for_operator(actor),
    "papers": lambda actor: exchange.papers_count(actor),
    "follow_up": lambda actor: sum(exchange.follow_up_counts(actor).values()),
}
"""Counters that are no box of documents, by key; a page module adds its own."""


def role_of(actor: Actor) -> Role:
    """The role a person sees the house in; it opens nothing, the rooms ask the mandates themselves."""
    held = {mandate.office for mandate in actor.mandates}
    return next((role for role, offices in DECIDES_ROLE if held & offices), Role.SPECIALIST)


def groups(actor: Actor) -> tuple[Group, ...]:
    """The role's groups with the entries that one of the offices held opens."""
    held = {mandate.office for mandate in actor.mandates}
    seen = [
        Group(group.words, tuple(e for e in group.entries if not e.offices or e.offices & held))
        for group in GROUPS[role_of(actor)]
    ]
    return tuple(group for group in seen if group.entries)


def first_page(actor: Actor) -> str:
    """Where `/` leads."""
    return groups(actor)[0].entries[0].href


def tabs(actor: Actor) -> tuple[Entry, ...]:
    """The three tabs of the phone; the fourth opens all entries."""
    return tuple(entry for group in groups(actor) for entry in group.entries)[:3]


def counts(actor: Actor, keys: Collection[str]) -> dict[str, int]:
    """The counters asked for; a key nobody counts is left out."""
    boxes = [key for key in keys if key in documents.BOXES]
    found = dict(documents.counts(actor, boxes)) if boxes else {}
    return found | {key: COUNTERS[key](actor) for key in keys if key in COUNTERS}
