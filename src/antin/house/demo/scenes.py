"""The scenes of the journey, in order. Each proves one step through the public doors and says what it saw."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

from antin.documents.samples import samples
from antin.house.demo.codes import Authenticator
from antin.house.demo.visitor import DoorError, Page, Visitor
from antin.house.demo.world import World
from antin.values import SystemClock, to_vietnam

CENTRE, PROVINCE = "trung-uong", "lac-giang"
PROVINCE_CODE, UNIT_CODE, STATE_CODE, MAIL_CODE = "A98.01", "A98.01.02", "H98", "A97.05"
ARRIVAL_TIMEOUT_S = 30
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@dataclass
class Stage:
    """The world, the people signed in so far, and what later scenes need of earlier ones."""

    world: World
    keep: Path | None = None
    visitors: dict[str, Visitor] = field(default_factory=dict)
    authenticators: dict[str, Authenticator] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    scratch: Path = field(default_factory=lambda: Path(mkdtemp(prefix="antin-journey-")))

    def person(self, login: str) -> dict[str, str]:
        for name in (CENTRE, PROVINCE):
            for person in self.world.people(name):
                if person["login"] == login:
                    return {**person, "installation": name}
        raise DoorError(f"nobody called {login}")

    def code(self, login: str) -> str:
        secret = self.person(login)["totp_secret"]
        return self.authenticators.setdefault(login, Authenticator(secret)).fresh()

    def as_person(self, login: str) -> Visitor:
        """The person's window, signed in on first use."""
        if login not in self.visitors:
            self.visitors[login] = sign_in(self, login)
        return self.visitors[login]

    def close(self) -> None:
        for visitor in self.visitors.values():
            visitor.close()


def sign_in(stage: Stage, login: str) -> Visitor:
    person = stage.person(login)
    visitor = Visitor(stage.world.url(person["installation"]))
    page = visitor.get("/vao")
    page = visitor.submit(page, "/vao", {"login": login, "password": person["password"]})
    page = visitor.submit(page, "/vao/ma", {"code": stage.code(login)})
    if page.path.startswith("/vao"):
        raise DoorError(f"{login} was not let in: {page.text[:200]}")
    return visitor


def expect(condition: object, otherwise: str) -> None:
    if not condition:
        raise DoorError(otherwise)


def document_id(page: Page) -> str:
    found = ID.search(page.path)
    expect(found, f"no document in {page.path}: {page.text[:300]}")
    assert found
    return found.group()


def strangers_are_refused(stage: Stage) -> str:
    visitor = Visitor(stage.world.url(CENTRE))
    answers = []
    for login, password in (("khong.co", "mat-khau-sai-123"), ("an.nguyen", "mat-khau-sai-123")):
        page = visitor.submit(visitor.get("/vao"), "/vao", {"login": login, "password": password})
        expect(page.path.startswith("/vao"), "a wrong password was let in")
        alert = page.tree.xpath("//*[@role='alert']")
        answers.append(alert[0].text_content().strip() if alert else page.text)
    expect(answers[0] == answers[1], "wrong name and wrong password are answered differently")
    inside = visitor.get("/du-thao")
    expect(inside.path.startswith("/vao"), f"{inside.path} opened without signing in")
    visitor.close()
    return "one wording for every wrong credential; no page without signing in"


def codes_are_used_once(stage: Stage) -> str:
    person = stage.person("an.nguyen")
    visitor = stage.as_person("an.nguyen")
    expect("Nguyễn Mẫu An" in visitor.get("/toi").text, "own page does not name its person")
    again = Visitor(stage.world.url(CENTRE))
    page = again.submit(again.get("/vao"), "/vao", {"login": "an.nguyen", "password": person["password"]})
    authenticator = stage.authenticators["an.nguyen"]
    from antin.house.demo.codes import code_at

    page = again.submit(page, "/vao/ma", {"code": code_at(authenticator.secret, max(authenticator.used))})
    expect(page.path.startswith("/vao"), "a used code was taken a second time")
    again.close()
    return "password and one-time code; the same code a second time is refused"


def specialist_drafts(stage: Stage) -> str:
    an = stage.as_person("an.nguyen")
    sample = next(s for s in samples() if s.key == "ke_hoach")
    page = an.get("/du-thao/moi")
    signatory = option(page, "signatory_id", "Hoàng Mẫu Giang")
    due = to_vietnam(SystemClock().now()).date() + timedelta(days=20)
    page = an.submit(
        page,
        "/du-thao/moi",
        {
            "type_code": sample.fields.type_code,
            "abstract": sample.fields.abstract,
            "urgency": "urgent",
            "secrecy": "open",
            "salutation": "\n".join(sample.fields.salutation),
            "body": sample.fields.body,
            "addressees": "\n".join(sample.fields.addressees),
            "recipients": [PROVINCE_CODE, UNIT_CODE, STATE_CODE, MAIL_CODE],
            "signatory_id": signatory,
            "signing_capacity": "K/T CHÁNH VĂN PHÒNG",
            "signer_position": "PHÓ CHÁNH VĂN PHÒNG",
            "due_on": due.isoformat(),
        },
    )
    stage.facts["document"] = document_id(page)
    picture = an.get(f"/du-thao/{stage.facts['document']}/trang?trang=1")
    expect(picture.content.startswith(b"\x89PNG"), "the first page is not shown as a picture")
    return f"{sample.fields.abstract[:60]}…, its pages shown while drafting"


def option(page: Page, name: str, words: str) -> str:
    for option in page.tree.xpath(f"//select[@name='{name}']//option"):
        if words in option.text_content():
            return str(option.get("value"))
    raise DoorError(f"{page.path}: {name} does not offer {words}")


def attachment_is_added(stage: Stage) -> str:
    an, document = stage.as_person("an.nguyen"), stage.facts["document"]
    page = an.get(f"/du-thao/{document}")
    table = "Phụ lục phân công (mẫu)\n1. Văn phòng: chủ trì.\n2. Ban Tổ chức: phối hợp.\n".encode()
    page = an.submit(page, f"/du-thao/{document}/tep", files={"file": ("phu-luc.txt", table, "text/plain")})
    expect("phu-luc.txt" in page.text, "the attachment is not on the page")
    return "phu-luc.txt"


def draft_goes_round(stage: Stage) -> str:
    an, document = stage.as_person("an.nguyen"), stage.facts["document"]
    _submit_route(stage)
    binh = stage.as_person("binh.tran")
    page = binh.get(f"/du-thao/{document}/gop-y")
    binh.submit(page, f"/du-thao/{document}/tra", {"reason": "Bổ sung mốc diễn tập sáu tháng một lần."})
    page = an.get(f"/du-thao/{document}")
    expect("Bổ sung mốc diễn tập" in page.text, "the drafter does not see why it came back")
    body = str(dict(page.form(f"/du-thao/{document}").form_values())["body"])
    an.submit(
        page,
        f"/du-thao/{document}",
        {
            "body": body + "\n\nDiễn tập khôi phục định danh và ký số sáu tháng một lần.\n",
            "reason": "Theo góp ý của Vụ Tổng hợp",
        },
    )
    _submit_route(stage)
    for login in ("binh.tran", "dung.pham"):
        reviewer = stage.as_person(login)
        page = reviewer.get(f"/du-thao/{document}/gop-y")
        reviewer.submit(page, f"/du-thao/{document}/gop-y", {"kind": "consent", "text": "Nhất trí với dự thảo."})
    return "sent back with a reason, revised, resubmitted, two reviewers consent"


def _submit_route(stage: Stage) -> None:
    an, document = stage.as_person("an.nguyen"), stage.facts["document"]
    page = an.get(f"/du-thao/{document}/trinh")
    an.submit(
        page,
        f"/du-thao/{document}/trinh",
        {
            "step-0-people": [option(page, "step-0-people", "Trần Mẫu Bình")],
            "step-0-quorum": "1",
            "step-1-people": [option(page, "step-1-people", "Phạm Mẫu Dung")],
            "step-1-quorum": "1",
        },
    )


def revisions_are_compared(stage: Stage) -> str:
    an, document = stage.as_person("an.nguyen"), stage.facts["document"]
    page = an.get(f"/du-thao/{document}/so-sanh")
    expect("Diễn tập khôi phục" in page.text, "the comparison does not show what was added")
    return "what was added stands in the comparison"


def leader_approves(stage: Stage) -> str:
    giang, document = stage.as_person("giang.hoang"), stage.facts["document"]
    page = giang.get(f"/quyet/{document}/duyet")
    wrong = giang.submit(page, f"/quyet/{document}/duyet", {"code": "000000"}, expect=422)
    page = giang.get(f"/quyet/{document}/duyet")
    giang.submit(page, f"/quyet/{document}/duyet", {"code": stage.code("giang.hoang")})
    state = giang.api(f"/api/v1/documents/{document}")
    expect(
        isinstance(state, dict) and state["state"] == "approved",
        f"not approved: {state}; wrong code: {wrong.text[:80]}",
    )
    return "a wrong code is refused, the right one is bound to this digest"


def registry_checks_form(stage: Stage) -> str:
    chi, document = stage.as_person("chi.le"), stage.facts["document"]
    page = chi.get("/phat-hanh")
    chi.submit(page, f"/phat-hanh/{document}/the-thuc")
    return "form checked"


def leader_signs(stage: Stage) -> str:
    giang, document = stage.as_person("giang.hoang"), stage.facts["document"]
    page = giang.get(f"/quyet/{document}")
    page = giang.submit(page, f"/quyet/{document}/ky/mo")
    code = stage.code("giang.hoang")
    giang.submit(page, f"/quyet/{document}/ky", {"code": code})
    state = state_of(giang, document)
    expect(state["state"] == "signed", f"not signed: {state}")
    again = giang.get(f"/quyet/{document}/ky", expect=422)
    expect(again.status == 422, "a second signature was offered")
    return f"number {state['reference_number']}, signature with timestamp and revocation data"


def state_of(visitor: Visitor, document: str) -> dict[str, object]:
    state = visitor.api(f"/api/v1/documents/{document}")
    expect(isinstance(state, dict), f"no document in the answer: {state}")
    assert isinstance(state, dict)
    return state


def registry_seals(stage: Stage) -> str:
    chi, document = stage.as_person("chi.le"), stage.facts["document"]
    page = chi.get(f"/phat-hanh/{document}/dong-dau")
    chi.submit(page, f"/phat-hanh/{document}/dong-dau", {"code": stage.code("chi.le")})
    state = state_of(chi, document)
    expect(state["state"] == "sealed", f"not sealed: {state}")
    return "the organisation's seal locks the document"


def registry_issues(stage: Stage) -> str:
    chi, document = stage.as_person("chi.le"), stage.facts["document"]
    page = chi.get(f"/phat-hanh/{document}/phat-hanh")
    chi.submit(page, f"/phat-hanh/{document}/phat-hanh", {"code": stage.code("chi.le")})
    state = state_of(chi, document)
    expect(state["state"] == "issued", f"not issued: {state}")
    stage.facts["reference"] = str(state["reference_number"])
    stage.facts["digest"] = str(state["digest"])
    pdf = chi.get(f"/van-ban/{document}/goc").content
    expect(hashlib.sha256(pdf).hexdigest() == state["digest"], "the original's digest is not the one shown")
    (stage.scratch / "van-ban.pdf").write_bytes(pdf)
    return f"{stage.facts['reference']}, digest {stage.facts['digest'][:16]}…"


def file_is_valid_to_outsiders(stage: Stage) -> str:
    pdf = stage.scratch / "van-ban.pdf"
    trust = stage.world.installations[CENTRE].path("trust/signing")
    _command("validate", pdf, "--trust", trust)
    tampered = bytearray(pdf.read_bytes())
    at = tampered.find(b"stream") + 40
    tampered[at] ^= 1
    (stage.scratch / "bi-sua.pdf").write_bytes(tampered)
    _command("validate", stage.scratch / "bi-sua.pdf", "--trust", trust, code=1)
    return "valid with the anchors alone; a tampered copy is refused"


def _command(*arguments: str | Path, code: int = 0, home: Path | None = None) -> str:
    command = [sys.executable, "-m", "antin.cli.main", *map(str, arguments), *(["--home", str(home)] if home else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    expect(
        done.returncode == code, f"antin {arguments[0]}: exit {done.returncode}, not {code}: {done.stdout}{done.stderr}"
    )
    return done.stdout


def until(what: str, attempt: Callable[[], str], timeout_s: float = ARRIVAL_TIMEOUT_S) -> str:
    """Asks again until there is an answer: what happens in between is the other installation's work."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        answer = attempt()
        if answer:
            return answer
        time.sleep(0.2)
    raise DoorError(f"{what} did not happen within {timeout_s:.0f} s")


def province_sees_it_arrive(stage: Stage) -> str:
    lan = stage.as_person("lan.vu")

    def arrived() -> str:
        page = lan.get("/tiep-nhan")
        return str(page.path) if stage.facts["reference"] in page.text else ""

    begun = time.monotonic()
    until("arrival", arrived)
    rows = lan.api("/api/v1/documents?box=arrived")
    expect(isinstance(rows, dict), f"no list: {rows}")
    assert isinstance(rows, dict)
    row = next(r for r in rows["rows"] if r["reference_number"] == stage.facts["reference"])
    stage.facts["incoming"] = row["id"]
    expect(row["digest"] == stage.facts["digest"], f"digests differ: {row['digest']} and {stage.facts['digest']}")
    delivery(stage, PROVINCE_CODE, "arrived")
    return f"{time.monotonic() - begun:.1f} s after issue; the digests agree; the sender sees đã đến"


def delivery(stage: Stage, recipient: str, state: str) -> None:
    chi = stage.as_person("chi.le")
    seen: list[object] = []

    def reached() -> str:
        answer = chi.api(f"/api/v1/documents/{stage.facts['document']}/deliveries")
        assert isinstance(answer, dict)
        row = next((r for r in answer["rows"] if r["recipient_code"] == recipient), None)
        seen[:] = [row]
        return state if row and (row["state"] == state or state in row["times"]) else ""

    try:
        until(f"{state} at the sender", reached)
    except DoorError as error:
        raise DoorError(f"{error}; the sender sees {seen}") from error


def province_reads_the_report(stage: Stage) -> str:
    lan, incoming = stage.as_person("lan.vu"), stage.facts["incoming"]
    page = lan.get(f"/van-ban/{incoming}/kiem-tra")
    for words in ("Hoàng Mẫu Giang", "Hợp lệ", "Văn phòng Trung ương"):
        expect(words in page.text, f"the report does not say {words!r}: {page.text[:400]}")
    return "who signed, in what capacity, when, intact, certificate, anchor, value"


def province_registers(stage: Stage) -> str:
    lan, incoming = stage.as_person("lan.vu"), stage.facts["incoming"]
    page = lan.get(f"/tiep-nhan/{incoming}")
    lan.submit(page, f"/tiep-nhan/{incoming}/vao-so", {"forward_to": option(page, "forward_to", "Đỗ Mẫu Khánh")})
    state = state_of(lan, incoming)
    expect(state["arrival_number"], f"no arrival number: {state}")
    delivery(stage, PROVINCE_CODE, "accepted")
    return f"arrival number {state['arrival_number']}; the sender sees đã tiếp nhận"


def unit_returns_it(stage: Stage) -> str:
    hoa = stage.as_person("hoa.ly")
    found: list[str] = []

    def arrived() -> str:
        rows = hoa.api("/api/v1/documents?box=arrived")
        assert isinstance(rows, dict)
        found[:] = [r["id"] for r in rows["rows"] if r["reference_number"] == stage.facts["reference"]]
        return found[0] if found else ""

    incoming = until("arrival at the unit", arrived)
    page = hoa.get(f"/tiep-nhan/{incoming}")
    hoa.submit(page, f"/tiep-nhan/{incoming}/tra", {"reason": "Nội dung thuộc thẩm quyền của Văn phòng Tỉnh ủy."})
    delivery(stage, UNIT_CODE, "returned")
    return "returned with a reason; the sender sees từ chối nhận (trả lại)"


def strangers_see_nothing(stage: Stage) -> str:
    incoming = stage.facts["incoming"]
    nga = stage.as_person("nga.dang")
    missing = nga.get("/van-ban/00000000-0000-7000-8000-000000000000", expect=404)
    foreign = nga.get(f"/van-ban/{incoming}", expect=404)
    expect(stage.facts["reference"] not in foreign.text, "the refusal tells the number")
    expect(missing.status == foreign.status, "a foreign document answers otherwise than a missing one")
    outside = stage.as_person("minh.bui").get(f"/van-ban/{stage.facts['document']}", expect=404)
    return f"a person without need to know gets {foreign.status}, another installation's id {outside.status}"


def leader_assigns(stage: Stage) -> str:
    khanh, incoming = stage.as_person("khanh.do"), stage.facts["incoming"]
    page = khanh.get(f"/van-ban/{incoming}")
    page = khanh.submit(page, f"/van-ban/{incoming}/but-phe", {"text": "Giao Phòng Tổng hợp tham mưu triển khai."})
    due = to_vietnam(SystemClock().now()).date() + timedelta(days=10)
    khanh.submit(
        page,
        f"/van-ban/{incoming}/giao",
        {
            "lead": option(page, "lead", "Bùi Mẫu Minh"),
            "supporting": [option(page, "supporting", "Đặng Mẫu Nga")],
            "due_on": due.isoformat(),
            "text": "Dự thảo kế hoạch của tỉnh.",
        },
    )
    delivery(stage, PROVINCE_CODE, "forwarded")
    return "instruction, lead and supporting people, deadline; the sender sees đã chuyển xử lý"


def assignees_work(stage: Stage) -> str:
    _works(stage, "minh.bui", "Đã trình dự thảo kế hoạch của tỉnh.", then="in_process")
    _works(stage, "nga.dang", "Đã góp ý dự thảo kế hoạch.")
    khanh = stage.as_person("khanh.do")
    for _ in range(2):
        khanh.submit(khanh.get("/giao-viec"), "/duyet", {"outcome": "accept"})
    return "lead and supporter took up and reported; both results accepted"


def _works(stage: Stage, login: str, report: str, *, then: str = "") -> None:
    person = stage.as_person(login)
    page = person.get("/viec")
    links = [href for href in page.links("/viec/") if ID.search(href)]
    expect(links, f"no work listed for {login}: {page.text[:300]}")
    page = person.submit(person.get(links[0]), "/nhan")
    if then:
        delivery(stage, PROVINCE_CODE, then)
    person.submit(page, "/bao-cao", {"text": report})


def leader_completes(stage: Stage) -> str:
    khanh, incoming = stage.as_person("khanh.do"), stage.facts["incoming"]
    page = khanh.get(f"/van-ban/{incoming}")
    khanh.submit(page, f"/van-ban/{incoming}/hoan-thanh")
    delivery(stage, PROVINCE_CODE, "completed")
    page = stage.as_person("chi.le").get(f"/van-ban/{stage.facts['document']}/gui-nhan")
    expect("Tỉnh ủy Lạc Giang" in page.text, "the matrix does not name the recipient")
    return "completed; the centre sees each step with its time"


def ledger_is_proven(stage: Stage) -> str:
    sizes = []
    for name in (CENTRE, PROVINCE):
        folder = stage.scratch / f"ledger-{name}"
        _command("ledger", "export", folder, home=stage.world.installations[name].home)
        found = json.loads(_command("ledger", "verify", folder, "--json"))
        sizes.append(f"{name} {found['entries']}")
    return f"entries: {', '.join(sizes)}; inclusion, consistency and checkpoints hold offline"


def bundle_is_proven(stage: Stage) -> str:
    chi, document = stage.as_person("chi.le"), stage.facts["document"]
    bundle = stage.scratch / "chung-cu.zip"
    bundle.write_bytes(chi.get(f"/van-ban/{document}/chung-cu").content)
    _command("ledger", "verify", bundle)
    broken = bytearray(bundle.read_bytes())
    broken[len(broken) // 2] ^= 1
    (stage.scratch / "chung-cu-sua.zip").write_bytes(broken)
    _command("ledger", "verify", stage.scratch / "chung-cu-sua.zip", code=1)
    return "the proof bundle holds without the database; a changed one is refused"


def things_are_kept(stage: Stage) -> str:
    if stage.keep is None:
        return "nothing asked"
    stage.keep.mkdir(parents=True, exist_ok=True)
    for name in ("van-ban.pdf", "chung-cu.zip"):
        (stage.keep / name).write_bytes((stage.scratch / name).read_bytes())
    anchors = stage.keep / "moc-tin-cay"
    anchors.mkdir(exist_ok=True)
    for path in stage.world.installations[CENTRE].path("trust/signing").iterdir():
        (anchors / path.name).write_bytes(path.read_bytes())
    return str(stage.keep)


SCENES: tuple[tuple[str, Callable[[Stage], str]], ...] = (
    ("strangers are refused", strangers_are_refused),
    ("sign-in takes a password and a one-time code", codes_are_used_once),
    ("a specialist drafts at the centre", specialist_drafts),
    ("an attachment is added", attachment_is_added),
    ("the draft goes round", draft_goes_round),
    ("revisions are compared", revisions_are_compared),
    ("the leader approves", leader_approves),
    ("the registry checks the form", registry_checks_form),
    ("the leader signs", leader_signs),
    ("the registry seals", registry_seals),
    ("the registry issues and sends", registry_issues),
    ("outsiders can check the file", file_is_valid_to_outsiders),
    ("the province sees it arrive", province_sees_it_arrive),
    ("the province reads the verification report", province_reads_the_report),
    ("the province registers it", province_registers),
    ("a unit returns its copy", unit_returns_it),
    ("those without need to know see nothing", strangers_see_nothing),
    ("the leader assigns", leader_assigns),
    ("the assignees report", assignees_work),
    ("the leader completes", leader_completes),
    ("both ledgers are proven offline", ledger_is_proven),
    ("the proof bundle is proven offline", bundle_is_proven),
    ("what was asked for is kept", things_are_kept),
)
