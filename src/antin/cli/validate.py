"""`antin validate FILE`: the verdict on a file's signatures, offline, with its reasons.

A PDF, a CMS signature (with `--data` what it was made over), a signed XML file or a proof bundle: told by content. An
archival package is checked as `antin package check` does. The HTML report of a PDF that was changed after signing shows the pages that differ, as signed and as now.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from antin.archive.packages.command import check_file, is_package
from antin.cli.english import english
from antin.documents.adapters.page_images import PdfiumPages
from antin.documents.adapters.pdf_process import PdfProcess
from antin.signing.command import validate_file


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--at", help="judge at this instant (ISO 8601 with zone) instead of now")
    parser.add_argument("--trust", type=Path, help="folder of trust anchors (PEM or DER) and revocation lists")
    parser.add_argument("--data", type=Path, help="the file that a detached signature was made over")
    parser.add_argument("--report", choices=["text", "json", "html", "xml"], default="text")
    parser.add_argument("--json", action="store_const", const="json", dest="report")


def run(arguments: argparse.Namespace) -> int:
    if is_package(arguments.file):
        code, text = check_file(arguments.file, json=arguments.report == "json")
        print(text)
        return code
    drawing = PdfProcess(workers=1)
    try:
        code, text = validate_file(
            arguments.file,
            at=_instant(arguments.at),
            trust_dir=arguments.trust,
            format=arguments.report,
            content=arguments.data,
            english=english(),
            images=PdfiumPages(drawing, kept_bytes=0),
        )
    finally:
        drawing.close()
    print(text, end="")
    return code


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        print(f"--at needs an instant with its zone, such as 2026-11-20T08:42:10+07:00, not {text!r}.", file=sys.stderr)
        raise SystemExit(2)
    return at
