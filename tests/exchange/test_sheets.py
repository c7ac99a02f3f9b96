"""The directory between installations: signed, numbered, dated sheets; keys that follow one another; onboarding on two sides; closures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.archipelago import Island, Sea
from tests.exchange.scene import NAMES, RECIPIENT, SENDER, STRANGER, actor

from antin.exchange import acts, claims, directory, ports
from antin.exchange.models import DirectoryEntry, Dispatch, HeldSheet, Irregularity, Partner
from antin.exchange.ports import Request, Unreached
from antin.exchange.sheets import asking, closures, onboarding, own, taking
from antin.exchange.sheets.form import Closure, Following, Organ, Sheet, SignedSheet, closed_until, following
from antin.ledger import queries as ledger
from antin.regulation import Indeterminate, RemoteViolation, RuleViolation
from antin.signing import acts as signing
from antin.signing import envelope
from antin.signing import ports as signing_ports
from antin.signing.pki.authority import DemoAuthority, Issued
from antin.values import Actor, Office, Urgency, sha256_hex

pytestmark = pytest.mark.clause("379/26.2", "217/15.2")
Raise = Callable[..., Sea]


@pytest.fixture
def pair(raised: Raise) -> tuple[Island, Island]:
    sea = raised(SENDER, RECIPIENT)
    here, there = sea.islands.values()
    return here, there


def partner_of(island: Island, other: Island) -> Partner:
    """The other's row as this installation has it; ashore."""
    return Partner.objects.exclude(state="ended").get(node_certificate=sha256_hex(other.node.der))


def refreshed(island: Island, other: Island) -> taking.Taken:
    with island.ashore():
        return asking.refresh(actor=Actor.system(), partner_id=partner_of(island, other).id)


def sheet_of(island: Island) -> bytes:
    with island.ashore():
        return own.own_sheet()


def operator(island: Island, name: str = "Đỗ Mẫu Quân") -> Actor:
    return actor(island.scene.organisations[island.code], Office.EXCHANGE_OPERATOR, name=name)


def re_signed(island: Island, data: bytes, **changed: object) -> bytes:
    """The sheet with something else in it, under a true signature of its host."""
    sheet = replace(SignedSheet.parse(data).open(), **changed)  # type: ignore[arg-type]
    payload = sheet.to_bytes()
    with island.ashore():
        made = envelope.sign_by_each(payload, island.scene.organisations[island.code])
    return SignedSheet(payload, tuple((sha256_hex(der), signature) for der, signature in made)).to_bytes()


# the form


def test_sheet_reads_back_as_it_was_written(pair: tuple[Island, Island]) -> None:
    here, _there = pair
    data = sheet_of(here)
    signed = SignedSheet.parse(data)
    sheet = signed.open()
    assert (sheet.host, sheet.version, sheet.url) == (SENDER, 1, here.url)
    assert sheet.node == sha256_hex(here.node.der)
    assert [organ.code for organ in sheet.organisations] == [SENDER]
    assert sheet.until - sheet.issued_at == timedelta(days=7)
    assert taking.signs_itself(signed, sheet)
    assert sheet_of(here) == data, "the same sheet while nothing changed"


@given(at=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
def test_form_takes_no_other_bytes(at: int, flip: int) -> None:
    data = bytearray(WRITTEN)
    data[at % len(data)] ^= flip
    try:
        read = SignedSheet.parse(bytes(data))
        sheet = read.open()
    except RemoteViolation:
        return
    assert read.to_bytes() == bytes(data)
    assert sheet.to_bytes() == read.payload


def _written() -> bytes:
    at = datetime(2026, 11, 26, 8, tzinfo=UTC)
    sheet = Sheet(
        host="A99.01", version=3, issued_at=at, until=at + timedelta(days=7), url="https://tw.mau", node="ab" * 32,
        next_node="", parcel_bytes=1000, closures=(Closure(at, at + timedelta(hours=1), "Thay máy"),),
        organisations=(Organ("A99.01", "", "Văn phòng (mẫu)", "Mẫu", (b"der",)),),
    )  # fmt: skip
    return SignedSheet(sheet.to_bytes(), (("cd" * 32, b"signature"),)).to_bytes()


WRITTEN = _written()


@pytest.mark.parametrize(
    ("held", "version", "same", "expected"),
    [
        (None, 1, True, Following.NEWER),
        ((3, ""), 4, False, Following.NEWER),
        ((3, ""), 3, True, Following.SAME),
        ((3, ""), 3, False, Following.FORKED),
        ((3, ""), 2, True, Following.OLDER),
    ],
)
def test_which_sheet_may_follow(held: tuple[int, str] | None, version: int, *, same: bool, expected: Following) -> None:
    sheet = replace(SignedSheet.parse(WRITTEN).open(), version=version)
    known = None if held is None else (held[0], sheet.content if same else "other")
    assert following(known, sheet) is expected


def test_closure_counts_while_it_lasts() -> None:
    (closure,) = SignedSheet.parse(WRITTEN).open().closures
    minute = timedelta(minutes=1)
    assert closed_until([closure], closure.start - minute) is None
    assert closed_until([closure], closure.start) == closure.end
    assert closed_until([closure], closure.end) is None


# fetched, judged, applied


def test_partner_learns_names_limits_and_address(pair: tuple[Island, Island]) -> None:
    here, there = pair
    first = refreshed(here, there)
    assert (first.version, first.changed, first.offered) == (1, True, ())
    with there.ashore():
        DirectoryEntry.objects.filter(code=RECIPIENT).update(name="Tỉnh uỷ Lạc Giang, tên mới (mẫu)", group="Tỉnh")
        directory.forget()
    with here.ashore():
        HeldSheet.objects.update(due_at=None)
        assert asking.refresh_due() == 1
        assert asking.refresh_due() == 0, "its turn comes again in an hour"
        entry = DirectoryEntry.objects.get(code=RECIPIENT)
        assert (entry.name, entry.group) == ("Tỉnh uỷ Lạc Giang, tên mới (mẫu)", "Tỉnh")
        held = HeldSheet.objects.get(partner=partner_of(here, there))
        assert held.version == 2 and held.parcel_bytes == ports.bound().limits.parcel_bytes
        told = [e for e in ledger.history(partner_of(here, there).id) if e.act == "exchange.directory.taken"]
        assert sorted(e.facts["version"] for e in told) == [1, 2]
    assert not refreshed(here, there).changed


def test_sheet_that_does_not_hold_changes_nothing(pair: tuple[Island, Island]) -> None:
    here, there = pair
    refreshed(here, there)
    good = sheet_of(there)
    signed = SignedSheet.parse(good)
    sheet = signed.open()
    wrong = {
        "altered": SignedSheet(replace(sheet, url="https://ke.gian").to_bytes(), signed.signatures).to_bytes(),
        "another's": sheet_of(here),
        "another node": re_signed(there, good, node="ef" * 32, version=9),
        "out of date": re_signed(there, good, until=sheet.issued_at - timedelta(days=1), version=9),
        "from the future": re_signed(there, good, issued_at=sheet.issued_at + timedelta(hours=1), version=9),
        "forked": re_signed(there, good, url="https://khac.mau"),
        "rubbish for a certificate": re_signed(
            there, good, version=9, organisations=(*sheet.organisations, Organ("A98.07", "", "Ban mẫu", "", (b"x",)))
        ),
    }
    with here.ashore():
        partner_id = partner_of(here, there).id
        before = list(Partner.objects.values()), list(HeldSheet.objects.values())
        for name, data in wrong.items():
            with pytest.raises(RemoteViolation):
                taking.take_sheet(actor=Actor.system(), partner_id=partner_id, data=data)
            assert before == (list(Partner.objects.values()), list(HeldSheet.objects.values())), name


def test_older_sheet_is_a_rollback_on_record(pair: tuple[Island, Island]) -> None:
    here, there = pair
    old = sheet_of(there)
    with there.ashore():
        DirectoryEntry.objects.filter(code=RECIPIENT).update(group="Khác")
        directory.forget()
    refreshed(here, there)
    carry = here.sea.carry

    def replayed(origin: Island, url: str, request: Request) -> ports.Answer:
        return ports.Answer(200, old) if request.path == asking.PATH else carry(origin, url, request)

    here.sea.carry = replayed  # type: ignore[method-assign]
    with here.ashore(), pytest.raises(RemoteViolation):
        asking.refresh(actor=Actor.system(), partner_id=partner_of(here, there).id)
    with here.ashore():
        held = HeldSheet.objects.get(partner=partner_of(here, there))
        assert held.version == 2 and held.error
        assert Irregularity.objects.filter(kind="sheet_refused", sender_code=RECIPIENT).exists()


def test_new_organisation_is_offered_and_one_that_left_is_out(pair: tuple[Island, Island]) -> None:
    here, there = pair
    der = there.scene.issued[STRANGER].certificate_der
    refreshed(here, there)
    offered = re_signed(
        there, sheet_of(there), version=2,
        organisations=(*SignedSheet.parse(sheet_of(there)).open().organisations, Organ("A98.07", "", "Ban mẫu", "", (der,))),
    )  # fmt: skip
    with here.ashore():
        partner_id = partner_of(here, there).id
        taken = taking.take_sheet(actor=Actor.system(), partner_id=partner_id, data=offered)
        assert taken.offered == ("A98.07",)
        assert directory.entry("A98.07") is None
        with pytest.raises(RuleViolation):
            onboarding.confirm_organisation(actor=here.scene.clerk(SENDER), partner_id=partner_id, code="A98.07")
        with pytest.raises(RuleViolation):
            onboarding.confirm_organisation(actor=operator(here), partner_id=partner_id, code="A98.99")
        onboarding.confirm_organisation(actor=operator(here), partner_id=partner_id, code="A98.07")
        assert directory.entry("A98.07") is not None
        left = taking.take_sheet(
            actor=Actor.system(), partner_id=partner_id, data=re_signed(there, sheet_of(there), version=3)
        )
        assert left.withdrawn == ("A98.07",)
        assert directory.entry("A98.07") is None


def test_code_of_another_partner_is_never_taken_over(raised: Raise) -> None:
    here, there, _third = raised(SENDER, RECIPIENT, STRANGER).islands.values()
    refreshed(here, there)
    der = there.scene.issued[RECIPIENT].certificate_der
    greedy = re_signed(
        there, sheet_of(there), version=2,
        organisations=(*SignedSheet.parse(sheet_of(there)).open().organisations, Organ(STRANGER, "", "Mạo danh", "", (der,))),
    )  # fmt: skip
    with here.ashore():
        partner_id = partner_of(here, there).id
        taking.take_sheet(actor=Actor.system(), partner_id=partner_id, data=greedy)
        with pytest.raises(RuleViolation):
            onboarding.confirm_organisation(actor=operator(here), partner_id=partner_id, code=STRANGER)
        entry = directory.entry(STRANGER)
        assert entry is not None and entry.name == NAMES[STRANGER]


# keys that follow one another


@pytest.fixture
def renewed(pki: DemoAuthority) -> Issued:
    return pki.issue_exchange(NAMES[SENDER], SENDER, key="rsa2048")


def roll(island: Island, newer: Issued) -> None:
    """The organisation has a new exchange key, as after a renewal; both are in use."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    signer = signing_ports.bound().signer
    signer._loaded["exchange-newer"] = load_pem_private_key(newer.key_pem, None)  # type: ignore[attr-defined]
    with island.ashore():
        signing.note_certificate(
            actor=Actor.system(), holder_kind="organisation", holder_id=island.scene.organisations[island.code],
            certificate_der=newer.certificate_der, chain_der=newer.chain_ders, key_ref="exchange-newer", purpose="exchange",
        )  # fmt: skip
    envelope.forget()
    directory.forget()


@pytest.mark.clause("217/13.1")
def test_post_goes_on_while_one_key_follows_another(pair: tuple[Island, Island], renewed: Issued) -> None:
    here, there = pair
    refreshed(there, here)
    with here.ashore():
        waiting = here.scene.queued(RECIPIENT)
    roll(here, renewed)
    with there.ashore():
        HeldSheet.objects.update(asked_at=None)
    with here.ashore():
        fresh = here.scene.queued(RECIPIENT)
    here.work()
    with here.ashore():
        assert {row.state for row in Dispatch.objects.filter(id__in=(waiting.id, fresh.id))} == {"arrived"}
    with there.ashore():
        entry = directory.entry(SENDER)
        assert entry is not None and entry.next_certificate is not None
        assert entry.certificate.sha256 == sha256_hex(renewed.certificate_der)


@pytest.mark.clause("217/13.1")
def test_unknown_key_is_not_refused_while_the_sheet_cannot_be_had(pair: tuple[Island, Island], renewed: Issued) -> None:
    here, there = pair
    roll(here, renewed)
    carry = here.sea.carry

    def silent(origin: Island, url: str, request: Request) -> ports.Answer:
        if request.path == asking.PATH:
            raise Unreached("TimeoutError: no complete answer in time")
        return carry(origin, url, request)

    here.sea.carry = silent  # type: ignore[method-assign]
    with here.ashore():
        dispatch = here.scene.queued(RECIPIENT)
    here.work()
    with here.ashore():
        dispatch.refresh_from_db()
        assert (dispatch.state, dispatch.last_error) == ("sent", "HTTP 503 without a signed answer")
    here.sea.carry = carry  # type: ignore[method-assign]
    with there.ashore():
        HeldSheet.objects.update(asked_at=None)
    with here.ashore():
        Dispatch.objects.update(next_attempt_at=ports.bound().clock.now())
        Partner.objects.update(failures=0, retry_at=None)
    here.work()
    with here.ashore():
        dispatch.refresh_from_db()
        assert dispatch.state == "arrived"


# what the sheet says of sending


def test_nothing_leaves_to_a_partner_whose_sheet_is_out_of_date(pair: tuple[Island, Island]) -> None:
    here, there = pair
    refreshed(here, there)
    with here.ashore():
        dispatch = here.scene.queued(RECIPIENT)
        HeldSheet.objects.update(until=ports.bound().clock.now() - timedelta(minutes=1))
    here.work()
    with here.ashore():
        dispatch.refresh_from_db()
        assert dispatch.state == "queued" and "quá hạn" in dispatch.last_error
    refreshed(here, there)
    with here.ashore():
        Dispatch.objects.update(next_attempt_at=ports.bound().clock.now())
    here.work()
    with here.ashore():
        dispatch.refresh_from_db()
        assert dispatch.state == "arrived"


@pytest.mark.clause("217/6.5")
def test_parcel_above_the_partners_limit_fails_before_it_leaves(pair: tuple[Island, Island]) -> None:
    here, there = pair
    refreshed(here, there)
    with here.ashore():
        HeldSheet.objects.update(parcel_bytes=500)
        dispatch = here.scene.queued(RECIPIENT)
    carried = here.sea.carried
    here.work()
    with here.ashore():
        dispatch.refresh_from_db()
        assert dispatch.state == "failed" and "500 byte" in dispatch.reason
    assert here.sea.carried == carried


@pytest.mark.clause("217/13.1")
def test_routine_post_waits_for_the_end_of_maintenance_and_urgent_knocks(pair: tuple[Island, Island]) -> None:
    here, there = pair
    with there.ashore():
        now = ports.bound().clock.now().replace(microsecond=0)
        span = {"start": now - timedelta(minutes=5), "end": now + timedelta(hours=2)}
        with pytest.raises(RuleViolation):
            closures.announce_closure(actor=there.scene.clerk(RECIPIENT), reason="Thay máy", **span)
        for wrong in ({**span, "end": now - timedelta(minutes=1)}, {**span, "end": now + timedelta(days=9)}):
            with pytest.raises(RuleViolation):
                closures.announce_closure(actor=operator(there), reason="Thay máy", **wrong)
        with pytest.raises(RuleViolation):
            closures.announce_closure(actor=operator(there), reason=" ", **span)
        closures.announce_closure(actor=operator(there), reason="Thay máy", **span)
    refreshed(here, there)
    with here.ashore():
        partner = partner_of(here, there)
        standing = {found: is_closed for found, _failures, is_closed in claims.standing(ports.bound().clock.now())}
        assert standing[partner.id] is True
        assert partner.id not in dict(claims.reachable(ports.bound().clock.now()))
        routine = here.scene.queued(RECIPIENT)
        urgent = here.scene.queued(RECIPIENT, urgency=Urgency.IMMEDIATE)
    here.work()
    with here.ashore():
        routine.refresh_from_db(), urgent.refresh_from_db()
        assert (routine.state, urgent.state) == ("queued", "arrived")
    with there.ashore():
        closures.withdraw_closure(actor=operator(there), start=span["start"])
        with pytest.raises(RuleViolation):
            closures.withdraw_closure(actor=operator(there), start=span["start"])
    refreshed(here, there)
    here.work()
    with here.ashore():
        routine.refresh_from_db()
        assert routine.state == "arrived"


# onboarding


@pytest.fixture
def strangers(raised: Raise) -> tuple[Island, Island]:
    """Two installations that do not know each other yet."""
    sea = raised(SENDER, RECIPIENT)
    here, there = sea.islands.values()
    for island, other in ((here, there), (there, here)):
        with island.ashore():
            DirectoryEntry.objects.filter(code=other.code).delete()
            Partner.objects.filter(node_certificate=sha256_hex(other.node.der)).delete()
    return here, there


def test_two_installations_come_to_know_each_other(strangers: tuple[Island, Island]) -> None:
    here, there = strangers
    print_ = sha256_hex(there.node.der)
    spaced = ":".join(print_[n : n + 2] for n in range(0, 64, 2)).upper()
    first, second = operator(here), operator(here, "Vũ Mẫu Hai")
    with here.ashore():
        partner_id = onboarding.propose_connection(
            actor=first, url=there.url, fingerprint=spaced, agreement="Công văn 01 (mẫu)"
        )
        assert directory.entry(RECIPIENT) is None, "nothing is listed before it is confirmed"
        with pytest.raises(RuleViolation):
            acts.confirm_partner(actor=first, partner_id=partner_id, fingerprint=print_)
        acts.confirm_partner(actor=second, partner_id=partner_id, fingerprint=spaced)
        entry = directory.entry(RECIPIENT)
        assert entry is not None and entry.partner_id == partner_id
        dispatch = here.scene.queued(RECIPIENT)
    here.work()
    with here.ashore():
        dispatch.refresh_from_db()
        assert dispatch.state != "arrived", "the other side has not confirmed yet"
    with there.ashore():
        asking_us = Partner.objects.get(node_certificate=sha256_hex(here.node.der))
        assert (asking_us.state, asking_us.proposed_by, asking_us.host_code) == ("proposed", None, SENDER)
        assert directory.entry(SENDER) is None
        with pytest.raises(RuleViolation):
            acts.confirm_partner(actor=operator(there), partner_id=asking_us.id, fingerprint="00" * 32)
        acts.confirm_partner(actor=operator(there), partner_id=asking_us.id, fingerprint=sha256_hex(here.node.der))
        assert "exchange.partner.introduced" in {e.act for e in ledger.history(asking_us.id)}
    with here.ashore():
        Dispatch.objects.update(next_attempt_at=ports.bound().clock.now())
        Partner.objects.update(failures=0, retry_at=None)
    here.work()
    with here.ashore():
        dispatch.refresh_from_db()
        assert dispatch.state == "arrived"


def test_wrong_fingerprint_or_address_connects_nobody(strangers: tuple[Island, Island]) -> None:
    here, there = strangers
    with here.ashore():
        for url, shown, wrong in (
            (there.url, "abc", RuleViolation),
            ("http://lg.mau", sha256_hex(there.node.der), RuleViolation),
            (there.url, "ab" * 32, RemoteViolation),
        ):
            with pytest.raises(wrong):
                onboarding.propose_connection(actor=operator(here), url=url, fingerprint=shown)
        here.sea.cut.add(frozenset((here.code, there.code)))
        with pytest.raises(Indeterminate):
            onboarding.propose_connection(actor=operator(here), url=there.url, fingerprint=sha256_hex(there.node.der))
        with pytest.raises(RuleViolation):
            onboarding.propose_connection(
                actor=here.scene.clerk(SENDER), url=there.url, fingerprint=sha256_hex(there.node.der)
            )
        assert not Partner.objects.filter(is_self=False).exists()


def test_introductions_are_a_nodes_own_and_not_without_end(
    strangers: tuple[Island, Island], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = strangers
    data = sheet_of(here)
    with there.ashore():
        for wrong, der in ((data, there.node.der), (data[:-20], here.node.der), (b"{}", here.node.der)):
            with pytest.raises(RemoteViolation):
                onboarding.note_introduction(wrong, der)
        assert not Partner.objects.filter(is_self=False).exists()
        onboarding.note_introduction(data, here.node.der)
        onboarding.note_introduction(data, here.node.der)
        assert Partner.objects.filter(is_self=False).count() == 1
        monkeypatch.setattr(onboarding, "OPEN_MOST", 1)
        onboarding.note_introduction(data, here.node.der)
        Partner.objects.filter(is_self=False).update(node_certificate="ab" * 32)
        with pytest.raises(Indeterminate):
            onboarding.note_introduction(data, here.node.der)
