"""Hypothesis strategies for edXML messages that the strict writer accepts."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import strategies as st

from antin.exchange.edxml.model import (
    Attachment,
    Business,
    BusinessKind,
    Envelope,
    Organ,
    Receiver,
    Reference,
    Replacement,
    ResponseFor,
    Signer,
    Staff,
    Status,
    Trace,
)
from antin.values import VIETNAM, nfc

LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp", "Zs"), include_characters=" "
)


def text(limit: int, *, least: int = 0) -> st.SearchStrategy[str]:
    """Trimmed NFC text of at most `limit` characters, Vietnamese letters and XML's own signs among them."""
    return (
        st.text(st.one_of(LETTERS, st.sampled_from("ăâđêôơưĐ<>&\"']]>")), min_size=least, max_size=limit // 3 + 1)
        .map(lambda s: nfc(s).strip())
        .filter(lambda s: least <= len(s) <= limit)
    )


CODES = st.from_regex(r"[A-Z0-9]{1,4}(\.[A-Z0-9]{1,4}){0,4}", fullmatch=True)
DAYS = st.dates(date(1946, 1, 1), date(2099, 12, 31))
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)).map(  # noqa: DTZ001 (bounds are naive by contract)
    lambda d: d.replace(microsecond=0, tzinfo=VIETNAM)
)
NAMES = st.from_regex(r"[A-Za-z0-9ăđêơư ]{1,20}\.(pdf|txt|docx)", fullmatch=True).map(nfc).map(str.strip)
IDS = st.uuids().map(str)


def organs(code: st.SearchStrategy[str] = CODES) -> st.SearchStrategy[Organ]:
    return st.builds(
        Organ,
        organ_id=code,
        name=text(200, least=1),
        in_charge=text(200),
        address=text(250),
        email=text(100),
        telephone=text(20),
        fax=text(20),
        website=text(100),
    )


def _unless_empty(built: st.SearchStrategy, empty: object) -> st.SearchStrategy:
    return st.one_of(st.none(), built.filter(lambda value: value != empty))


STAFF = _unless_empty(st.builds(Staff, text(300), text(300), text(30), text(100)), Staff())
SIGNERS = _unless_empty(st.builds(Signer, text(100), text(100), text(50)), Signer())
RESPONSES = st.builds(ResponseFor, CODES, text(50), st.one_of(st.none(), DAYS), text(200, least=1))


@st.composite
def businesses(draw: st.DrawFn) -> Business:
    kind = draw(st.sampled_from(BusinessKind))
    update, replace = kind is BusinessKind.UPDATE, kind is BusinessKind.REPLACE
    return Business(
        kind=kind,
        reason=draw(text(500)),
        document_id=draw(text(200, least=1)) if kind in (BusinessKind.RECALL, BusinessKind.UPDATE) else draw(text(200)),
        information_changed=update and draw(st.booleans()),
        receivers_changed=update and draw(st.booleans()),
        receivers=tuple(draw(st.lists(st.builds(Receiver, CODES, st.booleans()), max_size=3))) if update else (),
        staff=draw(STAFF),
        paper=draw(st.one_of(st.none(), st.booleans())),
        replacements=tuple(
            draw(
                st.lists(
                    st.builds(Replacement, text(200, least=1), st.lists(CODES, max_size=3, unique=True).map(tuple)),
                    min_size=1,
                    max_size=3,
                    unique=True,
                )
            )
        )
        if replace
        else (),
    )


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    recipients = draw(st.lists(CODES, min_size=1, max_size=3, unique=True))
    ids = draw(st.lists(IDS, max_size=3, unique=True))
    names = [draw(NAMES) for _ in ids]
    embedded = draw(st.booleans())
    return Envelope(
        sender=draw(organs()),
        recipients=tuple(draw(organs(st.just(code))) for code in recipients),
        document_id=draw(text(200, least=1)),
        number=draw(st.from_regex(r"[0-9]{1,11}", fullmatch=True)),
        notation=draw(text(30, least=1)),
        subject=draw(text(500, least=1)),
        place=draw(text(50)),
        promulgated_on=draw(st.one_of(st.none(), DAYS)),
        type=draw(st.one_of(st.none(), st.integers(1, 2))),
        type_detail=draw(st.one_of(st.none(), st.integers(0, 32))),
        type_name=draw(text(100)),
        content=draw(text(500)),
        signer=draw(SIGNERS),
        due_on=draw(st.one_of(st.none(), DAYS)),
        to_places=tuple(draw(st.lists(text(150, least=1), max_size=3))),
        priority=draw(st.integers(0, 4)),
        sphere=draw(text(100)),
        typer_notation=draw(text(10)),
        promulgation_amount=draw(st.one_of(st.none(), st.integers(0, 999))),
        page_amount=draw(st.one_of(st.none(), st.integers(0, 999))),
        appendixes=tuple(draw(st.lists(text(100, least=1), max_size=2))),
        steering=draw(st.one_of(st.none(), st.integers(0, 3))),
        responses=tuple(draw(st.lists(RESPONSES, max_size=2))),
        traces=tuple(draw(st.lists(st.builds(Trace, CODES, INSTANTS), min_size=1, max_size=3))),
        business=draw(businesses()),
        references=tuple(Reference(i, n, draw(text(100)), draw(text(500))) for i, n in zip(ids, names, strict=True)),
        attachments=tuple(
            Attachment(i, n, draw(st.binary(max_size=200).filter(lambda b: not b.startswith(b"PK\x03\x04"))))
            for i, n in zip(ids, names, strict=True)
        )
        if embedded
        else (),
    )


STATUSES = st.builds(
    Status,
    sender=organs(),
    response_for=RESPONSES,
    code=st.integers(0, 99).map(lambda n: f"{n:02d}"),
    at=INSTANTS,
    description=text(500),
    staff=STAFF,
)
