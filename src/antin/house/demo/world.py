"""Makes and runs the demonstration world: database, authorities, two installations as separate processes.

Folders below the world's home: `pki/` (the demonstration authority), `truc/` (the simulated national axis),
`thu/` (the mail server), `<installation>/` (one home each, with its own
keys, blobs and configuration; its `people.json`, 0600, holds the sample people's passwords, one-time-code secrets and
device PINs, offered on the sign-in page of this world alone; `devices/`: signatories' own key files), `directory.json` (who is reached where), `logs/`.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import ssl
from dataclasses import dataclass
from pathlib import Path

from antin.house import config as configuration
from antin.house import install, postgres
from antin.house.demo import axis, mail, national
from antin.house.demo.cast import INSTALLATIONS, InstallationSpec
from antin.house.demo.processes import Processes, StartError, free_ports
from antin.house.secrets import passphrases
from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.pki import DemoAuthority
from antin.signing.pki.server import JOURNAL

FIRST_PORT = 8300
READY = "founded"
SEEDED = "seeded"
PORTS = "ports.json"
AXIS_KEY, MAIL_KEY = "keys/axis.key", "keys/mail.key"
SEEDING_TIMEOUT_S = 60


@dataclass
class World:
    """A running world."""

    home: Path
    cluster: postgres.Cluster
    processes: Processes
    installations: dict[str, configuration.Config]
    pki_url: str
    unseeded: tuple[str, ...] = ()

    def url(self, name: str) -> str:
        return self.installations[name].web.base_url

    def people(self, name: str) -> list[dict[str, str]]:
        """The sample people of an installation as `people.json` has them."""
        path = self.installations[name].path("people.json")
        return list(json.loads(path.read_text(encoding="utf-8")))

    def restart(self, name: str) -> None:
        """Starts an installation again after it was stopped or killed."""
        _serve(self.processes, self.installations[name])

    def stop(self) -> None:
        self.processes.stop()
        self.cluster.stop()


def reset(home: Path) -> None:
    """Removes the world's folders and database; nothing else."""
    postgres.remove(home)
    if (home / PORTS).exists():
        shutil.rmtree(home)


def start(home: Path, *, seed: bool = True) -> World:
    """Brings the world up, making it on first use; what is there is kept. StartError says what failed.

    With `seed`, sample documents are laid on the desks, once; `World.unseeded` names where that is not finished.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (home / PORTS).exists():
        postgres.remove(home)  # a cluster whose world is gone
    processes = Processes(home / "logs")
    cluster = postgres.start(home)
    try:
        world = _start(home, cluster, processes)
        if seed:
            world.unseeded = seed_desks(world)
        return world
    except BaseException:
        processes.stop()
        cluster.stop()
        raise


def _start(home: Path, cluster: postgres.Cluster, processes: Processes) -> World:
    ports = _ports(home)
    pki_url = f"http://127.0.0.1:{ports['pki']}"
    _make_authority(home / "pki", pki_url)
    processes.start("pki", ["-m", "antin.signing.pki.server", "--home", str(home / "pki"), "--port", str(ports["pki"])])
    _make_axis(home, ports, processes)
    _make_mail(home, ports, processes)
    _make_national(home, ports, processes)
    installations = {spec.name: _installation(home, spec, ports, pki_url, cluster) for spec in INSTALLATIONS}
    _write_directory(home, installations)
    processes.await_port("pki", ports["pki"])
    processes.await_port("truc", ports["axis"])
    processes.await_port("thu", ports["smtp"])
    processes.await_port("dinh-danh", ports["national"])
    processes.start("letter", ["-m", "antin.house.demo.letter", str(home), pki_url])
    new = [config for config in installations.values() if not config.path(READY).exists()]
    for config in new:
        processes.start(f"{config.name}-found", ["-m", "antin.house.demo.found", str(home)], home=config.home)
    processes.finish("letter", *(f"{config.name}-found" for config in new))
    for config in installations.values():
        _serve(processes, config)
    for config in installations.values():
        processes.await_page(config.name, f"{config.web.base_url}/suc-khoe")
        processes.await_port(config.name, config.exchange.port)
    return World(home, cluster, processes, installations, pki_url)


def seed_desks(world: World) -> tuple[str, ...]:
    """Sample documents on every desk that has none yet, each installation in a process of its own: what one issues,
    the other waits for. Answers the installations where it did not come to its end; the next start goes on there.
    """
    bare = [config for config in world.installations.values() if not config.path(SEEDED).exists()]
    for config in bare:
        world.processes.start(f"{config.name}-seed", ["-m", "antin.house.demo.seed"], home=config.home)
    done = world.processes.finished
    return tuple(config.name for config in bare if not done(f"{config.name}-seed", SEEDING_TIMEOUT_S))


def _make_axis(home: Path, ports: dict[str, int], processes: Processes) -> None:
    """The simulated national axis, in a process of its own; each installation has its secret in a file of its own."""
    for name, secret in axis.make(home).items():
        if name in {spec.name for spec in INSTALLATIONS} and not (home / name / AXIS_KEY).exists():
            _write_private(home / name / AXIS_KEY, secret)
    processes.start("truc", axis.command(home, ports["axis"]))


def _make_mail(home: Path, ports: dict[str, int], processes: Processes) -> None:
    """The mail server, in a process of its own; each installation has its password in a file of its own."""
    for name, password in mail.make(home, DemoAuthority.open(home / "pki")).items():
        if not (home / name / MAIL_KEY).exists():
            _write_private(home / name / MAIL_KEY, password)
    processes.start("thu", mail.command(home, ports["smtp"], ports["imap"]))


def _make_national(home: Path, ports: dict[str, int], processes: Processes) -> None:
    """The provider of national accounts, in a process of its own; each installation has its secret in a file of its own."""
    for name, secret in national.make(home, ports).items():
        if not (home / name / national.KEY).exists():
            _write_private(home / name / national.KEY, secret)
    processes.start("dinh-danh", national.command(home, ports["national"]))


def _serve(processes: Processes, config: configuration.Config) -> None:
    processes.start(config.name, ["-m", "antin.cli.main", "serve", "--work"], home=config.home)


def _ports(home: Path) -> dict[str, int]:
    """The world's ports, chosen once and kept, so that bookmarks stay good."""
    path = home / PORTS
    if path.exists():
        older = {"axis": FIRST_PORT - 1, "smtp": FIRST_PORT - 2, "imap": FIRST_PORT - 3, "national": FIRST_PORT - 4}
        return {**older, **json.loads(path.read_text())}
    chosen = free_ports(FIRST_PORT, 10)
    names = [
        "pki",
        "signer",
        "axis",
        *(f"{spec.name}-{part}" for spec in INSTALLATIONS for part in ("web", "exchange")),
        "smtp",
        "imap",
        "national",
    ]
    ports = dict(zip(names, chosen, strict=True))
    path.write_text(json.dumps(ports))
    return ports


def _make_authority(folder: Path, url: str) -> None:
    if not folder.exists():
        DemoAuthority.create(folder, base_url=url)


def _installation(
    home: Path, spec: InstallationSpec, ports: dict[str, int], pki_url: str, cluster: postgres.Cluster
) -> configuration.Config:
    folder = home / spec.name
    database = cluster.ensure_database(f"antin_{spec.name.replace('-', '_')}")
    web, exchange = ports[f"{spec.name}-web"], ports[f"{spec.name}-exchange"]
    config = configuration.Config(
        home=folder,
        name=spec.name,
        title=spec.title,
        database_url=database,
        organisation=spec.organisations[0].code,
        web=configuration.Web(port=web, base_url=f"http://127.0.0.1:{web}"),
        exchange=configuration.Exchange(port=exchange, url=f"https://127.0.0.1:{exchange}"),
        axis=configuration.Axis(url=f"http://127.0.0.1:{ports['axis']}", system_id=spec.name, secret=AXIS_KEY),
        mail=configuration.Mail(
            address=mail.address(spec.name),
            secret=MAIL_KEY,
            smtp_host="localhost",
            smtp_port=ports["smtp"],
            imap_host="localhost",
            imap_port=ports["imap"],
            authority=str(home / mail.FOLDER / "authority.pem"),
        ),
        national=national.settings(ports, spec.name),
        signing=configuration.Signing(
            timestamp_urls=(f"{pki_url}/tsa",),
            revocation_hosts=(pki_url.removeprefix("http://"),),
            authority=str(home / "pki"),
            token_journal=str(home / "pki" / JOURNAL) if spec is INSTALLATIONS[0] else "",
            device_port=ports.get("signer", configuration.Signing.device_port),
        ),
        backup=configuration.Backup(targets=("backups",)),
        demo=configuration.Demo(people="people.json", sample=True),
    )
    install.create(config)
    if not config.path("people.json").exists():
        _write_private(config.path("people.json"), json.dumps(_people(spec), ensure_ascii=False, indent=1))
        _issue_node(DemoAuthority.open(home / "pki"), config)
    return config


def _people(spec: InstallationSpec) -> list[dict[str, str]]:
    return [
        {
            "login": person.login,
            "name": person.name,
            "position": person.position,
            "organisation": organisation.short_name,
            "organisation_code": organisation.code,
            "password": secrets.token_urlsafe(12),
            "totp_secret": base64.b32encode(secrets.token_bytes(20)).decode(),
            "device_pin": f"{secrets.randbelow(10**8):08d}",
        }
        for organisation in spec.organisations
        for person in organisation.people
    ]


def _issue_node(authority: DemoAuthority, config: configuration.Config) -> None:
    """The TLS certificate of the installation's node, the authority of its partners' nodes, the anchors of signatures."""
    node = authority.issue_tls(config.name)
    issuing, root = node.chain_ders
    _write_private(config.path(config.exchange.node_key), node.key_pem.decode())
    _write_private(config.path(config.exchange.node_certificate), _pem(node.certificate_der, issuing))
    _write_private(config.path(config.exchange.node_authority), _pem(issuing, root))
    shutil.copytree(authority.trust_dir, config.path(config.signing.trust), dirs_exist_ok=True)
    _issue_exchange_keys(authority, config)


def _issue_exchange_keys(authority: DemoAuthority, config: configuration.Config) -> None:
    """Keys for messages and receipts, known before founding: each installation's directory lists the others' certificates."""
    signer = KeyFileSigner(config.path("keys/signers"), passphrase=passphrases(config))
    for spec in next(found for found in INSTALLATIONS if found.name == config.name).organisations:
        issued = authority.issue_exchange(spec.name, spec.code)
        signer.store(f"exchange-{spec.code}", issued.key_pem)
        held = {"certificate": _text(issued.certificate_der), "chain": [_text(der) for der in issued.chain_ders]}
        _write_private(_exchange_file(config, spec.code), json.dumps(held))


def _exchange_file(config: configuration.Config, code: str) -> Path:
    return config.path("keys/exchange") / f"{code}.json"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _pem(*certificates: bytes) -> str:
    return "".join(ssl.DER_cert_to_PEM_cert(der) for der in certificates)


def _write_directory(home: Path, installations: dict[str, configuration.Config]) -> None:
    """Who is reached at which address under which node certificate; exchange keys are added as they are made."""
    entries = [
        {
            "code": organisation.code,
            "old_code": organisation.old_code,
            "name": organisation.name,
            "group": spec.title,
            "installation": spec.name,
            "url": installations[spec.name].exchange.url,
            "node_certificate": str(installations[spec.name].path("keys/node.pem")),
            "exchange_certificate": json.loads(_exchange_file(installations[spec.name], organisation.code).read_text())[
                "certificate"
            ],
        }
        for spec in INSTALLATIONS
        for organisation in spec.organisations
    ]
    _write_private(home / "directory.json", json.dumps(entries, ensure_ascii=False, indent=1))


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


__all__ = ["StartError", "World", "reset", "seed_desks", "start"]
