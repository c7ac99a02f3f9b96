"""The decisions of this room: pure functions over frozen facts; a value comes out, or a RuleViolation.

access      who may see a document, and in which office someone acts on it
drafting    what a draft may hold, when it may be submitted
route       review routes: whose turn it is, when the route is complete
templates   route templates: what one may hold, whether a route keeps to the one that fits
standing    guards of the tables: impoundment, custody, force, reasons, digests, separation
effect      what a document is worth (379/12.2 to 12.5, 217/4)
difference  what changed between two revisions
pictures    where the pictures of their pages differ
content     the canonical form of a revision and its digest
words       what is indexed of a document, what a search asks for
card        the fourteen facts of 217/11
secrecy     what is Mật: who is cleared for it, what its files are called
impounding  whose decision seals off what, and proof that nothing changed
agreeing    void by agreement of all sides: for which documents, who answers, when it is settled
changing    what may happen to an issued document: change, recall, invalidation
"""

from antin.documents.rules.access import (
    LEADERS_SEE,
    LENT_SEES,
    REGISTRY_SEES,
    approval_lent,
    in_office,
    may_see,
    office_for,
    persons,
    stands_in,
    strongly_authenticated,
)
from antin.documents.rules.card import document_card
from antin.documents.rules.changing import (
    change_kind,
    form_named,
    internal_basis_named,
    may_be_changed,
    own_document,
    page_bound,
)
from antin.documents.rules.content import fields_from_bytes, fields_to_bytes, revision_digest
from antin.documents.rules.difference import compare_lists, compare_texts, compare_words
from antin.documents.rules.drafting import (
    ATTACHMENT_LIMIT_BYTES,
    ATTACHMENTS_LIMIT,
    SECRET_LIMIT_BYTES,
    check_attachment_name,
    check_fields,
    check_incoming,
    check_text,
    fields_within_limits,
    line,
    may_draft_type,
    ready_to_submit,
    text,
)
from antin.documents.rules.effect import legal_effect
from antin.documents.rules.impounding import (
    SCOPE_MOST,
    authority_id,
    decision_verified,
    digests_unchanged,
    may_impound,
    same_authority,
    scope_digest,
    scope_listed,
)
from antin.documents.rules.pictures import changed
from antin.documents.rules.route import (
    Given,
    RouteState,
    StepState,
    check_route,
    my_turn,
    route_state,
    substitute_seats,
)
from antin.documents.rules.secrecy import cleared, cleared_for, kept_name, same_secrecy
from antin.documents.rules.standing import (
    approver_is_not_drafter,
    ask_guards,
    ask_named,
    ask_row,
    custody_current,
    digest_bound,
    in_use,
    not_impounded,
    not_yet_approved,
    reason_given,
    revision_expected,
    revision_seen,
    route_complete,
)
from antin.documents.rules.words import WordQuery, index_words, query_of, reference_key

__all__ = [
    "ATTACHMENTS_LIMIT",
    "ATTACHMENT_LIMIT_BYTES",
    "LEADERS_SEE",
    "LENT_SEES",
    "REGISTRY_SEES",
    "SCOPE_MOST",
    "SECRET_LIMIT_BYTES",
    "Given",
    "RouteState",
    "StepState",
    "WordQuery",
    "approval_lent",
    "approver_is_not_drafter",
    "ask_guards",
    "ask_named",
    "ask_row",
    "authority_id",
    "change_kind",
    "changed",
    "check_attachment_name",
    "check_fields",
    "check_incoming",
    "check_route",
    "check_text",
    "cleared",
    "cleared_for",
    "compare_lists",
    "compare_texts",
    "compare_words",
    "custody_current",
    "decision_verified",
    "digest_bound",
    "digests_unchanged",
    "document_card",
    "fields_from_bytes",
    "fields_to_bytes",
    "fields_within_limits",
    "form_named",
    "in_office",
    "in_use",
    "index_words",
    "internal_basis_named",
    "kept_name",
    "legal_effect",
    "line",
    "may_be_changed",
    "may_draft_type",
    "may_impound",
    "may_see",
    "my_turn",
    "not_impounded",
    "not_yet_approved",
    "office_for",
    "own_document",
    "page_bound",
    "persons",
    "query_of",
    "ready_to_submit",
    "reason_given",
    "reference_key",
    "revision_digest",
    "revision_expected",
    "revision_seen",
    "route_complete",
    "route_state",
    "same_authority",
    "same_secrecy",
    "scope_digest",
    "scope_listed",
    "stands_in",
    "strongly_authenticated",
    "substitute_seats",
    "text",
]
