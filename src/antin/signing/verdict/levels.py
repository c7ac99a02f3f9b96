"""How much later revisions of a PDF did to what was signed, from nothing to too much."""

from __future__ import annotations

NONE, ARCHIVAL, FORMS, OTHER = "none", "archival", "forms", "other"
RANK = (NONE, ARCHIVAL, FORMS, OTHER)
