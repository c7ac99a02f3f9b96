"""Partners and the directory: proposed by one operator, confirmed by another, closed with a reason (217/15.2, 379/26.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from antin.exchange import ports, rules
from antin.exchange.directory import expires_at, forget, keep_certificate
from antin.exchange.lifecycle import PARTNER
from antin.exchange.models import DirectoryEntry, Dispatch, Partner
from antin.exchange.sheets.onboarding import enter_listed
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, fold, sha256_hex


@dataclass(frozen=True, slots=True)
class OrganisationEntry:
    """One organisation reached at a partner; `certificate_der` is that of its exchange key."""

    code: str
    name: str
    certificate_der: bytes
    old_code: str = ""
    group: str = ""


def propose_partner(
    *,
    actor: Actor,
    name: str,
    url: str,
    node_certificate_der: bytes,
    host_code: str,
    organisations: Sequence[OrganisationEntry] = (),
    agreement: str = "",
    is_self: bool = False,
) -> UUID:
    """A partner awaiting a second operator's confirmation; its organisations are listed with it.

    RuleViolation when the address is not https, a code is malformed or stands in the directory already.
    """
    step = PARTNER.step("", "propose_partner")
    rules.require_operator(actor, step)
    if not url.startswith("https://"):
        raise RuleViolation("379/22.1", N_("Địa chỉ kết nối phải là https."), N_("Sửa địa chỉ."))
    with transaction.atomic():
        partner = Partner.objects.create(
            name=name,
            url=url.rstrip("/"),
            state=step.to,
            is_self=is_self,
            host_code=host_code,
            node_certificate=sha256_hex(node_certificate_der),
            node_expires_at=expires_at(node_certificate_der),
            agreement=agreement,
            proposed_by=actor.person_id,
            proposed_at=ports.bound().clock.now(),
        )
        for organisation in organisations:
            _enter(partner, organisation)
        _tell("exchange.partner.proposed", actor, partner, clause="217/15.2")
    return partner.id


def confirm_partner(*, actor: Actor, partner_id: UUID, fingerprint: str) -> None:
    """The partner becomes active, and what its sheet lists comes into the directory.

    `fingerprint`: the node certificate's SHA-256 as the second operator read it aloud.
    """
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(id=partner_id)
        step = PARTNER.step(partner.state, "confirm_partner")
        rules.require_operator(actor, step)
        rules.second_person(partner.proposed_by, actor.person_id)
        if fingerprint.replace(":", "").replace(" ", "").lower() != partner.node_certificate:
            raise RuleViolation(
                "379/26.2", N_("Dấu vân tay chứng thư của điểm kết nối không khớp."), N_("Đối chiếu lại với bên kia.")
            )
        partner.state = step.to
        partner.confirmed_by = actor.person_id
        partner.confirmed_at = ports.bound().clock.now()
        partner.save()
        enter_listed(partner)
        _tell("exchange.partner.confirmed", actor, partner, clause="379/26.2")


def close_partner(*, actor: Actor, partner_id: UUID, reason: str, end: bool = False) -> None:
    """Suspends a partner (its dispatches wait) or ends it for good; `reason` must be given."""
    if not reason.strip():
        raise RuleViolation("379/29.1", N_("Cần nêu lý do ngừng kết nối."), N_("Nêu lý do."))
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(id=partner_id)
        step = PARTNER.step(partner.state, "close_partner(end)" if end else "close_partner(suspend)")
        rules.require_operator(actor, step)
        if end and Dispatch.objects.filter(partner=partner, state="queued", channel="party_network").exists():
            raise RuleViolation(
                "217/15.2", N_("Còn văn bản chờ gửi cho nơi này."), N_("Gửi giấy hoặc chờ gửi xong rồi kết thúc.")
            )
        partner.state, partner.closed_reason = step.to, reason
        partner.save()
        _tell("exchange.partner.closed", actor, partner, reason=reason, clause="217/15.2")


def enter_organisation(*, actor: Actor, partner_id: UUID, organisation: OrganisationEntry) -> None:
    """Adds an organisation to a partner, or gives one that is there its new name or certificate."""
    rules.require_operator(actor, PARTNER.step("", "propose_partner"))
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(id=partner_id)
        _enter(partner, organisation)
        _tell("exchange.partner.proposed", actor, partner, clause="379/2.3", code=organisation.code)


def found_partner(
    *,
    actor: Actor,
    name: str,
    url: str,
    node_certificate_der: bytes,
    host_code: str,
    organisations: Sequence[OrganisationEntry],
    is_self: bool = False,
) -> UUID:
    """Founding an installation: its own entry and its first partners, by the system alone; safe to repeat."""
    if actor.office is not Office.SYSTEM:
        raise RuleViolation("379/5.6", N_("Chỉ dùng khi lập bản cài đặt."), N_("Dùng đề nghị và xác nhận kết nối."))
    fingerprint = sha256_hex(node_certificate_der)
    with transaction.atomic():
        known = Partner.objects.filter(node_certificate=fingerprint).exclude(state="ended").first()
        if known is not None:
            for organisation in organisations:
                _enter(known, organisation)
            transaction.on_commit(forget)
            return known.id
        partner_id = propose_partner(
            actor=actor,
            name=name,
            url=url,
            node_certificate_der=node_certificate_der,
            host_code=host_code,
            organisations=organisations,
            is_self=is_self,
        )
        confirm_partner(actor=actor, partner_id=partner_id, fingerprint=fingerprint)
    return partner_id


def _enter(partner: Partner, organisation: OrganisationEntry) -> None:
    if not rules.CODE.fullmatch(organisation.code):
        raise RuleViolation(
            "379/2.3", N_("Mã định danh “{code}” không hợp lệ."), N_("Sửa mã định danh."), code=organisation.code
        )
    certificate = keep_certificate(organisation.certificate_der, organisation.code)
    found = DirectoryEntry.objects.filter(code=organisation.code).first()
    if found is not None and found.partner_id != partner.id:
        raise RuleViolation(
            "379/2.3",
            N_("Mã định danh {code} đã thuộc một nơi khác."),
            N_("Kiểm tra lại danh bạ."),
            code=organisation.code,
        )
    found = found or DirectoryEntry(
        partner=partner, code=organisation.code, position=DirectoryEntry.objects.filter(partner=partner).count()
    )
    found.old_code, found.name, found.group = organisation.old_code, organisation.name, organisation.group
    found.certificate = certificate
    found.folded = fold(" ".join((organisation.name, organisation.code, organisation.old_code, organisation.group)))
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:
        raise RuleViolation(
            "379/2.3", N_("Mã định danh {code} bị trùng."), N_("Kiểm tra lại danh bạ."), code=organisation.code
        ) from None


def _tell(act: str, actor: Actor, partner: Partner, *, clause: str, reason: str = "", code: str = "") -> None:
    """The ledger entry; and what this process kept of the directory is stale from the commit on."""
    transaction.on_commit(forget)
    ledger.append(
        act,
        actor,
        object_kind="partner",
        object_id=partner.id,
        facts={"node_certificate": partner.node_certificate, "state": partner.state, "code": code},
        detail={"name": partner.name, "url": partner.url},
        reason=reason,
        clause=clause,
    )
