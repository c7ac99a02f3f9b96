"""Who is in the demonstration world. Every name is invented and says so ("mẫu")."""

from __future__ import annotations

from dataclasses import dataclass

from antin.values import Office

O = Office  # noqa: E741 (a short name keeps the cast readable)


@dataclass(frozen=True, slots=True)
class PersonSpec:
    login: str
    name: str
    position: str
    offices: tuple[Office, ...]
    capacity: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationSpec:
    """`superior` and `body` are the two printed lines at the head of its documents."""

    code: str
    old_code: str
    name: str
    name_en: str
    short_name: str
    kind: str
    level: str
    superior: str
    body: str
    notation: str
    place: str
    people: tuple[PersonSpec, ...]
    parent: str = ""


@dataclass(frozen=True, slots=True)
class InstallationSpec:
    name: str
    title: str
    organisations: tuple[OrganisationSpec, ...]


STAFF = (O.DRAFTER, O.REVIEWER)
REGISTRY = (O.CLERK, O.SEAL_KEEPER)
HEAD = (O.LEADER, O.REVIEWER, O.APPROVER, O.SIGNATORY)

CENTRE = InstallationSpec(
    "trung-uong",
    "Văn phòng Trung ương (mẫu)",
    (
        OrganisationSpec(
            "A99.01", "000.00.01.A99", "Văn phòng Trung ương (mẫu)", "Central Office (sample)", "Văn phòng TW (mẫu)",
            "organisation", "central", "BAN CHẤP HÀNH TRUNG ƯƠNG", "VĂN PHÒNG", "VPTW", "Hà Nội",
            (
                PersonSpec("an.nguyen", "Nguyễn Mẫu An", "Chuyên viên Vụ Tổng hợp", STAFF),
                PersonSpec("binh.tran", "Trần Mẫu Bình", "Vụ trưởng Vụ Tổng hợp", (O.DRAFTER, O.REVIEWER, O.LEADER, O.APPRAISER)),
                PersonSpec("dung.pham", "Phạm Mẫu Dung", "Phó Vụ trưởng Vụ Pháp chế", (*STAFF, O.EXECUTOR, O.SUBSCRIBER_MANAGER, O.SECURITY_OFFICER)),
                PersonSpec("chi.le", "Lê Mẫu Chi", "Văn thư, giữ con dấu", REGISTRY),
                PersonSpec("giang.hoang", "Hoàng Mẫu Giang", "Phó Chánh Văn phòng", (*HEAD, O.COMPETENT_AUTHORITY, O.SYSTEM_OWNER), "K/T CHÁNH VĂN PHÒNG"),
                PersonSpec("luu.phan", "Phan Mẫu Lưu", "Lưu trữ Văn phòng, số hoá", (O.ARCHIVIST, O.CONVERTER)),
                PersonSpec("quan.tri.tw", "Đỗ Mẫu Quân", "Quản trị kỹ thuật, liên thông", (O.ADMINISTRATOR, O.EXCHANGE_OPERATOR)),
                PersonSpec("kiem.tra.tw", "Vũ Mẫu Kiểm", "Kiểm tra, giám sát", (O.AUDITOR, O.IMPOUNDING_AUTHORITY)),
            ),
        ),
    ),
)  # fmt: skip

PROVINCE = InstallationSpec(
    "lac-giang",
    "Tỉnh ủy Lạc Giang (mẫu)",
    (
        OrganisationSpec(
            "A98.01", "000.00.01.A98", "Tỉnh ủy Lạc Giang (mẫu)", "Lac Giang Provincial Committee (sample)", "Tỉnh ủy Lạc Giang (mẫu)",
            "organisation", "provincial", "", "TỈNH ỦY LẠC GIANG", "TU", "Lạc Giang",
            (
                PersonSpec("lan.vu", "Vũ Mẫu Lan", "Văn thư Văn phòng Tỉnh ủy", REGISTRY),
                PersonSpec("khanh.do", "Đỗ Mẫu Khánh", "Chánh Văn phòng Tỉnh ủy", (O.LEADER, O.OFFICE_HEAD, O.REVIEWER, O.APPROVER, O.APPRAISER)),
                PersonSpec("minh.bui", "Bùi Mẫu Minh", "Chuyên viên Phòng Tổng hợp", (*STAFF, O.EXECUTOR)),
                PersonSpec("nga.dang", "Đặng Mẫu Nga", "Chuyên viên Phòng Cơ yếu - Công nghệ thông tin", (*STAFF, O.EXCHANGE_OPERATOR, O.SUBSCRIBER_MANAGER, O.SECURITY_OFFICER)),
                PersonSpec("quy.mai", "Mai Mẫu Quý", "Lưu trữ Tỉnh ủy, số hoá", (O.ARCHIVIST, O.CONVERTER)),
                PersonSpec("tam.ho", "Hồ Mẫu Tâm", "Ủy viên Ủy ban Kiểm tra Tỉnh ủy", (O.AUDITOR, O.IMPOUNDING_AUTHORITY)),
                PersonSpec("son.ngo", "Ngô Mẫu Sơn", "Phó Bí thư Tỉnh ủy", (*HEAD, O.COMPETENT_AUTHORITY, O.SYSTEM_OWNER), "T/M BAN THƯỜNG VỤ"),
            ),
        ),
        OrganisationSpec(
            "A98.01.02", "000.02.01.A98", "Ban Tổ chức Tỉnh ủy Lạc Giang (mẫu)", "Organisation Board of Lac Giang (sample)", "Ban Tổ chức Tỉnh ủy (mẫu)",
            "unit", "provincial", "TỈNH ỦY LẠC GIANG", "BAN TỔ CHỨC", "BTCTU", "Lạc Giang",
            (
                PersonSpec("hoa.ly", "Lý Mẫu Hoa", "Văn thư Ban Tổ chức", (*REGISTRY, O.DRAFTER)),
                PersonSpec("phuc.trinh", "Trịnh Mẫu Phúc", "Phó Trưởng ban Tổ chức", (*HEAD, O.DRAFTER), "K/T TRƯỞNG BAN"),
            ),
            parent="A98.01",
        ),
        OrganisationSpec(
            "A98.01.15", "000.15.01.A98", "Đảng ủy phường An Mẫu (mẫu)", "Party Committee of An Mau Ward (sample)", "Đảng ủy phường An Mẫu (mẫu)",
            "unit", "grassroots", "TỈNH ỦY LẠC GIANG", "ĐẢNG ỦY PHƯỜNG AN MẪU", "ĐU", "An Mẫu",
            (
                PersonSpec("thu.cao", "Cao Mẫu Thu", "Văn thư Đảng ủy phường", (*REGISTRY, O.DRAFTER)),
                PersonSpec("viet.duong", "Dương Mẫu Việt", "Bí thư Đảng ủy phường", (*HEAD, O.DRAFTER), "T/M BAN THƯỜNG VỤ"),
            ),
            parent="A98.01",
        ),
    ),
)  # fmt: skip

INSTALLATIONS = (CENTRE, PROVINCE)
