"""One element of an edXML message: its children by local name whatever their order or prefix, its text as values.

What the standard allows once and comes twice is refused, for two readers could understand it differently; what it
does not know is noted and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from lxml import etree

from antin.exchange.edxml import NAMESPACE
from antin.exchange.edxml.model import Note
from antin.regulation import RemoteViolation
from antin.values import N_, VIETNAM, nfc

HARD_CHARS = 4_000
DAY_FORMATS = ("%Y/%m/%d", "%d/%m/%Y", "%Y-%m-%d")
INSTANT_FORMATS = ("%Y/%m/%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d")
WHOLE = re.compile(r"[0-9]{1,9}")
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"


class Node:
    """An element with the notes of its message. `known` children are those asked for before `finish`."""

    def __init__(self, element: etree._Element, notes: list[Note]) -> None:
        self.element = element
        self.notes = notes
        self.name = local(element)
        self._asked: set[str] = set()
        self._children: dict[str, list[etree._Element]] = {}
        for child in element:
            self._children.setdefault(local(child), []).append(child)

    def many(self, name: str) -> tuple[Node, ...]:
        """Every child of that name, in order."""
        self._asked.add(name)
        return tuple(Node(child, self.notes) for child in self._children.get(name, ()))

    def one(self, name: str) -> Node | None:
        """The only child of that name, or None. RemoteViolation when it stands twice."""
        found = self.many(name)
        if len(found) > 1:
            raise refused(N_("Phần tử {name} chỉ được có một lần trong {parent}."), name=name, parent=self.name)
        return found[0] if found else None

    def need(self, name: str) -> Node:
        """The only child of that name. RemoteViolation when it is missing."""
        found = self.one(name)
        if found is None:
            raise refused(N_("Thiếu phần tử {name} trong {parent}."), name=name, parent=self.name)
        return found

    def has(self, name: str) -> bool:
        return name in self._children

    def value(self, limit: int) -> str:
        """This element's own text, NFC, trimmed. Longer than the standard's limit is noted, beyond all reason refused."""
        text = nfc("".join(self.element.itertext())).strip()
        if len(text) > HARD_CHARS:
            raise refused(N_("Nội dung của {name} dài quá {limit} ký tự."), name=self.name, limit=HARD_CHARS)
        if len(text) > limit:
            self.note("long", N_("Dài hơn giới hạn của quy chuẩn."))
        return text

    def text(self, name: str, limit: int) -> str:
        """Text of the only child of that name, "" when there is none."""
        found = self.one(name)
        return found.value(limit) if found else ""

    def whole(self, name: str) -> int | None:
        """Non-negative integer, None when absent or empty; anything else is noted and read as None."""
        text = self.text(name, 20)
        if not text:
            return None
        if WHOLE.fullmatch(text):
            return int(text)
        self.note("number", N_("Không phải số nguyên."), name)
        return None

    def flag(self, name: str) -> bool:
        return self.text(name, 10).lower() in {"1", "true"}

    def day(self, name: str) -> date | None:
        """A date in any of the known spellings, None when empty. RemoteViolation for text that is no date."""
        text = self.text(name, 40)
        if not text:
            return None
        for index, pattern in enumerate(DAY_FORMATS):
            found = _parsed(text[:10], pattern)
            if found is not None:
                if index:
                    self.note("date", N_("Ngày không viết theo yyyy/MM/dd."), name)
                return found.date()
        raise refused(N_("“{text}” trong {name} không phải là ngày."), text=text, name=name)

    def instant(self, name: str) -> datetime:
        """An aware instant; text without a zone is Vietnam time. RemoteViolation when missing or not a time."""
        text = self.text(name, 40)
        for pattern in INSTANT_FORMATS:
            found = _parsed(text, pattern)
            if found is not None:
                return found
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise refused(N_("“{text}” trong {name} không phải là thời điểm."), text=text, name=name) from None
        return found if found.tzinfo else found.replace(tzinfo=VIETNAM)

    def organ_id(self, *, required: bool) -> str:
        """The OrganId child. The text "null" some gateways write counts as missing."""
        text = self.text("OrganId", 35)
        if text.lower() == "null":
            self.note("null", N_("OrganId ghi chữ “null”."))
            text = ""
        if len(text) > 35:
            raise refused(N_("OrganId dài quá 35 ký tự: “{text}”."), text=text[:60])
        if required and not text:
            raise refused(N_("Thiếu mã định danh OrganId trong {parent}."), parent=self.name)
        return text

    def finish(self) -> None:
        """Notes every child that nobody asked for."""
        for name in self._children.keys() - self._asked:
            self.note("unknown", N_("Phần tử không có trong quy chuẩn, giữ nguyên và bỏ qua."), name)

    def ask(self, names: Iterable[str]) -> None:
        """Marks names as known though nobody reads them."""
        self._asked.update(names)

    def note(self, code: str, text: str, where: str = "") -> None:
        self.notes.append(Note(code, f"{self.name}/{where}" if where else self.name, text))


def local(element: etree._Element) -> str:
    """Local name of an element of the standard's namespace; XMLDSig names are answered as they are."""
    name = etree.QName(element)
    if name.namespace not in (NAMESPACE, XMLDSIG):
        raise refused(N_("Không gian tên lạ: {namespace}."), namespace=name.namespace or "∅")
    return name.localname


def _parsed(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern).replace(tzinfo=VIETNAM)
    except ValueError:
        return None


def refused(reason: str, **facts: object) -> RemoteViolation:
    return RemoteViolation("217/7.3", reason, N_("Gửi lại thông điệp đúng quy chuẩn QCVN 102:2016."), **facts)
