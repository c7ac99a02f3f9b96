"""Where a request came in, as a browser writes an origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def origin_of(request: HttpRequest) -> str:
    """`scheme://host[:port]`. TLS may end before us, so the scheme is the configured one; the host was checked already."""
    return f"{urlsplit(settings.ANTIN.web.base_url).scheme}://{request.get_host()}"
