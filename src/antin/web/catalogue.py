"""The English catalogue `locale/en/LC_MESSAGES/django.po`, with Babel, no system tool needed.

    python -m antin.web.catalogue             compiles it to `.mo`
    python -m antin.web.catalogue --extract   brings it up to date with the code first, translations are kept

The source language is Vietnamese: a message without a translation is shown as written. The catalogue belongs to what
is in the repository: files that git does not know yet are passed over, so that nobody's half-done page needs words.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Collection
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES"
PACKAGE = Path(__file__).parent.parent
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "NP_": ((1, "c"), 2),
}
# as antin.web.jinja sets up the environment: the ids must come out as it asks for them
TEMPLATE_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
TEMPLATE_OPTIONS |= {"trim_blocks": "true", "lstrip_blocks": "true"}
HEADER = "# English for Ấn Tín. `make catalogue` adds and drops messages; translations are written by hand."
PLURALS = "nplurals=2; plural=(n != 1);"
NAMED = re.compile(r"%\((\w+)\)|\{(\w+)\}")


def read(folder: Path = FOLDER) -> Catalog:
    """The catalogue as kept; an empty one when there is none."""
    source = folder / "django.po"
    return read_po(BytesIO(source.read_bytes() if source.exists() else b""), locale="en", domain="django")


def extract(package: Path = PACKAGE, passed_over: Collection[Path] = ()) -> Catalog:
    """Every message of the package's Python files and templates."""
    found = Catalog(locale="en", domain="django")
    for file in sorted([*package.rglob("*.py"), *package.rglob("templates/**/*.html")]):
        if "migrations" in file.parts or file in passed_over:
            continue
        is_template = file.suffix == ".html"
        method, options = ("jinja2.ext:babel_extract", TEMPLATE_OPTIONS) if is_template else ("python", {})
        for _line, message, _comments, context in extract_from_file(method, file, KEYWORDS, (), options):
            found.add(message, None, context=context)
    return found


def unknown_to_git(package: Path = PACKAGE) -> frozenset[Path]:
    """Files of the package that are not in the repository; none where there is no repository."""
    asked = ["git", "-C", str(package), "ls-files", "--others", "--exclude-standard", "-z"]
    try:
        said = subprocess.run(asked, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        return frozenset()
    return frozenset(package / name for name in said.split("\0") if name)


def bring_up_to_date(folder: Path = FOLDER) -> tuple[int, int]:
    """Writes `django.po` anew from the code, sorted, translations kept; answers (messages, still untranslated)."""
    kept, found = read(folder), extract(passed_over=unknown_to_git())
    for message in found:
        before = kept.get(message.id, message.context) if message.id else None
        if before is not None:
            message.string = before.string
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "django.po").write_bytes(written(found))
    wanting = [message for message in found if message.id and not is_translated(message.string)]
    return len(found), len(wanting)


def written(catalogue: Catalog) -> bytes:
    """The catalogue as text: no places, no dates, long messages whole, so that a change shows as nothing but itself."""
    out = BytesIO()
    write_po(out, catalogue, width=0, omit_header=True, sort_output=True, no_location=True)
    head = (
        f'{HEADER}\nmsgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: en\\n"\n'
        f'"Plural-Forms: {PLURALS}\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def is_translated(string: str | Collection[str] | None) -> bool:
    """Every form of the message has its English."""
    return all([string] if isinstance(string, str) or string is None else string)


def names_in(text: str) -> list[str]:
    """The placeholders of a message, `{name}` and `%(name)s`, in alphabetical order."""
    return sorted(a or b for a, b in NAMED.findall(text))


def compile_catalogue(folder: Path = FOLDER) -> int:
    """Writes `django.mo` beside `django.po`; answers how many messages are translated. 0 without a catalogue."""
    source, target = folder / "django.po", folder / "django.mo"
    if not source.exists():
        return 0
    catalogue = read(folder)
    draft = target.with_suffix(f".new-{os.getpid()}")  # two processes may compile at once
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(target)
    return sum(1 for message in catalogue if message.id and is_translated(message.string))


if __name__ == "__main__":
    if "--extract" in sys.argv[1:]:
        total, wanting = bring_up_to_date()
        sys.stdout.write(f"{total} messages in the code, {wanting} without English\n")
    sys.stdout.write(f"{compile_catalogue()} messages\n")
