"""Reads of identity for every room above: frozen rows, never a model."""

from antin.identity.queries.accounts import (
    AccountView,
    AttemptView,
    SessionView,
    account,
    account_of,
    actor_for,
    attempts,
    pending_enrolment,
    sessions,
)
from antin.identity.queries.organisations import (
    OrganisationView,
    descendants,
    organisation,
    organisation_by_code,
    organisations,
)
from antin.identity.queries.people import MandateRow, PersonView, mandates, people, people_in, people_with, person

__all__ = [
    "AccountView",
    "AttemptView",
    "MandateRow",
    "OrganisationView",
    "PersonView",
    "SessionView",
    "account",
    "account_of",
    "actor_for",
    "attempts",
    "descendants",
    "mandates",
    "organisation",
    "organisation_by_code",
    "organisations",
    "pending_enrolment",
    "people",
    "people_in",
    "people_with",
    "person",
    "sessions",
]
