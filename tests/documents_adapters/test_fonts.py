"""Three sources of the serif, each pinned by folder and proven to hold Vietnamese."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from fontTools import subset
from fontTools.ttLib import TTFont

from antin.documents.adapters import fonts
from antin.documents.adapters.typst_layout import TypstLayout
from antin.documents.ports import Sheet

needs_tinos = pytest.mark.skipif(not fonts.DEBIAN_TINOS.is_dir(), reason="fonts-croscore is not installed")


def shown_fonts(pdf: bytes) -> set[str]:
    done = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True)
    return {line.split()[0].split("+")[-1].split("-")[0] for line in done.stdout.decode().splitlines()[2:]}


@pytest.fixture
def times(tmp_path: Path) -> Path:
    """A folder as a site with a licence would have it: four faces called Times New Roman."""
    for path in fonts.DEBIAN_TINOS.glob("Tinos-*.ttf"):
        font = TTFont(path)
        for record in font["name"].names:
            record.string = str(record).replace("Tinos", "Times New Roman" if record.nameID != 6 else "TimesNewRoman")
        font.save(tmp_path / path.name.replace("Tinos", "times"))
    return tmp_path


def test_vietnamese_letters_are_134() -> None:
    assert len(set(fonts.vietnamese_letters())) == 134


@needs_tinos
def test_load_without_a_folder_takes_tinos_and_the_page_shows_it_alone(sheet: Sheet) -> None:
    serif = fonts.load()
    assert serif.family == "Tinos"
    assert shown_fonts(TypstLayout(serif=serif).lay_out(sheet).pdf) == {"Tinos"}


@needs_tinos
def test_load_with_a_folder_takes_times_new_roman(times: Path, sheet: Sheet) -> None:
    assert shown_fonts(TypstLayout(times).lay_out(sheet).pdf) == {"TimesNewRoman"}


def test_load_without_tinos_takes_the_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sheet: Sheet) -> None:
    monkeypatch.setattr(fonts, "DEBIAN_TINOS", tmp_path)
    serif = fonts.load()
    assert serif.family == "Noto Serif"
    assert shown_fonts(TypstLayout(serif=serif).lay_out(sheet).pdf) == {"NotoSerif"}


@needs_tinos
def test_load_of_a_face_that_lacks_letters_names_them(times: Path) -> None:
    path = next(times.glob("times-Bold.ttf"))
    options = subset.Options(name_IDs=["*"], notdef_outline=True)
    font = subset.load_font(str(path), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(c) for c in fonts.NEEDED if c != "ế"])
    cutter.subset(font)
    font.save(path)
    with pytest.raises(fonts.FontError, match=r"lacks 1 needed letters \(U\+1EBF"):
        fonts.load(times)


def test_load_of_a_wrong_folder_is_an_error_and_no_other_source_is_taken(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontError, match="is no folder"):
        fonts.load(tmp_path / "none")
    with pytest.raises(fonts.FontError, match="lacks an upright or an italic face"):
        fonts.load(tmp_path)


@needs_tinos
def test_load_without_bold_faces_is_an_error(times: Path) -> None:
    for path in times.glob("*Bold*"):
        shutil.move(path, path.with_suffix(".gone"))
    with pytest.raises(fonts.FontError, match="bold"):
        fonts.load(times)
