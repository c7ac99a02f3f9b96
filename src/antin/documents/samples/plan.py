"""The long sample: an implementation plan put together from the clauses' own statements.

Each article of both regulations becomes one task with its goal, what has to hold (the statements of its
clauses), who leads and until when; a table sums them up. Some twenty pages, none of it filler.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from itertools import groupby

from antin.regulation import Clause, clauses

Article = Mapping[str, str]
NO_BREAK = "\u00a0"

OPENING = """
Thực hiện quy định của Ban Bí thư về giao dịch điện tử trong hoạt động của các cơ quan, tổ chức đảng và về gửi, nhận \
văn bản điện tử trên mạng, Văn phòng ban hành Kế hoạch triển khai năm 2027 tại Văn phòng và các cơ quan, đơn vị tham \
gia thí điểm như sau:

I. MỤC ĐÍCH, YÊU CẦU

1. Đưa toàn bộ việc soạn thảo, thẩm định, phê duyệt, ký, phát hành, gửi, nhận, xử lý và lưu trữ văn bản không mật lên \
hệ thống trước ngày 31/12/2027; người dùng làm việc nhanh hơn và ít thao tác hơn so với giấy.

2. Mỗi bước xử lý chứng minh được: ai làm, lúc nào, được xác thực bằng cách gì, theo điều khoản nào. Người ngoài cuộc \
có thể tự kiểm tra bằng công cụ độc lập, không phải tin vào lời của hệ thống.

3. Không làm gián đoạn công việc đang chạy. Khi hệ thống ngừng, việc được làm tiếp bằng giấy theo phương án đã diễn tập, \
sau đó được đưa trở lại đầy đủ và đối chiếu từng văn bản.

4. Máy chỉ đề xuất. Việc có giá trị pháp lý do người có thẩm quyền xem xét và quyết định, nhất là về công tác cán bộ.

5. Mỗi nhiệm vụ nêu một cơ quan chủ trì, cơ quan phối hợp, thời hạn và cách kiểm tra. Nhiệm vụ không đo được thì không \
đưa vào Kế hoạch.

II. PHẠM VI VÀ CÁCH THỰC HIỆN

1. Kế hoạch áp dụng cho Văn phòng, Tỉnh ủy Lạc Giang (mẫu) và các đơn vị trực thuộc tham gia thí điểm. Cơ quan khác có \
thể vận dụng sau khi kết nối và được xác nhận trong danh bạ.

2. Thực hiện theo ba bước: chuẩn bị (tháng 01 đến tháng 3), vận hành song song có đối chiếu (tháng 4 đến tháng 6), vận \
hành chính thức (từ tháng 7). Hết mỗi bước có biên bản xác nhận mới sang bước sau.

3. Mỗi mục ở phần III và phần IV gồm mục tiêu, các yêu cầu phải đạt và nơi phụ trách; số trong ngoặc là điều, khoản của \
quy định được dẫn.
"""

CLOSING = """
VI. TỔ CHỨC THỰC HIỆN

1. Văn phòng làm đầu mối điều phối, hằng tháng tổng hợp tình hình từ số liệu của hệ thống, báo cáo lãnh đạo trước ngày \
05 của tháng sau; kịp thời tháo gỡ vướng mắc giữa các cơ quan, đơn vị.

2. Trung tâm Công nghệ thông tin bảo đảm hạ tầng, kết nối, sao lưu và trực kỹ thuật 24/24 giờ; chủ trì diễn tập khôi \
phục hệ thống, định danh và ký số sáu tháng một lần, báo cáo kết quả trong tháng diễn tập.

3. Ban Cơ yếu phối hợp bảo đảm chứng thư số, dấu thời gian và sản phẩm mật mã; trả lời đề nghị cấp, gia hạn, thu hồi \
trong thời hạn đã thống nhất.

4. Vụ Tổ chức chủ trì tập huấn theo vị trí việc làm: người soạn thảo, người thẩm định, người ký, văn thư, người giữ con \
dấu, lãnh đạo và quản trị; người chưa qua tập huấn chưa được giao quyền ký và phát hành.

5. Tỉnh ủy Lạc Giang (mẫu) chỉ đạo các đơn vị trực thuộc thực hiện phần việc được giao, cử đầu mối kỹ thuật và văn thư \
trực tiếp nhận văn bản, báo cáo tiến độ ngày 25 hằng tháng.

6. Kinh phí thực hiện bố trí trong dự toán năm 2027 được giao; khuyến khích dùng lại hạ tầng, thiết bị đã có.

7. Quá trình thực hiện có khó khăn, vướng mắc, các cơ quan, đơn vị phản ánh về Văn phòng để tổng hợp, báo cáo cấp có \
thẩm quyền xem xét, quyết định.
"""


def plan_body() -> str:
    """The whole text in the plain editor's grammar."""
    articles = _articles()
    return "\n".join(
        (
            OPENING.strip(),
            "\nIII. NHIỆM VỤ VỀ GIAO DỊCH ĐIỆN TỬ\n",
            *_tasks("379", articles),
            "\nIV. NHIỆM VỤ VỀ GỬI, NHẬN VĂN BẢN ĐIỆN TỬ\n",
            *_tasks("217", articles),
            "\nV. BẢNG PHÂN CÔNG VÀ THỜI HẠN\n",
            "Thời hạn là ngày hoàn thành trong năm 2027; cơ quan chủ trì chịu trách nhiệm về kết quả cuối cùng.\n",
            *_table(articles),
            "",
            CLOSING.strip(),
        )
    )


def _articles() -> dict[str, Article]:
    text = files("antin.documents.samples").joinpath("articles.toml").read_text(encoding="utf-8")
    return {one["id"]: one for one in tomllib.loads(text)["article"]}


def _article_of(clause: Clause) -> str:
    return clause.id.split(".")[0]


def _tasks(regulation: str, articles: Mapping[str, Article]) -> Iterable[str]:
    known = [one for one in clauses().values() if one.id.startswith(f"{regulation}/")]
    for index, (article, members) in enumerate(groupby(known, key=_article_of), 1):
        words = articles[article]
        yield f"\n# {index}. {words['title']}\n"
        yield f"Mục tiêu: {words['goal']}\n"
        yield from _requirements(tuple(members))
        yield f"Chủ trì: {words['lead']}. Phối hợp: {words['support']}. Thời hạn:{NO_BREAK}{words['due']}/2027.\n"


def _requirements(members: tuple[Clause, ...]) -> Iterable[str]:
    """What has to hold, as a list; headings of the text and the words it explains are gathered in one line."""
    required = [one for one in members if one.kind != "definition"]
    explained = [
        one for one in members if one.kind == "definition" and not one.statement_vi.startswith(("Đề mục", "Mở đầu"))
    ]
    for one in required:
        yield f"- {_said(one)} ({_cited(one.id)}).\n"
    if explained:
        yield "Cách hiểu thống nhất:\n"
    for one in explained:
        yield f"- {one.statement_vi}\n"


def _said(clause: Clause) -> str:
    """The statement without its remark on what software can't do, which is no task."""
    return re.sub(r"; [^;]*(?:phần mềm|bộ nối|chỗ nối)[^;]*$", "", clause.statement_vi.rstrip("."))


def _cited(clause_id: str) -> str:
    """`379/12.2.a` as it is said: "điểm a khoản 2 Điều 12"."""
    rest = clause_id.split("/")[1]
    article, *parts = [part for part in rest.split(".") if not part.startswith("p")]
    names = ["khoản", "điểm"]
    said = [f"{name} {part}" for name, part in zip(names, parts, strict=False)]
    return " ".join([*reversed(said), f"Điều {article}"]).replace(" ", NO_BREAK)


def _table(articles: Mapping[str, Article]) -> Iterable[str]:
    yield "| TT | Nhiệm vụ | Căn cứ | Chủ trì | Phối hợp | Thời hạn |"
    for index, (article, words) in enumerate(articles.items(), 1):
        regulation, number = article.split("/")
        yield (
            f"| {index} | {words['title']} | Điều {number} QĐ {regulation} | {words['lead']} "
            f"| {words['support']} | {words['due']} |"
        )
