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
        " | printable whole_content marks_present | 379/16.3.a 379/16.3.b 379/16.3.c 379/16.3.d 379/16.4 379/16.5",
        "printed | spoil_copy | spoiled | clerk, converter | reason_given | 379/16.3.a",
    ],
)
"""One request is one sheet of paper: a further copy is a further request with a code of its own."""

CONFIRMATION = life(
    "confirmation",
    [
        "— | request_confirmation | asked | | purpose_named paper_permitted printable | 379/16.2",
        "asked | settle_confirmation(grant) | granted | competent_authority"
        " | paper_permitted method_is_strong procedure_named | 379/16.2 379/4.2",
        "asked | settle_confirmation(refuse) | refused | competent_authority | reason_given | 379/16.2",
        "granted | print_copy | printed | clerk, converter | whole_content marks_present | 379/16.2 379/16.3.b 379/16.3.c",
        "printed | spoil_copy | spoiled | clerk, converter | reason_given | 379/16.3.a",
    ],
)
"""Paper that says what happened electronically, instead of the document itself; the body's word, so its authority decides."""

DIGITISATION = life(
    "digitisation",
    [
        "— | capture_pages | captured | converter, clerk | clean format_floor | 379/15.1.a 379/5.4",
        "captured, described, confirmed | capture_pages | captured | converter, clerk | clean format_floor | 379/15.1.a",
        "captured, described | confirm_fields | described | converter, clerk | each_field_confirmed | 379/15.1.b",
        "described | confirm_completeness | confirmed | converter, clerk | every_page_seen method_is_strong"
        " | 379/15.2.a 379/15.2.b",
        "confirmed | send_back_scan | captured | seal_keeper | reason_given | 379/15.2.a",
        "confirmed | certify_digitised | certified | seal_keeper | keeper_is_not_converter paper_in_force"
        " | 379/12.5 379/15.2 379/15.2.b 379/15.3 379/15.1.c",
        "captured, described, confirmed | drop_scan | dropped | converter, clerk | reason_given | 379/15.1.a",
    ],
)
"""Paper on its way to an electronic document: pictures, data, a person's word that nothing is missing, the seal."""

PAPER_ORIGINAL = life(
    "paper_original",
    [
        "— | confirm_fields | in_force | converter, clerk | | 379/15.1.b",
        "in_force | invalidate_paper_original | void | clerk | basis_named | 379/19.6",
    ],
)
"""A paper that was digitised: when it is void, so is every electronic document made from it, never the other way (I10)."""
