"""The six samples, as data for the plain editor: what a drafter would have typed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from antin.documents.facts import DraftFields
from antin.documents.ports import Sheet
from antin.documents.samples.plan import plan_body
from antin.rulebook import queries as rulebook
from antin.values import Urgency


@dataclass(frozen=True, slots=True)
class Sender:
    """Who issues a sample: the two printed lines, place, notation, and who signs."""

    key: str
    superior_name: str
    body_name: str
    place: str
    notation: str
    signer_name: str


SENDERS = {
    "centre": Sender("centre", "BAN CHẤP HÀNH TRUNG ƯƠNG", "VĂN PHÒNG", "Hà Nội", "VPTW", "Hoàng Mẫu Giang"),
    "province": Sender("province", "", "TỈNH ỦY LẠC GIANG", "Lạc Giang", "TU", "Ngô Mẫu Sơn"),
    "organisation_board": Sender(
        "organisation_board", "TỈNH ỦY LẠC GIANG", "BAN TỔ CHỨC", "Lạc Giang", "BTCTU", "Trịnh Mẫu Phúc"
    ),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """`key` is unique; `fields` go into a draft as they are, with recipients and signatory added."""

    key: str
    sender: Sender
    fields: DraftFields

    def sheet(self, number: int | None = None, on: date | None = None, *, draft: bool = False) -> Sheet:
        """The sample as it would be printed."""
        kind = rulebook.document_type(self.fields.type_code, on)
        return Sheet(
            body_name=self.sender.body_name,
            superior_name=self.sender.superior_name,
            type_name=kind.name,
            prints_name=kind.prints_name,
            number=number,
            notation=f"{kind.notation}/{self.sender.notation}",
            place=self.sender.place,
            on=on,
            abstract=self.fields.abstract,
            body=self.fields.body,
            salutation=self.fields.salutation,
            addressees=self.fields.addressees,
            signing_capacity=self.fields.signing_capacity,
            signer_position=self.fields.signer_position,
            signer_name=self.sender.signer_name,
            urgency_label=rulebook.urgency_stamp(self.fields.urgency, on),
            secrecy_label=rulebook.secrecy_stamp(self.fields.secrecy, on),
            draft=draft,
            sample=True,
        )


@cache
def samples() -> tuple[Sample, ...]:
    """Plan, decision, letter, urgent notice, report and submission; the plan is put together from the clauses."""
    text = files("antin.documents.samples").joinpath("texts.toml").read_text(encoding="utf-8")
    return tuple(_sample(one) for one in tomllib.loads(text)["sample"])


def _sample(one: Mapping[str, Any]) -> Sample:
    return Sample(
        key=one["key"],
        sender=SENDERS[one["sender"]],
        fields=DraftFields(
            type_code=one["type"],
            abstract=one["abstract"],
            urgency=Urgency(one.get("urgency", "routine")),
            body=one["body"].strip() if "body" in one else plan_body(),
            salutation=tuple(one.get("salutation", ())),
            addressees=tuple(one["addressees"]),
            signing_capacity=one.get("capacity", ""),
            signer_position=one["position"],
        ),
    )
