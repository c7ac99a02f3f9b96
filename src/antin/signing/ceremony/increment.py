"""Appending to a PDF: the writer for every revision that the ceremony adds."""

from __future__ import annotations

import io
from typing import cast

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from antin.signing import hex_strings

hex_strings.install()


class Increment(IncrementalPdfFileWriter):
    """Leaves the document's own metadata alone: a signature does not edit the document (379/17.2), and Info and
    XMP stay as consistent as they were (ISO 19005-2 §6.6.2)."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__(io.BytesIO(pdf))

    def _update_meta(self) -> None:
        """Nothing is updated."""

    def written(self) -> bytes:
        """The document with the new revision."""
        output = io.BytesIO()
        self.write(output)
        return cast(bytes, output.getvalue())
