"""What a check finds: frozen findings in words, and one verdict of them.

Good: nothing that errs and nothing left undecided. Unknown is never good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from antin.values import N_


class PackageVerdict(StrEnum):
    GOOD = "good"
    BAD = "bad"
    UNDECIDED = "undecided"


ERROR, WARNING, UNDECIDED = "error", "warning", "undecided"
SENTENCES = MappingProxyType(
    {
        "not_zip": (ERROR, N_("Không phải tệp ZIP đọc được: {why}.")),
        "bomb": (ERROR, N_("Tệp nén nở ra quá mức; không giải nén.")),
        "unsafe_name": (ERROR, N_("Tên tệp trong gói có thể ghi ra ngoài thư mục hoặc không dùng được: {where}.")),
        "twice": (ERROR, N_("Có hai mục cùng tên: {where}.")),
        "link": (ERROR, N_("Mục trong gói là liên kết hoặc tệp đặc biệt: {where}.")),
        "encrypted": (ERROR, N_("Mục trong gói bị mã hoá: {where}.")),
        "method": (ERROR, N_("Mục trong gói nén theo cách mà chuẩn không dùng: {where}.")),
        "overlap": (ERROR, N_("Các mục trong ZIP chồng lên nhau: {where}.")),
        "damaged": (ERROR, N_("Không đọc hết được, hoặc sai mã kiểm: {where}.")),
        "no_mets": (ERROR, N_("Không có METS.xml ở gốc của gói.")),
        "outside_folder": (ERROR, N_("Có tệp nằm ngoài thư mục của gói: {where}.")),
        "bad_xml": (
            ERROR,
            N_("{where} không phải XML mà chuẩn cho phép: sai cú pháp, có DTD hay thực thể, hoặc quá lớn."),
        ),
        "not_mets": (ERROR, N_("{where} không theo chuẩn METS.")),
        "no_objid": (ERROR, N_("METS.xml không có định danh gói (OBJID).")),
        "no_kind": (ERROR, N_("METS.xml không nói đây là gói SIP, AIP hay DIP.")),
        "refers_out": (ERROR, N_("{where} nêu tệp ở ngoài gói: {why}.")),
        "no_digest": (ERROR, N_("METS không ghi mã băm của {where}.")),
        "missing": (ERROR, N_("Thiếu tệp mà METS có nêu: {where}.")),
        "surplus": (ERROR, N_("Có tệp mà METS không nêu: {where}.")),
        "changed": (ERROR, N_("Mã băm của {where} khác METS: tệp đã bị thay đổi.")),
        "size": (ERROR, N_("Kích thước của {where} khác METS.")),
        "no_data": (ERROR, N_("Gói không có tệp dữ liệu nào trong representations/.")),
        "no_premis": (ERROR, N_("Gói lưu trữ (AIP) phải có PREMIS, ở đây không có.")),
        "not_premis": (ERROR, N_("{where} không theo chuẩn PREMIS 3.0.")),
        "premis_differs": (ERROR, N_("PREMIS ghi mã băm khác của {where}.")),
        "premis_silent": (WARNING, N_("PREMIS không nói gì về {where}.")),
        "no_description": (ERROR, N_("Thiếu mô tả metadata/descriptive/EAD.xml.")),
        "not_description": (ERROR, N_("{where} không phải mô tả <simpledc> của Thông tư 05/2025/TT-BNV.")),
        "no_field": (WARNING, N_("{where} thiếu trường {why}.")),
        "bad_code": (WARNING, N_("{where} có mã không thuộc danh mục: {why}.")),
        "weak_digest": (UNDECIDED, N_("{where} chỉ có mã băm {why}, không đủ để kết luận.")),
        "limits": (UNDECIDED, N_("Vượt giới hạn kiểm tra ở đây: {where}.")),
        "no_answer": (UNDECIDED, N_("Không đọc xong {where} trong giới hạn thời gian và bộ nhớ.")),
        "unread": (UNDECIDED, N_("Còn phát hiện khác không liệt kê: {where}.")),
    }
)
"""By code: how much a finding weighs, and the sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `where`: a path in the package as it stands there, cut to 200 signs; `why`: what else is to be told."""

    code: str
    where: str = ""
    why: str = ""

    @property
    def weight(self) -> str:
        return SENTENCES[self.code][0]

    @property
    def message(self) -> str:
        """The sentence with its places, for a translation; `facts` fill them."""
        return SENTENCES[self.code][1]

    @property
    def facts(self) -> Mapping[str, str]:
        return {"where": self.where, "why": self.why}

    def text(self) -> str:
        return self.message.format(**self.facts)


@dataclass(frozen=True, slots=True)
class Described:
    """A document as the package describes it."""

    code: str
    number: str
    issued_on: str
    abstract: str


@dataclass(frozen=True, slots=True)
class PackageReport:
    """The outcome. `kind`: AIP, DIP, SIP or what METS says; `size` of the ZIP and `unpacked` in bytes; `sha256` of the ZIP."""

    sha256: str
    size: int
    objid: str = ""
    kind: str = ""
    title: str = ""
    files: int = 0
    unpacked: int = 0
    documents: tuple[Described, ...] = ()
    document_count: int = 0
    findings: tuple[Finding, ...] = field(default=())

    @property
    def verdict(self) -> PackageVerdict:
        weights = {one.weight for one in self.findings}
        if ERROR in weights:
            return PackageVerdict.BAD
        return PackageVerdict.UNDECIDED if UNDECIDED in weights else PackageVerdict.GOOD

    def to_dict(self) -> dict[str, Any]:
        return {
            "verdict": str(self.verdict),
            "sha256": self.sha256,
            "size": self.size,
            "objid": self.objid,
            "kind": self.kind,
            "title": self.title,
            "files": self.files,
            "unpacked": self.unpacked,
            "documents": self.document_count,
            "findings": [
                {"code": one.code, "weight": one.weight, "where": one.where, "why": one.why, "text": one.text()}
                for one in self.findings
            ],
        }
