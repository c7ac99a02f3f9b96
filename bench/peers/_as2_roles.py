"""What the peer's processes do; run by the peer's own interpreter: `found PARTNER ADDRESS` or `send LETTERS`.

`found` enters the installation's own body and its partner; `send` sends letters as django-pyas2's own command
`sendas2message` does, and counts those whose signed receipt it has verified and stored.
"""

import json
import os
import secrets
import sys
import time
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (only after setup)
from pyas2.models import Mdn, Message, Organization, Partner, PrivateKey, PublicCertificate  # noqa: E402
from pyas2lib import Message as As2Message  # noqa: E402

PLACE = Path(os.environ["AS2_PLACE"])
OWN = os.environ["AS2_NAME"]


def found(partner: str, address: str) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    key = PrivateKey.objects.create(name=OWN, key=(PLACE.parent / f"{OWN}.pem").read_bytes(), key_pass="")
    Organization.objects.create(name=OWN, as2_name=OWN, encryption_key=key, signature_key=key)
    certificate = PublicCertificate.objects.create(
        name=partner, certificate=(PLACE.parent / f"{partner}.crt").read_bytes(), verify_cert=False
    )
    sealed = {"encryption": "aes_256_cbc", "encryption_cert": certificate} if os.environ["AS2_ENCRYPT"] else {}
    Partner.objects.create(
        name=partner, as2_name=partner, target_url=address, content_type="application/octet-stream",
        signature="sha256", signature_cert=certificate, mdn=True, mdn_mode="SYNC", mdn_sign="sha256", **sealed,
    )  # fmt: skip


def send(letters: int) -> None:
    """The first letter warms up and is not counted. Tells when it began and ended, on the clock of all processes here."""
    page = (PLACE.parent / "page.pdf").read_bytes()
    _send(page)
    used, begun = time.process_time(), time.time()
    done = sum(_send(page) for _ in range(letters))
    told = {"begun": begun, "ended": time.time(), "received": done, "cpu_s": time.process_time() - used}
    print(json.dumps(told))


def _send(page: bytes) -> bool:
    organisation, partner = Organization.objects.get(as2_name=OWN), Partner.objects.exclude(as2_name=OWN).get()
    letter, name = As2Message(sender=organisation.as2org, receiver=partner.as2partner), f"{secrets.token_hex(8)}.pdf"
    letter.build(
        page, filename=name, subject=partner.subject, content_type=partner.content_type,
        disposition_notification_to="no-reply@example.vn",
    )  # fmt: skip
    row, _ = Message.objects.create_from_as2message(
        as2message=letter, payload=page, filename=name, direction="OUT", status="P"
    )
    row.send_message(letter.headers, letter.content)
    return row.status == "S" and Mdn.objects.filter(message=row, status="R", signed=True).exists()


if __name__ == "__main__":
    if sys.argv[1] == "found":
        found(sys.argv[2], sys.argv[3])
    else:
        send(int(sys.argv[2]))
