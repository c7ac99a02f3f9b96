"""A new partner: an operator proposes it with the fingerprint that the other side told, our sheet introduces us there (379/26.2).

What connects the two is the node's fingerprint, told outside the network; whatever comes over the network is only
offered. Organisations come into the directory when a person here confirms (`partners.confirm_partner`), never before:
nobody can occupy a code by asking.
"""

from __future__ import annotations

from uuid import UUID

from cryptography import x509
from django.db import transaction

from antin.exchange import directory, ports, rules
from antin.exchange.lifecycle import PARTNER
from antin.exchange.models import DirectoryEntry, Partner
from antin.exchange.ports import Destination, Request, Unreached
from antin.exchange.sheets import asking, own, taking
from antin.exchange.sheets.form import DIGEST, MEDIA_TYPE, Sheet, SignedSheet
from antin.exchange.sheets.models import HeldSheet
from antin.ledger import acts as ledger
from antin.regulation import Indeterminate, RemoteViolation, RuleViolation
from antin.values import N_, Actor, sha256_hex

PATH = "/exchange/v1/introductions"
OPEN_MOST = 50
NAME_MOST = 200


def propose_connection(*, actor: Actor, url: str, fingerprint: str, agreement: str = "") -> UUID:
    """Fetches the sheet of the node that shows this certificate, lists it as proposed, and introduces us there.

    RuleViolation for a malformed address or fingerprint; Indeterminate when the node does not answer as it should;
    RemoteViolation when its sheet is not its own. That the introduction did not arrive is no hindrance: it is sent
    again by `introduce_partner`.
    """
    step = PARTNER.step("", "propose_partner")
    rules.require_operator(actor, step)
    shown = fingerprint.replace(":", "").replace(" ", "").lower()
    if not DIGEST.fullmatch(shown):
        raise RuleViolation(
            "379/26.2", N_("Dấu vân tay SHA-256 phải có 64 chữ số hệ 16."), N_("Chép lại từ thông báo của bên đó.")
        )
    if not url.startswith("https://"):
        raise RuleViolation("379/22.1", N_("Địa chỉ kết nối phải là https."), N_("Sửa địa chỉ."))
    own.own_sheet()  # without a key of our own nobody could confirm us
    data = asking.fetched(Destination(url.rstrip("/"), frozenset({shown})))
    sheet = _own_word(data, shown)
    with transaction.atomic():
        partner = _listed(sheet, data, agreement=agreement, url=url)
        partner.proposed_by = actor.person_id
        partner.save(update_fields=["proposed_by"])
        _tell("exchange.partner.proposed", actor, partner, "217/15.2")
    introduce_partner(actor=actor, partner_id=partner.id)
    return partner.id


def introduce_partner(*, actor: Actor, partner_id: UUID) -> bool:
    """Tells the partner's node who we are; True when it took note."""
    partner = Partner.objects.get(id=partner_id)
    rules.require_operator(actor, PARTNER.step(partner.state, "introduce_partner"))
    data = own.own_sheet()
    request = Request("POST", PATH, MEDIA_TYPE, lambda: (data,), len(data))
    try:
        return ports.bound().channel.exchange(directory.destination(partner), request).status == 202
    except Unreached:
        return False


def note_introduction(data: bytes, node_der: bytes) -> None:
    """Another installation asks to be connected: kept for the operators, who compare its fingerprint (a peer's word, no more).

    RemoteViolation when the sheet is not that node's own; Indeterminate when too many ask already.
    """
    shown = sha256_hex(node_der)
    sheet = _own_word(data, shown)
    with transaction.atomic():
        waiting = Partner.objects.filter(state="proposed", proposed_by=None)
        if waiting.exclude(node_certificate=shown).count() >= OPEN_MOST:
            raise Indeterminate("217/15.2", N_("Quá nhiều nơi đang xin kết nối."), N_("Gửi lại sau."))
        known = Partner.objects.filter(node_certificate=shown).exclude(state="ended").first()
        if known is not None and known.state != "proposed":
            return
        partner = _listed(sheet, data, url=sheet.url, node_der=node_der)
        if known is None:
            _tell("exchange.partner.introduced", Actor.peer(partner.name), partner, "379/26.2")


def enter_listed(partner: Partner) -> tuple[str, ...]:
    """As the partner is confirmed: its sheet's organisations come into the directory; answers codes that others hold already."""
    held = HeldSheet.objects.filter(partner=partner).first()
    if held is None or not held.message or DirectoryEntry.objects.filter(partner=partner).exists():
        return ()
    sheet = SignedSheet.parse(bytes(held.message)).open()
    taken = set(
        DirectoryEntry.objects.filter(code__in=[one.code for one in sheet.organisations]).values_list("code", flat=True)
    )
    if sheet.host in taken:
        raise RuleViolation(
            "379/2.3",
            N_("Mã định danh {code} đã thuộc một nơi khác."),
            N_("Kiểm tra lại danh bạ."),
            code=sheet.host,
        )
    for position, organ in enumerate(one for one in sheet.organisations if one.code not in taken):
        taking.enter(partner, organ, position=position)
    return tuple(sorted(taken))


def confirm_organisation(*, actor: Actor, partner_id: UUID, code: str) -> None:
    """An organisation that the partner's sheet lists anew comes into the directory (379/26.2)."""
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(id=partner_id)
        rules.require_operator(actor, PARTNER.step(partner.state, "confirm_organisation"))
        held = HeldSheet.objects.filter(partner=partner).first()
        listed = SignedSheet.parse(bytes(held.message)).open().organisations if held and held.message else ()
        organ = next((one for one in listed if one.code == code), None)
        if organ is None:
            raise RuleViolation("379/4.4", N_("Nơi kết nối không nêu cơ quan này."), N_("Mở lại trang liên thông."))
        other = DirectoryEntry.objects.filter(code=code).exclude(partner=partner).exists()
        if other:
            raise RuleViolation(
                "379/2.3", N_("Mã định danh {code} đã thuộc một nơi khác."), N_("Kiểm tra lại danh bạ."), code=code
            )
        taking.enter(partner, organ, position=DirectoryEntry.objects.filter(partner=partner).count())
        _tell("exchange.organisation.confirmed", actor, partner, "379/26.2", code=code)


def _own_word(data: bytes, shown: str) -> Sheet:
    """The sheet, when it names the node that showed this certificate and its host signed it with what it lists."""
    signed = SignedSheet.parse(data)
    sheet = signed.open()
    now = ports.bound().clock.now()
    if shown not in {sheet.node, sheet.next_node} or now >= sheet.until or not taking.signs_itself(signed, sheet):
        raise RemoteViolation(
            "379/26.2",
            N_("Bản danh bạ không phải của máy này, đã quá hạn hoặc không có chữ ký của cơ quan chủ."),
            N_("Đối chiếu với quản trị bên đó."),
        )
    taking.names_certificates(sheet)
    return sheet


def _listed(sheet: Sheet, data: bytes, *, url: str, agreement: str = "", node_der: bytes = b"") -> Partner:
    """The proposed partner of that node, its sheet beside it."""
    host = next(one for one in sheet.organisations if one.code == sheet.host)
    partner = Partner.objects.select_for_update().filter(node_certificate=sheet.node).exclude(state="ended").first()
    if partner is not None and partner.state != "proposed":
        raise RuleViolation("217/15.2", N_("Nơi này đã kết nối."), N_("Mở lại trang liên thông."))
    partner = partner or Partner(
        state=PARTNER.step("", "propose_partner").to,
        node_certificate=sheet.node,
        proposed_at=ports.bound().clock.now(),
    )
    partner.name, partner.url, partner.host_code = host.name[:NAME_MOST], url.rstrip("/"), sheet.host
    partner.next_node_certificate, partner.agreement = sheet.next_node, agreement or partner.agreement
    if node_der:
        partner.node_expires_at = x509.load_der_x509_certificate(node_der).not_valid_after_utc
    partner.save()
    held, _made = HeldSheet.objects.get_or_create(partner=partner)
    taking.keep(held, sheet, data)
    return partner


def _tell(act: str, actor: Actor, partner: Partner, clause: str, *, code: str = "") -> None:
    transaction.on_commit(directory.forget)
    ledger.append(
        act,
        actor,
        object_kind="partner",
        object_id=partner.id,
        facts={"node_certificate": partner.node_certificate, "state": partner.state, "code": code},
        detail={"name": partner.name, "url": partner.url},
        clause=clause,
    )
