"""The life of a paper copy: asked, granted, printed, spoiled (379/16).

>>> PAPER_OUTPUT.step("granted", "print_copy").to
'printed'
>>> PAPER_OUTPUT.acts("printed")
('spoil_copy',)
"""

from __future__ import annotations

from antin.steps import life

PAPER_OUTPUT = life(
    "paper_output",
    [
        "— | request_paper_output | asked | | purpose_named paper_permitted | 379/16.1 379/16.2",
        "asked | settle_paper_output(grant) | granted | clerk, converter | printable | 379/16.2 379/4.2",
        "asked | settle_paper_output(refuse) | refused | clerk, converter | reason_given | 379/16.2",
        "granted | print_copy | printed | clerk, converter"
        " | printable whole_content marks_present | 379/16.3.a 379/16.3.b 379/16.3.c 379/16.3.d 379/16.4",
        "printed | spoil_copy | spoiled | clerk, converter | reason_given | 379/16.3.a",
    ],
)
"""One request is one sheet of paper: a further copy is a further request with a code of its own."""
