"""Slow partners don't hold our threads: sockets that give up (`antin.sandbox.Watchdog` ends whole requests)."""

from __future__ import annotations

import ssl

HANDSHAKE_S = 10.0
SILENCE_S = 30.0


class PatientSocket(ssl.SSLSocket):
    """A server's TLS socket whose blocking calls give up: after 10 s in the handshake, 30 s of silence later."""

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(HANDSHAKE_S)
        super().do_handshake(block)
        self.settimeout(SILENCE_S)

    def setblocking(self, flag: bool) -> None:
        self.settimeout(SILENCE_S if flag else 0.0)


def harden(context: ssl.SSLContext) -> ssl.SSLContext:
    """The receiving endpoint's context: TLS 1.3, a client certificate required, patient sockets."""
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.sslsocket_class = PatientSocket
    return context
