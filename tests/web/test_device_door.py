"""From the signing sheet to the companion and back, over real sockets: page, ticket, companion, taking in."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.live_server_helper import LiveServer

from antin.documents import queries as documents
from antin.registry import acts as registry
from antin.registry.models import DeviceTicket
from antin.signer.door import Origin
from antin.signer.keys import Pkcs12File
from antin.signer.listening import Companion, Server
from antin.signing import queries as signing
from antin.signing.verdict import Policy
from registry import device as devices
from signer.conftest import PIN, SOFTHSM, Held, put
from signing import whole_files
from world import SIGNATORY, World

from .devices import prepared, signed_in, ticket, ticket_page


@pytest.fixture
def origin(committed_world: World, live_server: LiveServer) -> str:
    return str(live_server.url)


@pytest.fixture
def held(committed_world: World, tmp_path: Path) -> Held:
    return Held.write(devices.given(committed_world, key="p256").issued, tmp_path)


@pytest.fixture
def companion(origin: str, held: Held) -> Iterator[Server]:
    server = Server(Companion(Pkcs12File(held.pkcs12), (Origin.of(origin),)), 0)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def program() -> Iterator[httpx.Client]:
    """Another program on the person's computer: no cookie, no header of ours."""
    with httpx.Client() as opened:
        yield opened


def at(
    server: Server, method: str, path: str, body: bytes | None = None, **head: str
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    connection.putrequest(method, path, skip_host="Host" in head)
    for name, value in {**head, **({"Content-Length": str(len(body))} if body is not None else {})}.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body)
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, dict(answer.getheaders()), text


def hand_in(server: Server, origin: str, secret: str) -> str:
    """What the page's script does; the path of the confirmation."""
    body = json.dumps({"ticket": secret}).encode()
    status, head, text = at(server, "POST", "/v1/sign", body, Origin=origin, Content_Type="application/json")
    assert (status, head["Access-Control-Allow-Origin"]) == (200, origin), text
    return urlsplit(json.loads(text)["confirm"]).path


def press(server: Server, path: str, pin: str, decision: str = "sign", **head: str) -> tuple[int, dict[str, str], str]:
    body = urlencode({"pin": pin, "decision": decision}).encode()
    form = {"Content_Type": "application/x-www-form-urlencoded", "Origin": server.guards.own}
    return at(server, "POST", path, body, **(form | head))


def state(world: World, found: UUID) -> str:
    return documents.document(world.actor(SIGNATORY), found).state


@pytest.mark.clause("379/13.5", "379/5.6", "379/5.11")
def test_companion_shows_asks_and_signs(committed_world: World, origin: str, companion: Server) -> None:
    world, host = committed_world, urlsplit(origin).netloc
    found, client = world.checked(), signed_in(committed_world)
    prepared(client, found, "device", host)
    assert "Ký bằng thiết bị của tôi" in client.get(f"/quyet/{found}/ky", headers={"host": host}).content.decode()
    secret = ticket(world, client, found, host)
    path = hand_in(companion, origin, secret)
    status, head, shown = at(companion, "GET", path)
    assert status == 200 and "frame-ancestors 'none'" in head["Content-Security-Policy"]
    request = world.request(found)
    assert "về việc ban hành kế hoạch chuyển đổi số (mẫu)" in shown
    assert request.reference_number in shown and request.digest in shown
    assert at(companion, "GET", f"{path}/trang")[2].startswith("%PDF-")
    waiting = client.get(f"/quyet/{found}/ky/trang-thai", headers={"host": host})
    assert "Đang chờ thiết bị" in waiting.content.decode()
    assert press(companion, path, "000000")[0] == 403
    # Whoever else calls this port can neither press the button nor hand in, and learns nothing.
    for hostile in (
        {"Origin": origin},
        {"Origin": "https://ke.gian"},
        {"Origin": "null"},
        {"Host": f"ke.gian:{companion.server_port}"},
    ):
        assert press(companion, path, PIN, **hostile)[0] == 403
    assert at(companion, "GET", path, Sec_Fetch_Dest="iframe")[0] == 404
    assert state(world, found) == "approved"
    status, _head, said = press(companion, path, PIN)
    assert status == 200 and request.reference_number in said
    assert state(world, found) == "signed"
    report = signing.validate(world.pdf(found), policy=Policy(complete=False))
    assert report.is_valid and report.signatures[0].level == "B-LT"
    done = client.get(f"/quyet/{found}/ky/trang-thai", headers={"host": host})
    assert done.headers["HX-Redirect"] == f"/quyet/{found}#xem"
    assert press(companion, path, PIN)[0] == 404
    assert "Không có gì để ký" in at(companion, "GET", path)[2]


@pytest.mark.clause("379/5.6")
def test_companion_serves_only_the_configured_origin_at_its_own_address(origin: str, companion: Server) -> None:
    own = f"127.0.0.1:{companion.server_port}"
    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Private_Network": "true"}
    status, head, _ = at(companion, "OPTIONS", "/v1/sign", Origin=origin, **asked)
    assert (status, head["Access-Control-Allow-Origin"], head["Access-Control-Allow-Private-Network"]) == (
        204,
        origin,
        "true",
    )
    assert json.loads(at(companion, "GET", "/v1/status", Origin=origin)[2]) == {"signer": "antin", "protocol": 1}
    ticket = json.dumps({"ticket": "x" * 43}).encode()
    strangers: list[dict[str, str]] = [
        {"Origin": "https://ke.gian"}, {"Origin": "null"}, {"Origin": origin + ".ke.gian"}, {"Origin": f"http://{own}"}, {},
        {"Origin": origin, "Host": "localhost"}, {"Origin": origin, "Host": f"ke.gian:{companion.server_port}"},
    ]  # fmt: skip
    for stranger in strangers:
        for method, path, body in (
            ("OPTIONS", "/v1/sign", None),
            ("GET", "/v1/status", None),
            ("POST", "/v1/sign", ticket),
        ):
            kind = {"Content_Type": "application/json"} if body else {}
            status, head, text = at(companion, method, path, body, **asked, **kind, **stranger)
            assert status == 403 and not text, (stranger, method)
            assert not any(name.startswith("Access-Control") for name in head), (stranger, method)
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        assert at(companion, "POST", "/v1/sign", ticket, Origin=origin, Content_Type=kind)[0] == 415
    for broken in (b"", b"{", b"[]", b'{"ticket": "short"}', b'{"ticket": "' + b"x" * 5000 + b'"}'):
        assert at(companion, "POST", "/v1/sign", broken, Origin=origin, Content_Type="application/json")[0] == 400
    status, _head, text = at(companion, "POST", "/v1/sign", ticket, Origin=origin, Content_Type="application/json")
    assert status == 502 and json.loads(text)["error"]  # a ticket that the installation does not know


@pytest.mark.clause("379/13.5")
def test_person_who_says_no_or_forgets_the_pin_signs_nothing(
    committed_world: World, origin: str, companion: Server
) -> None:
    world, host = committed_world, urlsplit(origin).netloc
    found, client = world.checked(), signed_in(committed_world)
    prepared(client, found, "device", host)
    path = hand_in(companion, origin, ticket(world, client, found, host))
    assert "Văn bản chưa được ký" in press(companion, path, PIN, "leave")[2]
    path = hand_in(companion, origin, ticket(world, client, found, host))
    assert [press(companion, path, "1")[0] for _ in range(3)] == [403, 422, 404]
    assert state(world, found) == "approved"


@pytest.mark.clause("379/13.5")
def test_token_signs_from_the_terminal(committed_world: World, origin: str, tmp_path: Path) -> None:
    world, host = committed_world, urlsplit(origin).netloc
    conf = token_with(devices.given(world, key="p384"), tmp_path)
    found, client = world.checked(), signed_in(committed_world)
    prepared(client, found, "device", host)
    words = ["--once", "--origin", origin, "--pkcs11", SOFTHSM, "--token", "vptw"]
    typed = f"{ticket(world, client, found, host)}\n000000\n{PIN}\n"
    done = subprocess.run(
        [sys.executable, "-m", "antin.cli.main", "signer", *words],
        input=typed, capture_output=True, text=True, timeout=60, env={**os.environ, "SOFTHSM2_CONF": str(conf)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    request = world.request(found)
    assert request.digest in done.stdout and request.reference_number in done.stdout
    assert "Mã PIN không đúng" in done.stdout and PIN not in done.stdout
    assert state(world, found) == "signed"
    assert signing.validate(world.pdf(found), policy=Policy(complete=False)).is_valid


def token_with(device: devices.Device, folder: Path) -> Path:
    (folder / "tokens").mkdir()
    conf = folder / "conf"
    conf.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    environment = {**os.environ, "SOFTHSM2_CONF": str(conf)}
    made = ["softhsm2-util", "--init-token", "--free", "--label", "vptw", "--so-pin", "11111111", "--pin", PIN]
    subprocess.run(made, check=True, capture_output=True, env=environment)
    put(folder, device.issued, 1, "vptw", environment)
    return conf


@pytest.mark.clause("379/5.6", "379/4.4")
def test_ticket_opens_nothing_without_its_session_or_elsewhere(committed_world: World, origin: str, held: Held) -> None:
    world, host = committed_world, urlsplit(origin).netloc
    found, client = world.checked(), signed_in(committed_world)
    prepared(client, found, "device", host)
    secret = ticket(world, client, found, host)

    def asked(given: str, host: str = host) -> int:
        head = {"Authorization": given, "host": host}
        return signed_in(world, "chi.le").get("/api/v1/device/task", headers=head).status_code

    assert asked(f"Bearer {secret}") == 200
    assert [asked(given) for given in ("", secret, "Bearer ", f"Bearer {secret[:-1]}", "Basic x")] == [401] * 5
    assert asked(f"Bearer {secret}", "127.0.0.1") == 401
    bad = {"Authorization": f"Bearer {secret}", "host": host}
    for body in ("", "[]", "{}", '{"signature": "?"}', '{"signature": ""}', '{"signature": "YQ==", "cms": "YQ=="}'):
        answer = client.post("/api/v1/device/answer", body, content_type="application/json", headers=bad)
        assert answer.status_code == 400, body
    client.post("/ra", headers={"host": host})
    assert asked(f"Bearer {secret}") == 401
    assert DeviceTicket.objects.get().state == "open" and state(world, found) == "approved"


@pytest.mark.clause("379/5.6", "379/13.5")
def test_ticket_page_alone_may_speak_to_the_companion(committed_world: World, origin: str, held: Held) -> None:
    world, host = committed_world, urlsplit(origin).netloc
    found, client = world.checked(), signed_in(committed_world)
    prepared(client, found, "", host)
    sheet = client.get(f"/quyet/{found}/ky", headers={"host": host})
    assert re.findall(r'name="way" value="(\w+)"', sheet.content.decode()) == ["device", "file"]
    prepared(client, found, "device", host)
    page = ticket_page(world, client, found, host)
    assert "connect-src 'self' http://127.0.0.1:8970;" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "8970" not in client.get(f"/quyet/{found}/ky", headers={"host": host}).headers["Content-Security-Policy"]
    stale = client.post(f"/quyet/{found}/ky/thiet-bi", {"challenge": "", "code": "1"}, headers={"host": host})
    assert stale.status_code == 422 and "data-ticket" not in stale.content.decode()


@pytest.mark.clause("379/5.11", "379/13.5")
def test_whole_file_goes_out_and_comes_back_signed(
    committed_world: World, origin: str, held: Held, program: httpx.Client
) -> None:
    world, host = committed_world, urlsplit(origin).netloc
    found, client = world.checked(), signed_in(committed_world)
    prepared(client, found, "file", host)
    page = ticket_page(world, client, found, host).content.decode()
    (download,) = re.findall(r'id="tai" readonly value="([^"]+)"', page)
    (handler,) = re.findall(r'id="gui" readonly value="([^"]+)"', page)
    out = program.get(download)
    assert out.headers["Content-Type"] == "application/pdf" and out.content.startswith(b"%PDF-")
    assert program.get(handler).status_code == 401  # neither address does the other's work
    assert program.post(download.rpartition("/")[0], files={"uploadfile": out.content}).status_code == 401
    head = {"Authorization": f"Bearer {handler.rpartition('/')[2]}"}
    assert program.get(f"{origin}/api/v1/device/task", headers=head).status_code == 401
    back = whole_files.program(held.issued, out.content)
    answer = program.post(handler, files={"uploadfile": ("van-ban.pdf", back, "application/pdf")})
    said = answer.json()
    assert (answer.status_code, said["Status"], said["Message"]) == (200, 0, ""), said
    assert said["DocumentNumber"] == world.request(found).reference_number
    assert state(world, found) == "signed" and world.pdf(found).startswith(back)
    assert signing.validate(world.pdf(found), policy=Policy(complete=False)).is_valid
    assert program.post(handler, files={"uploadfile": back}).json()["Status"] == 1  # replayed
    world.confirm("chi.le", "seal", world.digest(found))
    assert registry.seal(actor=world.actor("chi.le"), document_id=found).state == "sealed"


@pytest.mark.clause("379/5.11")
def test_wrong_file_is_refused_and_the_document_stays_unsigned(committed_world: World, origin: str, held: Held) -> None:
    world, host = committed_world, urlsplit(origin).netloc
    found, client = world.checked(), signed_in(committed_world)
    prepared(client, found, "file", host)
    page = ticket_page(world, client, found, host).content.decode()
    (download,) = re.findall(r'id="tai" readonly value="([^"]+)"', page)
    (secret,) = re.findall(r'name="ticket" value="([^"]+)"', page)
    other = world.authority.issued["seal-A99.01"]
    forged = SimpleUploadedFile("ky.pdf", whole_files.program(other, httpx.get(download).content), "application/pdf")
    answer = client.post(f"/quyet/{found}/ky/tep", {"ticket": secret, "file": forged}, headers={"host": host})
    assert answer.status_code == 422 and "không phải của chứng thư đã đăng ký" in answer.content.decode()
    assert state(world, found) == "approved" and DeviceTicket.objects.get().state == "refused"
    assert httpx.get(download).json()["Status"] == 1
    page = ticket_page(world, client, found, host).content.decode()
    (download,) = re.findall(r'id="tai" readonly value="([^"]+)"', page)
    (secret,) = re.findall(r'name="ticket" value="([^"]+)"', page)
    right = SimpleUploadedFile("ky.pdf", whole_files.program(held.issued, httpx.get(download).content))
    stranger = signed_in(world, "chi.le").post(
        f"/quyet/{found}/ky/tep", {"ticket": secret, "file": right}, headers={"host": host}
    )
    assert stranger.status_code == 422 and state(world, found) == "approved"
    right.seek(0)
    done = client.post(f"/quyet/{found}/ky/tep", {"ticket": secret, "file": right}, headers={"host": host})
    assert done.status_code == 303 and state(world, found) == "signed"
