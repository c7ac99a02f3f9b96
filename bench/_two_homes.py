"""Two installations for a bench or a trial: homes, databases, keys, directory; roles played in processes of their own.

A program that uses them asks `played` first: its roles are run by starting it again.
"""

from __future__ import annotations

import base64
import io
import json
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

from antin.house import config as configuration
from antin.house import install, postgres
from antin.signing.pki import DemoAuthority, Issued
from antin.values import Urgency

CENTRE, PROVINCE = "A99.01", "A98.01"
NAMES = {CENTRE: "Văn phòng mẫu", PROVINCE: "Tỉnh uỷ mẫu"}
PDF_BYTES = 100_000
ROLE = "ANTIN_BENCH_ROLE"


def played(roles: Mapping[str, Callable[[], int]]) -> int | None:
    """The outcome of the role that this process was started for; None when it was started by a person."""
    return {**ROLES, **roles}[os.environ[ROLE]]() if ROLE in os.environ else None


def prepare(
    folder: Path,
    cluster: postgres.Cluster,
    front: Callable[[int], str] = "https://127.0.0.1:{}".format,
    *,
    cipher: Iterable[str] = (),
) -> dict[str, Path]:
    """The two homes by their organisation's code. `front`: the address that partners are told, by the port behind it.

    `cipher`: codes of those with our reference cipher product; its keys are handed over between them.
    """
    pki = DemoAuthority.create(folder / "pki", base_url="http://127.0.0.1:9")
    configs = {code: _home(folder, cluster, pki, code, front) for code in NAMES}
    organisations = {code: pki.issue_exchange(name, code, key="rsa2048") for code, name in NAMES.items()}
    for code, issued in organisations.items():
        _keep(issued, folder, code)
    directory = [
        {"code": code, "url": config.exchange.url, "node": str(config.path("keys/node.der")), "folder": str(folder)}
        for code, config in configs.items()
    ]
    (folder / "directory.json").write_text(json.dumps(directory))
    _hand_over_cipher_keys([configs[code] for code in cipher])
    return {code: config.home for code, config in configs.items()}


def _home(
    folder: Path, cluster: postgres.Cluster, pki: DemoAuthority, code: str, front: Callable[[int], str]
) -> configuration.Config:
    port = free_port()
    name = f"bench-{code.lower().replace('.', '-')}"
    config = configuration.Config(
        home=folder / name,
        name=name,
        database_url=cluster.ensure_database(name.replace("-", "_")),
        organisation=code,
        exchange=configuration.Exchange(port=port, url=front(port)),
        web=configuration.Web(port=free_port()),
    )
    install.create(config)
    node = pki.issue_tls(name)
    config.path("keys/node.pem").write_bytes(pem(node.certificate_der, node.chain_ders[0]))
    config.path("keys/node.der").write_bytes(node.certificate_der)
    config.path("keys/node.key").write_bytes(node.key_pem)
    config.path("trust/nodes.pem").write_bytes(pem(*node.chain_ders))
    shutil.copytree(pki.trust_dir, config.path(config.signing.trust), dirs_exist_ok=True)
    return config


def twin(home: Path, cluster: postgres.Cluster, name: str) -> Path:
    """A second home of the same body, with a database of its own; to be made before the first is founded."""
    copy = home.parent / name
    shutil.copytree(home, copy)
    config = replace(configuration.load(home), home=copy, database_url=cluster.ensure_database(name.replace("-", "_")))
    configuration.save(config)
    return copy


def _hand_over_cipher_keys(configs: list[configuration.Config]) -> None:
    """Everybody named gets the product, and the public keys of all others: who has no product here is one of them."""
    from antin.vault.adapters.reference_product import ReferenceProduct

    products = {one.organisation: ReferenceProduct(one.path(one.cipher.folder)) for one in configs}
    for one in configs:
        configuration.save(replace(one, cipher=configuration.Cipher(product=ReferenceProduct.name)))
        for code in NAMES:
            public = products[code].public_key if code in products else os.urandom(32)
            (one.path(one.cipher.folder) / "peers" / f"{code}.pub").write_text(base64.b64encode(public).decode())


def _keep(issued: Issued, folder: Path, code: str) -> None:
    (folder / f"{code}.der").write_bytes(issued.certificate_der)
    (folder / f"{code}.key").write_bytes(issued.key_pem)
    for number, der in enumerate(issued.chain_ders):
        (folder / f"{code}.chain{number}").write_bytes(der)


def pem(*ders: bytes) -> bytes:
    return "".join(ssl.DER_cert_to_PEM_cert(der) for der in ders).encode()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _environment(role: str, home: Path) -> dict[str, str]:
    return {
        **os.environ,
        ROLE: role,
        configuration.HOME_VARIABLE: str(home),
        "DJANGO_SETTINGS_MODULE": "antin.house.settings",
    }


def run(program: str, role: str, home: Path, *arguments: str) -> str:
    command = [sys.executable, program, *arguments]
    return subprocess.run(command, env=_environment(role, home), check=True, stdout=subprocess.PIPE, text=True).stdout


def start(program: str, role: str, home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, program], env=_environment(role, home), start_new_session=True)


def stop(server: subprocess.Popen[bytes]) -> float:
    """Ends the server; answers the CPU seconds of it and its workers."""
    os.killpg(server.pid, signal.SIGTERM)
    _, _, usage = os.wait4(server.pid, 0)
    server.returncode = 0
    return usage.ru_utime + usage.ru_stime


def await_port(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the receiving endpoint did not start")


# roles, each in a process of its own


def _found_role() -> int:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from antin.exchange import acts as exchange
    from antin.identity import acts as identity
    from antin.signing import acts as signing
    from antin.signing import ports as signing_ports
    from antin.values import Actor

    call_command("migrate", interactive=False, verbosity=0)
    directory = json.loads((settings.ANTIN.home.parent / "directory.json").read_text())
    folder, system, code = Path(directory[0]["folder"]), Actor.system(), settings.ANTIN.organisation
    organisation_id = identity.found_organisation(
        actor=system, name=NAMES[code], short_name=code, kind="organisation", level="central", place="Hà Nội",
        notation="VP", body_name=NAMES[code].upper(), codes={"party": code}, basis="Mẫu",
    )  # fmt: skip
    der = (folder / f"{code}.der").read_bytes()
    signing_ports.bound().signer.store(f"exchange-{code}", (folder / f"{code}.key").read_bytes())  # type: ignore[attr-defined]
    chain = tuple((folder / f"{code}.chain{n}").read_bytes() for n in range(2))
    signing.note_certificate(
        actor=system, holder_kind="organisation", holder_id=organisation_id, certificate_der=der, chain_der=chain,
        key_ref=f"exchange-{code}", purpose="exchange",
    )  # fmt: skip
    for row in directory:
        entry = exchange.OrganisationEntry(
            row["code"], NAMES[row["code"]], (folder / f"{row['code']}.der").read_bytes()
        )
        exchange.found_partner(
            actor=system, name=row["code"], url=row["url"], node_certificate_der=Path(row["node"]).read_bytes(),
            host_code=row["code"], organisations=[entry], is_self=row["code"] == code,
        )  # fmt: skip
    return 0


def _serve_role() -> int:
    import django

    django.setup()
    from django.conf import settings

    from antin.house.serve import run_exchange

    run_exchange(settings.ANTIN)
    return 0


def issue(
    *,
    attachment: tuple[str, int, Iterable[bytes]] | None = None,
    pdf_bytes: int = PDF_BYTES,
    pdf_words: str = "",
    secret: bool = False,
    abstract: str = "Văn bản mẫu để đo",
    body: str = "Mẫu.",
    recipient: str = "",
    urgency: Urgency = Urgency.ROUTINE,
) -> UUID:
    """An issued document for the other one (or `recipient`), with a final page of its own; how it came to be is told elsewhere.

    `attachment`: name, size, pieces; `pdf_words` stand uncompressed in the page.
    """
    from django.db import connection, transaction

    from antin.documents import acts as documents
    from antin.documents.facts import DraftFields
    from antin.identity import queries as identity
    from antin.values import Actor, MandateView, Method, Office, Secrecy, new_id

    (organisation,) = identity.organisations()
    offices = (Office.DRAFTER, *([Office.CLEARED] if secret else []))
    drafter = Actor(
        person_id=new_id(), name="Người Mẫu", method=Method.PASSWORD_TOTP,
        mandates=tuple(MandateView(one, organisation.id) for one in offices), organisation_id=organisation.id,
    )  # fmt: skip
    (other,) = NAMES.keys() - {organisation.code}
    fields = DraftFields(
        type_code="cong_van", abstract=abstract, body=body, recipients=(recipient or other,),
        urgency=urgency, secrecy=Secrecy.CONFIDENTIAL if secret else Secrecy.OPEN,
    )  # fmt: skip
    document_id = documents.create_draft(actor=drafter, organisation_id=organisation.id, fields=fields)
    if attachment is not None:
        name, size, pieces = attachment
        documents.attach(
            actor=drafter, document_id=document_id, name=name, media_type="application/octet-stream",
            size=size, data=pieces,
        )  # fmt: skip
    number = document_id.int % 2**31
    with transaction.atomic():
        documents.keep_rendition(document_id=document_id, kind="sealed", data=pdf(pdf_bytes, pdf_words), pages=1)
        documents.note_number(
            document_id=document_id, number=number, notation="CV/VP", reference_number=f"{number}-CV/VP",
            issued_on=date(2026, 3, 2), document_code=f"{organisation.code},2026/03/02,{number}-CV/VP",
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "update documents_document set state = 'issued', validity = 'in_force' where id = %s", [document_id]
            )
    return document_id


def pdf(size: int = PDF_BYTES, words: str = "") -> bytes:
    """A valid page of about that size that does not compress."""
    import pikepdf

    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    noise = secrets.token_bytes(size - 1_000)
    image = document.make_stream(noise)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = len(noise), 1, 8
    image.ColorSpace = pikepdf.Name.DeviceGray
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    page.Contents = document.make_stream(f"% {words}\n".encode())
    out = io.BytesIO()
    document.save(out, compress_streams=not words)
    return out.getvalue()


ROLES = {"found": _found_role, "serve": _serve_role}
