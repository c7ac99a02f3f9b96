"""A letter of the State body to the centre, signed and sealed, ready for the simulated axis to bring it.

Runs once, beside the founding: python -m antin.house.demo.letter WORLD_HOME PKI_URL
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import typst
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from antin.documents.adapters import fonts
from antin.exchange.edxml.dsig import Sealer
from antin.exchange.edxml.model import Envelope, Organ, Reference, Signer, Trace
from antin.exchange.edxml.streamed import Source, written
from antin.house.demo.axis import COMMITTEE, FOLDER
from antin.house.demo.cast import CENTRE
from antin.signing import ceremony, cms
from antin.signing.adapters.http_revocation import HttpRevocation
from antin.signing.adapters.http_timestamper import HttpTimestamper
from antin.signing.ceremony import Appearance, Place
from antin.signing.pki import DemoAuthority, Issued
from antin.signing.ports import Ports
from antin.signing.trust import Trust
from antin.values import SystemClock, new_id, to_vietnam

SIGNATURE, SEAL = (395.0, 250.0, 525.0, 335.0), (345.0, 245.0, 440.0, 340.0)
NUMBER, NOTATION = "218", "UBND-VP"
ABOUT = "phối hợp thí điểm gửi, nhận văn bản điện tử qua Trục liên thông văn bản quốc gia"
PARAGRAPHS = (
    "Thực hiện kế hoạch kết nối hệ thống quản lý văn bản của các cơ quan nhà nước với hệ thống của các cơ quan Đảng, "
    "Ủy ban nhân dân tỉnh Lạc Giang (mẫu) đề nghị Văn phòng Trung ương (mẫu) phối hợp thí điểm gửi, nhận văn bản điện tử "
    "ký số qua Trục liên thông văn bản quốc gia trong quý này.",
    "Trong thời gian thí điểm, hai bên gửi văn bản không mật, có đủ chữ ký số của người có thẩm quyền và của cơ quan; bên "
    "nhận báo trạng thái xử lý tự động. Văn bản cần thu hồi được thông báo qua Trục và gỡ bỏ ở bên nhận trong ngày.",
    "Ủy ban nhân dân tỉnh cử Văn phòng Ủy ban nhân dân tỉnh làm đầu mối, đề nghị Văn phòng Trung ương (mẫu) cho ý kiến.",
)


@dataclass(frozen=True)
class Held:
    """A certificate to sign with, as the ceremony asks for it."""

    der: bytes
    chain: tuple[bytes, ...]
    key_ref: str


class Keys:
    """The port `Signer` over keys in memory: they sign this letter and are forgotten."""

    def __init__(self) -> None:
        self.issued: dict[str, Issued] = {}

    def hold(self, name: str, issued: Issued) -> Held:
        self.issued[name] = issued
        return Held(issued.certificate_der, issued.chain_ders, name)

    def sign(self, key_ref: str, data: bytes, algorithm: str) -> bytes:
        return cms.raw_sign(load_pem_private_key(self.issued[key_ref].key_pem, None), data, algorithm)  # type: ignore[arg-type]


def main(home: Path, pki_url: str) -> int:
    folder = home / FOLDER / "letters" / COMMITTEE.code
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        return 0
    authority, keys, now = DemoAuthority.open(home / "pki"), Keys(), SystemClock().now()
    pdf = _signed(_page(now), authority, keys, pki_url, now)
    draft = folder / "cong-van.new"
    draft.write_bytes(b"".join(_message(pdf, authority, keys, now)))
    draft.rename(folder / "cong-van.edxml")
    return 0


def _page(now: datetime) -> bytes:
    serif, day = fonts.load(None), to_vietnam(now)
    words = {
        "font": serif.family, "body": COMMITTEE.name.upper().replace(" (MẪU)", " (mẫu)"), "subject": ABOUT, "about": ABOUT,
        "number": f"{NUMBER}/{NOTATION}", "place": COMMITTEE.place, "to": CENTRE.organisations[0].name,
        "day": f"{day.day:02}", "month": f"{day.month:02}", "year": str(day.year),
        "paragraphs": list(PARAGRAPHS), "signer": COMMITTEE.signer,
    }  # fmt: skip
    template = files("antin.house.demo").joinpath("letter.typ").read_bytes()
    inputs = {"letter": json.dumps(words, ensure_ascii=False)}
    pdf: bytes = typst.compile(template, sys_inputs=inputs, font_paths=serif.fonts, ignore_system_fonts=True)
    return pdf


def _signed(pdf: bytes, authority: DemoAuthority, keys: Keys, pki_url: str, now: datetime) -> bytes:
    ports = Ports(
        signer=keys,
        timestamper=HttpTimestamper([f"{pki_url}/tsa"]),
        revocation=HttpRevocation(hosts={pki_url.removeprefix("http://")}),
        trust=Trust.from_dir(authority.trust_dir),
    )
    person = keys.hold("person", authority.issue_person(COMMITTEE.signer, "H98-P01", organisation=COMMITTEE.name))
    seal = keys.hold("seal", authority.issue_seal(COMMITTEE.name, COMMITTEE.code))
    asked = ceremony.prepare(
        pdf,
        role="person",
        page=1,
        box=SIGNATURE,
        certificate=person,  # type: ignore[arg-type]
        appearance=Appearance.person(COMMITTEE.signer, "CHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN", now),
        at=now,
        first=True,
        seal=Place(1, SEAL),
    )
    signed = ceremony.complete(asked, ports=ports)
    asked = ceremony.prepare(
        signed,
        role="seal",
        page=1,
        box=SEAL,
        certificate=seal,  # type: ignore[arg-type]
        appearance=Appearance.seal(COMMITTEE.name),
        at=now,
        first=False,
    )
    return ceremony.complete(asked, ports=ports)


def _message(pdf: bytes, authority: DemoAuthority, keys: Keys, now: datetime) -> Iterator[bytes]:
    centre, day = CENTRE.organisations[0], to_vietnam(now).date()
    own = keys.hold("exchange", authority.issue_exchange(COMMITTEE.name, COMMITTEE.code))
    name = f"{NUMBER}-{NOTATION}.pdf"
    message = Envelope(
        sender=Organ(COMMITTEE.code, COMMITTEE.name),
        recipients=(Organ(centre.code, centre.name),),
        document_id=f"{COMMITTEE.code},{day:%Y/%m/%d},{NUMBER}/{NOTATION}",
        number=NUMBER,
        notation=NOTATION,
        subject=f"Về việc {ABOUT}",
        place=COMMITTEE.place,
        promulgated_on=day,
        type=2,
        type_detail=18,
        type_name="Công văn",
        signer=Signer("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", COMMITTEE.signer),
        traces=(Trace(COMMITTEE.code, now),),
        references=(Reference("1", name, "application/pdf"),),
    )
    source = Source("1", name, "application/pdf", len(pdf), zlib.crc32(pdf), new_id(), lambda: [pdf])
    algorithm = cms.algorithm_of(own.der)
    return written(message, [source], Sealer(own.der, lambda data: keys.sign(own.key_ref, data, algorithm)))


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2]))
