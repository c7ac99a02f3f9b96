"""The command that checks a file alone: exit codes, formats, and nothing of Django or a database behind it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from antin.signing.command import validate_file
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


def test_validate_file_runs_without_django_and_without_network(shared: House, files: Path):
    program = (
        "import sys, socket\n"
        "socket.socket.connect = lambda *a: (_ for _ in ()).throw(AssertionError('network'))\n"
        "from antin.signing.command import validate_file\n"
        f"code, text = validate_file({str(files / 'good.pdf')!r}, at={NOW.isoformat()!r}, trust_dir={str(shared.authority.trust_dir)!r})\n"
        "assert 'django' not in sys.modules, 'django'\n"
        "sys.exit(code)\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "ANTIN"))}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
