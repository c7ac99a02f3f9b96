"""Lays a file plan and a case file on the shelves of one installation of the demonstration world, once."""

from __future__ import annotations

from dataclasses import dataclass

from antin.casework import acts as casework
from antin.casework import queries
from antin.documents import queries as documents
from antin.house.demo.staff import Staff
from antin.identity import queries as identity

BASIS = "Bảng thời hạn bảo quản của cơ quan (mẫu)"
HEADINGS = (
    ("TH.01", "Tổng hợp, chỉ đạo chung", "01"),
    ("CĐS.02", "Chuyển đổi số", "05"),
    ("HC.03", "Hành chính, hội nghị", "06"),
)
DOCUMENTS = 3


@dataclass(frozen=True, slots=True)
class Shelf:
    """Whose plan: the clerk who keeps it, the specialist who keeps a case file under its second heading."""

    clerk: str
    keeper: str
    title: str


SHELVES = {
    "trung-uong": Shelf("chi.le", "an.nguyen", "Triển khai ký số và gửi, nhận văn bản điện tử (mẫu)"),
    "lac-giang": Shelf("lan.vu", "minh.bui", "Thực hiện chuyển đổi số của Tỉnh ủy (mẫu)"),
}


def lay(staff: Staff, installation: str) -> None:
    """What an interrupted run left is found and taken further."""
    shelf = SHELVES[installation]
    body = identity.person(staff.person_id(shelf.clerk)).organisation_id
    known = {one.code for one in queries.file_plan(body)}
    for code, title, retention in HEADINGS:
        if code not in known:
            casework.open_file_class(
                actor=staff.actor(shelf.clerk),
                organisation_id=body,
                code=code,
                title=title,
                retention=retention,
                basis=BASIS,
            )
    keeper = staff.actor(shelf.keeper)
    heading = queries.file_plan(body)[0].id
    mine = queries.case_files(keeper).rows
    case = mine[0].id if mine else casework.open_case_file(actor=keeper, class_id=heading, title=shelf.title).id
    for row in documents.listing(keeper, box="mine", limit=DOCUMENTS).rows:
        casework.place_in_case_file(actor=keeper, case_file_id=case, document_id=row.id)
