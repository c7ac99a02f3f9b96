"""The command that checks a file alone: exit codes, formats, and nothing of Django or a database behind it."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typst
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from antin.cli.main import main
from antin.documents.adapters.pdf_process import PdfProcess, refusal
from antin.signing import seen_since
from antin.signing.command import PICTURED_MOST, validate_file
from antin.signing.verdict import Report

from . import tamper
from .scene import NOW, PERSON, House, later


@pytest.fixture
def files(tmp_path: Path, sealed: bytes, signed: bytes) -> Path:
    (tmp_path / "good.pdf").write_bytes(sealed)
    (tmp_path / "altered.pdf").write_bytes(tamper.update(sealed, tamper.page_content))
    (tmp_path / "broken.pdf").write_bytes(sealed[:5000])
    return tmp_path


@pytest.mark.parametrize(("name", "code"), [("good.pdf", 0), ("altered.pdf", 1), ("broken.pdf", 1), ("none.pdf", 2)])
def test_validate_file_answers_by_exit_code(shared: House, files: Path, name: str, code: int):
    answered, text = validate_file(files / name, at=NOW, trust_dir=shared.authority.trust_dir)
    assert answered == code, text
    assert text.strip()


def test_validate_file_that_can_not_be_decided_answers_three(shared: House, files: Path):
    code, text = validate_file(files / "good.pdf", at=later(days=365 * 12), trust_dir=shared.authority.trust_dir)
    assert code == 3
    assert "Chưa xác định được" in text


def test_validate_file_without_anchors_or_with_a_naive_instant_is_wrong_use(files: Path, shared: House, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    trust = shared.authority.trust_dir
    assert validate_file(files / "good.pdf")[0] == 2
    assert validate_file(files / "good.pdf", trust_dir=tmp_path / "empty")[0] == 2
    assert validate_file(files / "good.pdf", trust_dir=tmp_path / "nowhere")[0] == 2
    assert validate_file(files / "good.pdf", trust_dir=trust, at="2026-03-02T10:00:00")[0] == 2
    assert validate_file(files / "good.pdf", trust_dir=trust, at="2026-03-02T10:00:00+07:00")[0] == 0


def test_text_tells_who_when_in_what_capacity_and_by_which_anchor(shared: House, files: Path):
    _, text = validate_file(files / "good.pdf", at=NOW, trust_dir=shared.authority.trust_dir)
    for part in (
        PERSON,
        "T/M BAN THƯỜNG VỤ, PHÓ BÍ THƯ",
        "2026-03-02T09:30:15+07:00",
        "Hợp lệ",
        "B-LTA",
        "CA gốc",
        "MẪU",
    ):
        assert part in text


def test_json_is_the_whole_report(shared: House, files: Path):
    _, text = validate_file(files / "good.pdf", at=NOW, trust_dir=shared.authority.trust_dir, format="json")
    report = Report.from_dict(json.loads(text))
    assert report.is_valid
    assert len(report.signatures) == 2


def test_html_is_one_page_without_script_and_escapes_what_a_stranger_wrote(house: House, tmp_path: Path):
    evil = house.keep("evil", house.authority.issue_person("<script>alert(1)</script>", "MAU-0001"))
    (tmp_path / "evil.pdf").write_bytes(house.signed_by_person(evil, with_seal=False))
    code, page = validate_file(tmp_path / "evil.pdf", at=NOW, trust_dir=house.authority.trust_dir, format="html")
    assert code == 0
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append(tag)  # type: ignore[method-assign]
    parser.feed(page)
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert "&lt;script&gt;" in page


def report_of(shared: House, path: Path, capsys: pytest.CaptureFixture[str], kind: str = "html") -> tuple[int, str]:
    """The exit code of `antin validate` and what it prints."""
    trust = str(shared.authority.trust_dir)
    code = main(["validate", str(path), "--trust", trust, "--at", NOW.isoformat(), "--report", kind])
    return code, capsys.readouterr().out


def pictures(page: str) -> list[Image.Image]:
    found = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="">', page)
    assert page.count("<img") == len(found)
    return [Image.open(io.BytesIO(base64.b64decode(one))) for one in found]


def test_html_of_a_file_changed_after_signing_shows_both_states_with_the_difference_outlined(
    shared: House, files: Path, capsys: pytest.CaptureFixture[str]
):
    code, page = report_of(shared, files / "altered.pdf", capsys)
    assert code == 1
    then, now = pictures(page)
    assert then.size == now.size and then.convert("RGB").tobytes() != now.convert("RGB").tobytes()
    assert page.index(", lúc ký") < page.index(", hiện nay")
    assert "When signed and now" in page and "Page 1" in page
    boxes = [
        [float(n) for n in re.findall(r' (?:x|y|width|height)="([0-9.-]+)"', box)]
        for box in re.findall("<rect[^>]*>", page)
    ]
    assert len(boxes) == 2 and boxes[0] == boxes[1], "one place, on both sides"
    left, top, width, height = boxes[0]
    assert left < 5 and top + height > 995, "the black square was drawn into the lower left corner"
    assert width < 400 and height < 300
    assert not re.search(r'(?:src|href)="(?!data:image/png)', page), "nothing from outside"


def test_html_tells_when_nothing_that_changed_is_seen_and_when_nothing_can_be_drawn(
    shared: House, sealed: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "title.pdf").write_bytes(tamper.update(sealed, tamper.title))
    code, page = report_of(shared, tmp_path / "title.pdf", capsys)
    assert (code, pictures(page)) == (1, [])
    assert "Không có gì nhìn thấy được thay đổi từ khi ký." in page
    monkeypatch.setattr(PdfProcess, "differences", _refused)
    assert "Không vẽ được trang của tệp này để so." in report_of(shared, tmp_path / "title.pdf", capsys)[1]


def _refused(*_given: object, **_more: object) -> None:
    raise refusal("broken")


def test_html_bounds_pages_and_bytes_of_pictures_and_names_the_rest(
    shared: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "long.typ").write_text("= Trang\n#pagebreak()\n" * 13 + "hết")
    signed = shared.signed_by_person(pdf=typst.compile(tmp_path / "long.typ") + b"\n", with_seal=False)
    (tmp_path / "long.pdf").write_bytes(tamper.update(signed, every_page))
    _, page = report_of(shared, tmp_path / "long.pdf", capsys)
    assert len(pictures(page)) == 2 * PICTURED_MOST == 12
    assert "Còn trang khác cũng thay đổi: 7, 8, 9, 10, 11, 12" in page
    assert "Tệp dài: chỉ những trang đầu được so." in page
    monkeypatch.setattr(seen_since, "BYTES_MOST", len(page) // 3)
    assert 0 < len(pictures(report_of(shared, tmp_path / "long.pdf", capsys)[1])) < 8


def every_page(writer: IncrementalPdfFileWriter) -> None:
    square = writer.add_object(generic.StreamObject(stream_data=b"0 0 200 200 re f"))
    for reference in writer.root["/Pages"]["/Kids"]:
        page = reference.get_object()
        page[generic.pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), square])
        writer.update_container(page)


def test_page_that_was_added_or_is_gone_has_nothing_beside_it(
    shared: House, sealed: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "more.pdf").write_bytes(tamper.update(sealed, tamper.extra_page))
    _, page = report_of(shared, tmp_path / "more.pdf", capsys)
    assert len(pictures(page)) == 1
    assert "Không có trang 2." in page


@pytest.mark.parametrize(("name", "kind"), [("good.pdf", "html"), ("broken.pdf", "html"), ("altered.pdf", "text")])
def test_other_reports_hold_no_pictures(
    shared: House, files: Path, capsys: pytest.CaptureFixture[str], name: str, kind: str
):
    assert not pictures(report_of(shared, files / name, capsys, kind)[1])


def test_command_runs_without_django_and_without_network(shared: House, files: Path):
    program = (
        "import sys, socket\n"
        "socket.socket.connect = lambda *a: (_ for _ in ()).throw(AssertionError('network'))\n"
        "from antin.cli.main import main\n"
        f"trust = ['--at', {NOW.isoformat()!r}, '--trust', {str(shared.authority.trust_dir)!r}]\n"
        f"code = main(['validate', {str(files / 'good.pdf')!r}, *trust])\n"
        f"drawn = main(['validate', {str(files / 'altered.pdf')!r}, '--report', 'html', *trust])\n"
        "assert 'django' not in sys.modules, 'django'\n"
        "sys.exit(code or drawn != 1)\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "ANTIN"))}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout[:2000] + done.stderr
    assert "data:image/png" in done.stdout
