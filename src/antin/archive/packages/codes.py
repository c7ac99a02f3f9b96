"""Names and codes of the form, as Circular 05/2025/TT-BNV of 14 May 2025 gives them; a later form changes this file alone.

Where the circular contradicts itself (number of fields, media types) a package is written in the fuller way and read in any.
"""

from __future__ import annotations

from types import MappingProxyType

BASIS = "Thông tư 05/2025/TT-BNV"
AIP, DIP, SIP = "AIP", "DIP", "SIP"
METS_NS = "http://www.loc.gov/METS/"
CSIP_NS = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
XLINK_NS = "http://www.w3.org/1999/xlink"
PREMIS_NS = "http://www.loc.gov/premis/v3"
XSI_NS = "http://www.w3.org/2001/XMLSchema-instance"
DESCRIPTION_ROOT = "simpledc"

METS, EAD, PREMIS = "METS.xml", "metadata/descriptive/EAD.xml", "metadata/preservation/PREMIS.xml"
REPRESENTATION = "representations/rep1"
REPRESENTATION_PREMIS = f"{REPRESENTATION}/metadata/preservation/PREMIS_rep1.xml"
PROOFS = "documentation/chung-cu"

PROFILES = MappingProxyType(
    {AIP: "http://www.ra.ee/METS/v01/IP.xml", DIP: "https://earkdip.dilcis.eu/profile/E-ARK-DIP.xml"}
)
TYPES = MappingProxyType({AIP: "Mixed", DIP: "MIXED"})

MAINTENANCE = ("01", "02", "03", "04", "05", "06", "07")
"""Kept for ever, 70, 50, 30, 20, 10 years, other: the codes that the file plan of an organisation uses too."""
MODE_OPEN, MODE_CONDITIONAL, MODE_SECRET = "01", "02", "03"
CONFIDENCE_BORN_DIGITAL, CONFIDENCE_DIGITISED, CONFIDENCE_MIXED = "01", "02", "03"
LANGUAGE_VIETNAMESE = "01"
FORMAT_GOOD = "01"
CODES = MappingProxyType(
    {
        "maintenance": frozenset(MAINTENANCE),
        "mode": frozenset({MODE_OPEN, MODE_CONDITIONAL, MODE_SECRET}),
        "confidenceLevel": frozenset({CONFIDENCE_BORN_DIGITAL, CONFIDENCE_DIGITISED, CONFIDENCE_MIXED}),
        "language": frozenset(f"{number:02d}" for number in range(1, 12)),
        "format": frozenset({"01", "02", "03"}),
        "typeName": frozenset(f"{number:02d}" for number in range(1, 33)),
    }
)
"""Fields that hold a code, and the codes there are."""

TYPE_NAMES = (
    "Nghị quyết",
    "Quyết định",
    "Chỉ thị",
    "Quy chế",
    "Quy định",
    "Thông cáo",
    "Thông báo",
    "Hướng dẫn",
    "Chương trình",
    "Kế hoạch",
    "Phương án",
    "Đề án",
    "Dự án",
    "Báo cáo",
    "Tờ trình",
    "Giấy uỷ quyền",
    "Phiếu gửi",
    "Phiếu chuyển",
    "Phiếu báo",
    "Biên bản",
    "Hợp đồng",
    "Công văn",
    "Công điện",
    "Bản ghi nhớ",
    "Bản thoả thuận",
    "Giấy mời",
    "Giấy giới thiệu",
    "Giấy nghỉ phép",
    "Thư công",
    "Bản đồ",
    "Bản vẽ",
)
"""Types of documents in the order of their codes, 01 first."""
TYPE_OTHER = "32"
REQUIRED_OF_CASE = ("arcFileCode", "title", "maintenance", "mode", "totalDoc", "confidenceLevel")
REQUIRED_OF_DOCUMENT = ("docCode", "typeName", "subject", "mode", "confidenceLevel")
REQUIRED_OF_REQUEST = ("requestID", "requestDate", "purpose")


def type_code(name: str) -> str:
    """The code of a type of documents, "32" for one that the circular does not name.

    >>> type_code("quyết định"), type_code("Cương lĩnh chính trị")
    ('02', '32')
    """
    wanted = name.strip().casefold()
    found = next((at for at, one in enumerate(TYPE_NAMES, 1) if one.casefold() == wanted), None)
    return TYPE_OTHER if found is None else f"{found:02d}"


def confidence(digitised: int, all_of_them: int) -> str:
    """How a file came to be electronic, from how many of its documents are scans of paper.

    >>> confidence(0, 3), confidence(3, 3), confidence(1, 3)
    ('01', '02', '03')
    """
    if not digitised:
        return CONFIDENCE_BORN_DIGITAL
    return CONFIDENCE_DIGITISED if digitised == all_of_them else CONFIDENCE_MIXED
