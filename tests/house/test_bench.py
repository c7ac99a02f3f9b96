"""`antin bench`: every measurement runs, whatever became of the one before; the exit code and the last line tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from antin.cli import bench, main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    return tmp_path


def test_one_that_breaks_is_named_and_the_others_run(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.py").write_text("raise AttributeError('changed')")
    (folder / "missed.py").write_text("print('too slow'); raise SystemExit(1)")
    (folder / "sound.py").write_text("import sys; print('quick', *sys.argv[1:])")
    assert main.main(["bench", "--json"]) == 1
    told = capfd.readouterr()
    assert told.out.split("\n")[:2] == ["too slow", "quick --json"]
    assert "broken (exit code 1), missed (exit code 1)" in told.err and "sound" not in told.err


def test_sound_ones_end_well_and_unknown_names_run_nothing(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "sound.py").write_text("print('quick')")
    assert main.main(["bench"]) == 0 and main.main(["bench", "sound"]) == 0
    assert main.main(["bench", "other"]) == 2
    assert capfd.readouterr().out == "quick\nquick\n"
