"""The door for PDF files: every kind of bad file is refused by name, and none keeps the door busy."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
import zlib

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from antin.documents.adapters import pdf_intake
from antin.documents.adapters.pdf_process import PdfProcess, process
from antin.regulation import Indeterminate, RuleViolation

from .conftest import Change, made

JAVASCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def put(**entries: object) -> Change:
    """Puts entries into the catalogue."""

    def change(document: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            document.Root[f"/{key}"] = value

    return change


def annotated(**entries: object) -> Change:
    """Puts one annotation on page 1."""

    def change(document: pikepdf.Pdf) -> None:
        entry = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **entries)
        document.pages[0]["/Annots"] = Array([document.make_indirect(entry)])

    return change


def embed(document: pikepdf.Pdf) -> None:
    document.attachments["a.exe"] = b"MZ"


def deep(document: pikepdf.Pdf) -> None:
    """A script hidden in nested direct objects."""
    inner: pikepdf.Object = JAVASCRIPT
    for _ in range(30):
        inner = Dictionary(Next=Array([inner]))
    document.Root["/Hidden"] = inner


ACTIVE: dict[str, tuple[Change, str]] = {
    "open action script": (put(OpenAction=JAVASCRIPT), "JavaScript"),
    "names tree script": (
        put(Names=Dictionary(JavaScript=Dictionary(Names=Array([String("a"), JAVASCRIPT])))),
        "JavaScript",
    ),
    "hidden script": (deep, "JavaScript"),
    "script on a page": (annotated(Subtype=Name.Link, A=JAVASCRIPT), "JavaScript"),
    "additional actions": (put(AA=Dictionary(WC=Dictionary(S=Name.Named, N=Name.Print))), "tự chạy"),
    "launch": (annotated(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("cmd.exe"))), "mở chương trình"),
    "open action named": (put(OpenAction=Dictionary(S=Name.Named, N=Name.Print)), "tự chạy"),
    "open action address": (put(OpenAction=Dictionary(S=Name.URI, URI=String("http://example.vn"))), "tự chạy"),
    "other file": (annotated(Subtype=Name.Link, A=Dictionary(S=Name.GoToR, F=String("b.pdf"))), "mở chương trình"),
    "embedded file": (embed, "nhúng"),
    "file annotation": (annotated(Subtype=Name.FileAttachment), "nhúng"),
    "submit": (annotated(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F=String("http://x"))), "gửi hoặc nạp"),
    "import": (annotated(Subtype=Name.Link, A=Dictionary(S=Name.ImportData)), "gửi hoặc nạp"),
    "xfa": (put(AcroForm=Dictionary(XFA=Array([]), Fields=Array([]))), "XFA"),
    "rich media": (annotated(Subtype=Name.RichMedia), "phim"),
    "screen": (annotated(Subtype=Name.Screen), "phim"),
    "movie": (annotated(Subtype=Name.Movie), "phim"),
}


def refused(data: bytes, workers: PdfProcess, **limits: int) -> str:
    with pytest.raises(RuleViolation) as caught:
        pdf_intake.check(data, using=workers, **limits)
    assert caught.value.clause == "379/5.4" and caught.value.next_step
    return caught.value.message()


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize("kind", ACTIVE)
def test_check_of_active_content_is_refused_by_name(kind: str, workers: PdfProcess) -> None:
    change, expected = ACTIVE[kind]
    assert expected in refused(made(change), workers)
    compressed = made(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert expected in refused(compressed, workers)


@pytest.mark.clause("379/5.4")
def test_check_of_an_ordinary_file_gives_its_facts(workers: PdfProcess) -> None:
    goto = put(OpenAction=Dictionary(S=Name.GoTo, D=Array([0, Name.Fit])))
    link = annotated(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://example.vn")))
    for change in (None, goto, link):
        facts = pdf_intake.check(made(change, pages=3), using=workers)
        assert (facts.pages, facts.signed, facts.pdfa, facts.width_pt) == (3, False, False, 595)


@pytest.mark.clause("379/5.4")
def test_check_names_the_limit_of_size_and_pages(workers: PdfProcess) -> None:
    pdf = made(pages=5)
    assert "0,1 MB" in refused(pdf + b"\n" * 120_000, workers, limit_bytes=104_858)
    assert "5 trang, quá giới hạn 4" in refused(pdf, workers, max_pages=4)


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize("size", [(10, 842), (595, 9000), (6000, 6000)])
def test_check_of_absurd_page_sizes_is_refused(size: tuple[float, float], workers: PdfProcess) -> None:
    assert "không phải khổ giấy" in refused(made(size=size), workers)


@pytest.mark.clause("379/5.4")
def test_check_of_locked_files_is_refused(workers: PdfProcess) -> None:
    for user in ("", "mat-khau"):
        locked = made(encryption=pikepdf.Encryption(owner="chu", user=user))
        assert "mật khẩu" in refused(locked, workers)


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize(
    "data",
    [b"", b"MZ\x90\x00", b"<html>%PDF", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF\n", b"%PDF-1.7\n" + os.urandom(2000)],
)
def test_check_of_what_is_no_pdf_is_refused(data: bytes, workers: PdfProcess) -> None:
    assert refused(data, workers)


@pytest.mark.clause("379/5.4")
def test_check_of_a_truncated_file_is_refused(workers: PdfProcess) -> None:
    pdf = made(pages=4)
    assert "hỏng" in refused(pdf[: len(pdf) * 2 // 3], workers)
    assert "hỏng" in refused(pdf.replace(b"startxref", b"startxxxx"), workers)


@pytest.mark.clause("379/5.4")
def test_check_of_an_object_stream_bomb_is_refused_in_time() -> None:
    small = PdfProcess(workers=1, timeout_s=8)
    bomb = zlib.compress(b"1 0 " + b" " * 120_000_000, 1)
    head = b"%PDF-1.7\n"
    stream = (
        b"2 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(bomb)
        + bomb
        + b"\nendstream\nendobj\n"
    )
    table = len(head) + len(stream)
    rows = b"\x00\x00\x00\x00\x00\xff" + b"\x02\x00\x00\x00\x02\x00" + b"\x01" + len(head).to_bytes(4, "big") + b"\x00"
    rows += b"\x01" + table.to_bytes(4, "big") + b"\x00"
    xref = (
        b"3 0 obj\n<</Type/XRef/Size 4/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(rows)
        + rows
        + b"\nendstream\nendobj\n"
    )
    data = head + stream + xref + b"startxref\n%d\n%%%%EOF\n" % table
    started = time.monotonic()
    assert refused(data, small)
    assert time.monotonic() - started < 12
    assert pdf_intake.check(made(), using=small).pages == 1
    small.close()


@pytest.mark.clause("379/5.4")
def test_check_of_too_many_objects_is_refused(workers: PdfProcess) -> None:
    def fill(document: pikepdf.Pdf) -> None:
        document.Root["/Many"] = Array([Array([]) for _ in range(310_000)])

    assert "phức tạp" in refused(made(fill), workers)


def test_check_of_a_signed_file_recognises_it(workers: PdfProcess) -> None:
    def sign(document: pikepdf.Pdf) -> None:
        value = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String("x"))
        field = document.make_indirect(Dictionary(FT=Name.Sig, T=String("a"), V=document.make_indirect(value)))
        document.Root["/AcroForm"] = Dictionary(Fields=Array([field]), SigFlags=3)

    assert pdf_intake.check(made(sign), using=workers).signed


@pytest.mark.clause("379/5.4")
@given(st.integers(0, 1500), st.binary(min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_check_of_damaged_bytes_answers_and_never_fails(at: int, noise: bytes) -> None:
    pdf = bytearray(made(pages=2))
    pdf[at % len(pdf) : at % len(pdf) + len(noise)] = noise
    try:
        assert pdf_intake.check(bytes(pdf)).pages >= 1
    except RuleViolation as error:
        assert error.clause == "379/5.4"


def test_a_worker_that_is_ended_is_replaced() -> None:
    small = PdfProcess(workers=1, timeout_s=20)
    assert small.pages(made()) == 1
    child = small.pool.free[0].child
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert small.pages(made(pages=2)) == 2
    small.close()


def test_a_worker_that_is_ended_while_it_works_leaves_the_question_undecided() -> None:
    small = PdfProcess(workers=1, timeout_s=20)
    small.pages(made())
    child = small.pool.free[0].child
    os.kill(child.pid, signal.SIGSTOP)
    threading.Timer(0.3, child.kill).start()
    with pytest.raises(Indeterminate):
        small.pages(made())
    assert small.pages(made()) == 1
    small.close()


def test_a_worker_beyond_the_time_limit_is_ended() -> None:
    small = PdfProcess(workers=1, timeout_s=0.5)
    with pytest.raises(Indeterminate):
        _stopped(small).pages(made())
    started = time.monotonic()
    with pytest.raises(RuleViolation, match="phức tạp"):
        _stopped(small).check(made(), max_pages=5)
    assert time.monotonic() - started < 5
    small.close()


def _stopped(small: PdfProcess) -> PdfProcess:
    """Its worker stands still, as if a file held it fast."""
    worker = small.pool.fit_worker()
    os.kill(worker.child.pid, signal.SIGSTOP)
    small.pool.free.append(worker)
    return small


def test_many_threads_share_the_workers(workers: PdfProcess) -> None:
    counts: list[int] = []
    files = [made(pages=n) for n in range(1, 13)]
    threads = [threading.Thread(target=lambda pdf=pdf: counts.append(workers.pages(pdf))) for pdf in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == list(range(1, 13))


def test_process_after_a_fork_is_another_one() -> None:
    mine = process()
    assert process() is mine
    assert mine.pages(made()) == 1
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"1" if process() is not mine else b"0")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 1) == b"1"


def test_saving_helper_makes_what_the_tests_think() -> None:
    with pikepdf.open(io.BytesIO(made(embed))) as document:
        assert "a.exe" in document.attachments
