"""Fonts and catalogue are made at set-up, from what is installed, the same way each time."""

from __future__ import annotations

from pathlib import Path

from fontTools.ttLib import TTFont

from antin.web import catalogue, fonts


def test_build_cuts_every_letter_and_keeps_what_is_there(tmp_path: Path) -> None:
    made = fonts.build(tmp_path)
    assert {path.stem for path in made} == {
        "be-vietnam-pro-400", "be-vietnam-pro-600", "antin-num-400", "antin-num-600", "page-400", "page-700", "page-400i",
    }  # fmt: skip
    assert sum(path.stat().st_size for path in made) < 90_000
    for path in made:
        known = set(TTFont(path).getBestCmap())
        assert known >= (fonts.DIGITS if path.stem.startswith("antin-num") else fonts.NEEDED)
    times = [path.stat().st_mtime_ns for path in made]
    assert [path.stat().st_mtime_ns for path in fonts.build(tmp_path)] == times


def test_digits_have_one_width(tmp_path: Path) -> None:
    fonts.build(tmp_path)
    font = TTFont(tmp_path / "antin-num-400.woff2")
    assert len({font["hmtx"][font.getBestCmap()[code]][0] for code in fonts.DIGITS}) == 1


def test_catalogue_compiles(tmp_path: Path) -> None:
    (tmp_path / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Đăng nhập"\nmsgstr "Sign in"\n',
        encoding="utf-8",
    )
    assert catalogue.compile_catalogue(tmp_path) == 1
    assert (tmp_path / "django.mo").read_bytes()
    assert catalogue.compile_catalogue(tmp_path / "none") == 0
