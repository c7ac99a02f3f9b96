"""The companion's own pages: what is to be signed, a place for the PIN, what became of it. No script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from antin.signer.task import Task
from antin.values import N_, to_vietnam

Words = Callable[[str], str]


@dataclass(frozen=True)
class Speech:
    """Sentences in the person's language, and its name for the page."""

    words: Words = str
    language: str = "vi"


POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'none'"
STYLE = """:root{color-scheme:light dark}
html{background:#fff;color:#1b1b1b}a{color:#0b4fb3}
@media (prefers-color-scheme:dark){html{background:#151515;color:#eee}a{color:#a8c7fa}}
body{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem}dt{font-weight:600;margin-top:.6rem}dd{margin:0;overflow-wrap:anywhere}
.digest{font-family:ui-monospace,monospace}.fault{border-inline-start:.25rem solid #b3261e;padding-inline-start:.75rem}
label{display:block;font-weight:600;margin-top:1.2rem}
input{font:inherit;padding:.5rem;inline-size:100%;box-sizing:border-box}
button{font:inherit;padding:.6rem 1.2rem;margin:1rem .6rem 0 0;min-block-size:2.75rem}
button.sign{font-weight:600}
"""


def confirm(task: Task, path: str, speech: Speech, *, fault: str = "") -> str:
    """What is to be signed, shown before the PIN is asked."""
    words = speech.words
    rows = [
        (N_("Văn bản"), task.title),
        (N_("Số và ký hiệu"), task.reference_number),
        (N_("Ngày ban hành"), task.issued_on),
        (N_("Người ký"), ", ".join(part for part in (task.signer, task.capacity) if part)),
        (N_("Nơi yêu cầu"), task.installation),
        (N_("Ký trước"), to_vietnam(task.expires_at).strftime("%H:%M:%S")),
    ]
    facts = "".join(f"<dt>{escape(words(name))}</dt><dd>{escape(text)}</dd>" for name, text in rows if text)
    digest = f'<dt>{escape(words(N_("Giá trị băm (SHA-256)")))}</dt><dd class="digest">{escape(task.digest)}</dd>'
    said = f'<p class="fault" role="alert">{escape(fault)}</p>' if fault else ""
    body = (
        f"{said}<dl>{facts}{digest}</dl>"
        f'<p><a href="{path}/trang" target="_blank" rel="noopener">{escape(words(N_("Xem đúng trang sẽ ký")))}</a></p>'
        f'<form method="post" action="{path}"><label for="pin">{escape(words(N_("Mã PIN của thiết bị ký")))}</label>'
        '<input id="pin" name="pin" type="password" autocomplete="off" maxlength="100" autofocus>'
        f'<button class="sign" name="decision" value="sign">{escape(words(N_("Ký văn bản")))}</button>'
        f'<button name="decision" value="leave">{escape(words(N_("Không ký")))}</button></form>'
    )
    return _page(words(N_("Xác nhận ký văn bản")), body, speech.language)


def told(heading: str, sentence: str, speech: Speech) -> str:
    """The end: signed, left, or refused. The heading is translated here."""
    return _page(speech.words(heading), f'<p role="status">{escape(sentence)}</p>', speech.language)


def _page(heading: str, body: str, language: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(heading)}</title><link rel="stylesheet" href="/giao-dien.css"></head>'
        f"<body><main><h1>{escape(heading)}</h1>{body}</main></body></html>"
    )
