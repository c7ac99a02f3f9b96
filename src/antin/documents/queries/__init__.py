"""The only reads for others; every answer is frozen, every list bounded, the access filter applied in one place.

access    the filter of `rules.may_see` in SQL
lists     listing, counts, search
counting  numbers over whole periods, for reports
reading   one document: facts, texts, revisions, route, opinions, attachments, card, history
pages     the PDF and its pictures; the printed words (`sheet`)
since     what a signature saw beside what is there now
agreeing  agreements on invalidation, and those that wait for one's own side
system    doors without a person, for rooms above inside their own acts: facts, handling, bytes
"""

from antin.documents.queries.agreeing import agreement_facts, agreements, agreements_waiting
from antin.documents.queries.counting import CameCount, came_counts
from antin.documents.queries.impounded import (
    attempts,
    impounded_among,
    impounded_documents,
    impoundment,
    impoundment_order,
    impoundments,
    named_documents,
)
from antin.documents.queries.lists import BOXES, counts, listing, search
from antin.documents.queries.pages import (
    page_image,
    page_text,
    pdf,
    picture_differences,
    preview,
    revision_image,
    revision_pages,
    sheet,
    uploaded_pdf,
)
from antin.documents.queries.reading import (
    attachment_pieces,
    attachments,
    card,
    cards,
    compare,
    document,
    endings,
    fields,
    final_digest,
    history,
    in_place_of,
    links,
    opinions,
    renditions,
    revisions,
    route,
    waiting,
)
from antin.documents.queries.route_templates import (
    fitting_template,
    kept_by,
    person_names,
    route_template,
    route_templates,
    seat_names,
)
from antin.documents.queries.signed_pages import outside_images, signed_image, since_signed
from antin.documents.queries.system import (
    ended_at,
    facts,
    handling,
    newest_final,
    parcel_contents,
    received_copy,
    rendition_bytes,
    stored_contents,
)

__all__ = [
    "BOXES",
    "CameCount",
    "agreement_facts",
    "agreements",
    "agreements_waiting",
    "attachment_pieces",
    "attachments",
    "attempts",
    "came_counts",
    "card",
    "cards",
    "compare",
    "counts",
    "document",
    "ended_at",
    "endings",
    "facts",
    "fields",
    "final_digest",
    "fitting_template",
    "handling",
    "history",
    "impounded_among",
    "impounded_documents",
    "impoundment",
    "impoundment_order",
    "impoundments",
    "in_place_of",
    "kept_by",
    "links",
    "listing",
    "named_documents",
    "newest_final",
    "opinions",
    "outside_images",
    "page_image",
    "page_text",
    "parcel_contents",
    "pdf",
    "person_names",
    "picture_differences",
    "preview",
    "received_copy",
    "rendition_bytes",
    "renditions",
    "revision_image",
    "revision_pages",
    "revisions",
    "route",
    "route_template",
    "route_templates",
    "search",
    "seat_names",
    "sheet",
    "signed_image",
    "since_signed",
    "stored_contents",
    "uploaded_pdf",
    "waiting",
]
